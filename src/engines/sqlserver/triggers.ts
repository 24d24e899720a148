import { KeyturnError } from "../../errors.js";
import { DATABASE_STATE } from "./catalog.js";
import type { Wire } from "./connect.js";
import { lacksRight } from "./permitted.js";
import { bracketed, queryIn, TRIGGERED, TRIGGERS } from "./statement.js";

/** Throws for a database in which an admin changes nothing, before anything is changed. */
export async function guard(wire: Wire, where: string): Promise<void> {
  const ask = <Row>(sql: string) => wire.query<Row>(queryIn(where, sql, ""));
  const [state] = await ask<{ seen: number; trustworthy: number }>(DATABASE_STATE);
  if (state?.seen !== 1)
    throw lacksRight(wire, wire.credential.username, ` in the database ${where}: it sees no triggers there`);
  if (state.trustworthy === 1) {
    throw new KeyturnError("UnsupportedError", {
      code: "TrustworthyDatabase",
      message:
        `The server trusts what runs in the database ${JSON.stringify(where)} (TRUSTWORTHY), so an admin does nothing there. ` +
        `Run: ALTER DATABASE ${bracketed(where)} SET TRUSTWORTHY OFF; ${OTHERWISE}`,
    });
  }
  const triggers = await ask<{ name: string }>(TRIGGERS);
  if (triggers.length > 0) throw hasTriggers(where, triggers);
}

/** A trigger may be made between the look and the statement, which the server then refuses to run. */
export async function untriggered(wire: Wire, where: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if ((error as { number?: number }).number !== TRIGGERED) throw error;
    throw hasTriggers(where, await wire.query<{ name: string }>(queryIn(where, TRIGGERS, "")));
  }
}

function hasTriggers(where: string, triggers: ReadonlyArray<{ name: string }>): KeyturnError {
  const names = triggers.map(({ name }) => bracketed(name)).join(", ");
  return new KeyturnError("UnsupportedError", {
    code: "DatabaseTriggers",
    message:
      `The database ${JSON.stringify(where)} has triggers (${names || "gone again"}) that would run in the admin's session. ` +
      `Disable them: DISABLE TRIGGER … ON DATABASE; ${OTHERWISE}`,
  });
}

const OTHERWISE = "or tag the secret keyturn:grants = keep, or keyturn:strategy = single-user.";
