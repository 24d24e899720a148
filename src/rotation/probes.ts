import type { Session } from "../engines/engine.js";
import { KeyturnError } from "../errors.js";

/**
 * Runs the secret's own probes. What the database says of a mistake in one, no table of errors knows: it is told as the
 * secret's. The statement stays out of the message, which people are mailed: whoever sets tags wrote it.
 */
export async function runProbes(session: Pick<Session, "probe">, probes: readonly string[]): Promise<void> {
  if (probes.length === 0) return;
  try {
    await session.probe(probes);
  } catch (error) {
    const { code, cause } = error as KeyturnError;
    if (code !== "UnexpectedDriverError") throw error;
    throw new KeyturnError("InvalidSecretError", {
      code: "ProbeFailed",
      message:
        "A statement of the secret's keyturn:probe tag failed in the database, which let the login in. Run it as the login, " +
        "and mend the statement or what it asks for; the cause has the database's code.",
      ...(cause ? { cause } : {}),
    });
  }
}
