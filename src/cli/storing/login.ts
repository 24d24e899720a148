import { AGAIN } from "../../engines/error-rows.js";
import { KeyturnError, parseMessage } from "../../errors.js";
import { databases } from "../../lambda/databases.js";
import { asItself } from "../../rotation/logins.js";
import { parseSecret } from "../../secrets/format.js";
import { contentOf } from "../../storing/content.js";
import type { Draft } from "../../storing/draft.js";
import { typeNamed } from "../../storing/types.js";
import type { Ask } from "../ask.js";
import type { Work } from "../command.js";
import { plain } from "../style.js";
import type { StoreOptions } from "./flags.js";

/** A draft whose credential was tried, and what came of it, for the review. */
export interface Tried {
  readonly draft: Draft;
  /** Absent: it is no database. */
  readonly login?: { readonly ok: boolean; readonly said: string };
}

/**
 * Logs in with the draft's credential from here. A person may type a refused password again, and store a secret whose database
 * is not reached from here; otherwise throws what the login threw, and says what may be done.
 */
export async function tried(work: Work<StoreOptions>, draft: Draft, ask: Ask | undefined): Promise<Tried> {
  const { host, options, deployment } = work;
  if (!typeNamed(draft.type)?.engine) return { draft };
  if (options.skipLogin) return { draft, login: { ok: false, said: "not tried (--skip-login)" } };
  for (let now = draft; ; ) {
    host.interrupted.throwIfAborted();
    work.progress(work.style.dim(plain(`Logs in at ${now.host} as ${now.username} …`)));
    try {
      const { serverVersion } = await logIn(now, deployment.caFile);
      return { draft: now, login: { ok: true, said: `gets in from here; the server is ${serverVersion}` } };
    } catch (error) {
      const refused = forPerson(error);
      if (!ask) throw offScreen(refused);
      work.progress(`${work.style.yellow("▲")} ${plain(parseMessage(refused.message).text)}`);
      const mended = await mend(ask, refused, now);
      if (mended) now = mended;
      else if (await ask.yes({ message: "Store it all the same?", initial: false }))
        return { draft: now, login: { ok: false, said: `did not work from here (${refused.code})` } };
      else throw offScreen(refused);
    }
  }
}

/** What a person may say instead, for another try; `undefined` where there is nothing. Throws where he gives up. */
async function mend(ask: Ask, refused: KeyturnError, draft: Draft): Promise<Draft | undefined> {
  if (refused.name === "CredentialRejectedError") {
    const password = await ask.hidden({ message: "The password, once more", hint: "Enter: give up" });
    if (password === "") throw offScreen(refused);
    return { ...draft, password };
  }
  if (refused.code === "TlsUnsupported" && draft.tls !== "no") {
    const message = "Is it meant to be without TLS? Then the secret says so, and it is tried again.";
    if (!(await ask.yes({ message, initial: false }))) throw offScreen(refused);
    return { ...draft, tls: "no" };
  }
  return undefined;
}

/** Logs in with the draft's credential, once. Throws `KeyturnError`s, in which no password stands. */
export function logIn(draft: Draft, caFile: string | undefined): Promise<{ serverVersion: string }> {
  const access = parseSecret(JSON.stringify(contentOf(draft)), "secret");
  return asItself({ databases: databases(caFile) }, access, (session) => session.whoAmI());
}

/** Errors of logins speak to whoever looks after a function, which tries again by itself, and knows Amazon's authorities. */
function forPerson(error: unknown): KeyturnError {
  if (!(error instanceof KeyturnError)) throw error;
  const rds = error.code === "CertificateUntrusted" ? ` ${RDS_BUNDLE}` : "";
  return saying(error, (text) => `${text.replace(` ${AGAIN}`, "")}${rds}`);
}

/** https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html */
const RDS_BUNDLE =
  "Amazon's of RDS, which the functions know, are in https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem.";

/** For whoever cannot be asked: with the options that he may mean. */
function offScreen(error: KeyturnError): KeyturnError {
  const way = error.name === "TransientError" ? " If it is reached from its VPC only, say --skip-login." : "";
  const tls = error.code === "TlsUnsupported" ? " --no-tls stores that." : "";
  return saying(error, (text) => `${text}${tls}${way} Nothing was stored.`);
}

function saying({ name, code, message, cause }: KeyturnError, say: (text: string) => string): KeyturnError {
  return new KeyturnError(name, { code, message: say(parseMessage(message).text), ...(cause ? { cause } : {}) });
}
