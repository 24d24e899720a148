import { KeyturnError, parseMessage } from "../errors.js";
import { isRejected } from "./logins.js";
import type { RotatePlan } from "./plans.js";
import type { Access, Reach } from "./ports.js";
import { isRdsProxy, proxyReader } from "./rds-proxy.js";
import { isAllowedHost, type Rules } from "./rules.js";
import type { Reader } from "./settings.js";

/**
 * Throws `ReaderNotAllowed` where the secret's tag names a host that the deployment does not: whoever may tag a secret could
 * otherwise have its credential tried on a server of his own. And `ProxyReader` for a host where no new credential gets in.
 */
export function checkReaders(readers: readonly Reader[], rules: Rules): void {
  const proxy = readers.find(({ host }) => isRdsProxy(host));
  if (proxy) throw proxyReader(proxy.host);
  const other = readers.find(({ host }) => !isAllowedHost(host, rules.readers));
  if (!other) return;
  throw new KeyturnError("InvalidSecretError", {
    code: "ReaderNotAllowed",
    message:
      `The tag keyturn:readers names ${other.host}, which no pattern under "readers" in keyturn.yml allows. Nobody logged in ` +
      "there. Add a pattern for it and deploy, or take it out of the tag.",
  });
}

/**
 * Logs in at each of the secret's readers with its credential, because an application may meet it at any of them. Throws
 * `ReaderBehind` where one refuses it yet, and what the login threw where one could not be asked.
 */
export async function acceptedByReaders(reach: Reach, plan: RotatePlan, secret: Access): Promise<void> {
  checkReaders(plan.readers, reach.rules);
  const asked = await Promise.allSettled(plan.readers.map((reader) => accepted(reach, reader, secret)));
  for (const answer of asked) if (answer.status === "rejected") throw answer.reason;
}

async function accepted(reach: Reach, reader: Reader, secret: Access): Promise<void> {
  const name = reader.port === undefined ? reader.host : `${reader.host}:${reader.port}`;
  try {
    const session = await reach.databases.login({ ...secret, ...reader }, { reader: true });
    await session.close();
  } catch (error) {
    throw isRejected(error) ? behind(name) : ofReader(name, error);
  }
}

function behind(name: string): KeyturnError {
  return new KeyturnError("TransientError", {
    code: "ReaderBehind",
    message:
      `The reader ${name} does not let the credential in yet. It is tried again by itself; see that the reader follows ` +
      "its primary, or take it out of the tag keyturn:readers.",
  });
}

/** The same error, saying of which server. */
function ofReader(name: string, error: unknown): unknown {
  if (!(error instanceof KeyturnError)) return error;
  const { code, cause } = error;
  const message = `The reader ${name} could not be asked. ${parseMessage(error.message).text}`;
  return new KeyturnError(error.name, { code, message, ...(cause ? { cause } : {}) });
}
