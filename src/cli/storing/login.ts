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
    work.progress(work.style.dim(`Logs in at ${now.host} as ${now.username} …`));
    try {
      const { serverVersion } = await logIn(now, deployment.caFile);
      return { draft: now, login: { ok: true, said: `gets in from here; the server is ${serverVersion}` } };
    } catch (error) {
      const refused = forPerson(error);
      if (!ask) throw refused;
      work.progress(`${work.style.yellow("▲")} ${parseMessage(refused.message).text.replace(NOTHING, "")}`);
      if (refused.name === "CredentialRejectedError") {
        const password = await ask.hidden({ message: "The password, once more", hint: "Enter: give up" });
        if (password === "") throw refused;
        now = { ...now, password };
      } else if (await ask.yes({ message: "Store it all the same?", initial: false })) {
        return { draft: now, login: { ok: false, said: `did not work from here (${refused.code})` } };
      } else throw refused;
    }
  }
}

function logIn(draft: Draft, caFile: string | undefined): Promise<{ serverVersion: string }> {
  const access = parseSecret(JSON.stringify(contentOf(draft)), "secret");
  return asItself({ databases: databases(caFile) }, access, (session) => session.whoAmI());
}

const NOTHING = " Nothing was stored.";

/** Errors of logins speak to whoever looks after a function. */
function forPerson(error: unknown): KeyturnError {
  if (!(error instanceof KeyturnError)) throw error;
  const { name, code, cause } = error;
  const text = parseMessage(error.message).text.replace(` ${AGAIN}`, "");
  const way = name === "TransientError" ? " If it is reached from its VPC only, say --skip-login." : "";
  const tls = /TLS|certificate/i.test(text) ? " --no-tls stores that the connection is not encrypted." : "";
  return new KeyturnError(name, { code, message: `${text}${tls}${way}${NOTHING}`, ...(cause ? { cause } : {}) });
}
