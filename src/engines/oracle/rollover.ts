import { KeyturnError } from "../../errors.js";
import { unknownUser } from "../refusals.js";
import type { Wire } from "./connect.js";
import { quoteName } from "./quote.js";

/** What the server says of a user's two passwords. */
export interface Rollover {
  /** Whether the user may have two passwords now. */
  readonly active: boolean;
  /** Days that the profile gives, as the dictionary writes them. None on servers before 19.12. */
  readonly limit: string | null;
  /** Which only an admin is told. */
  readonly profile?: string;
}

interface Row {
  readonly status: string;
  readonly limit: string | null;
  readonly profile?: string;
}

/** Of the session's own login, from what every user may read; of another's, as an admin. Throws `UnknownUser`. */
export async function rolloverOf(wire: Wire, user: string): Promise<Rollover> {
  const [row] = user === wire.account.user ? await ofOwn(wire) : await ofOther(wire, user);
  if (!row) throw unknownUser("user", user);
  return { ...row, active: row.status.includes("IN ROLLOVER") };
}

/** https://docs.oracle.com/en/database/oracle/oracle-database/19/refrn/USER_PASSWORD_LIMITS.html, …/USER_USERS.html */
function ofOwn(wire: Wire): Promise<Row[]> {
  return wire.query<Row>(
    'SELECT U.ACCOUNT_STATUS AS "status", P.LIMIT AS "limit" FROM SYS.USER_USERS U ' +
      "LEFT JOIN SYS.USER_PASSWORD_LIMITS P ON P.RESOURCE_NAME = 'PASSWORD_ROLLOVER_TIME'",
  );
}

/** A profile's limit may be that of the profile DEFAULT. …/refrn/DBA_PROFILES.html */
function ofOther(wire: Wire, user: string): Promise<Row[]> {
  return wire.query<Row>(
    'SELECT U.ACCOUNT_STATUS AS "status", U.PROFILE AS "profile", ' +
      "DECODE(P.LIMIT, 'DEFAULT', D.LIMIT, P.LIMIT) AS \"limit\" FROM SYS.DBA_USERS U " +
      "LEFT JOIN SYS.DBA_PROFILES P ON P.PROFILE = U.PROFILE AND P.RESOURCE_NAME = 'PASSWORD_ROLLOVER_TIME' " +
      "LEFT JOIN SYS.DBA_PROFILES D ON D.PROFILE = 'DEFAULT' AND D.RESOURCE_NAME = 'PASSWORD_ROLLOVER_TIME' " +
      "WHERE U.USERNAME = :name",
    { name: user },
  );
}

/**
 * Whether a change of password leaves the one before valid. Limits are numbers, `UNLIMITED` or, in error, `DEFAULT`.
 */
export function hasRollover({ limit }: Rollover): boolean {
  return Number(limit) > 0;
}

/**
 * Without a rollover time a change ends the current password at once, so nothing may be changed.
 * https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/CREATE-PROFILE.html (PASSWORD_ROLLOVER_TIME)
 */
export function requireRollover(rollover: Rollover, { serverVersion }: Wire, user: string): void {
  if (hasRollover(rollover)) return;
  const { profile } = rollover;
  throw new KeyturnError("UnsupportedError", {
    code: "NoRolloverTime",
    message:
      `The profile of ${JSON.stringify(user)} does not let two passwords be valid at once. A person who may should run: ` +
      `ALTER PROFILE ${profile ? quoteName(profile) : "<the user's profile>"} LIMIT PASSWORD_ROLLOVER_TIME 1; ` +
      `(19.12 and newer; the server is ${serverVersion}), or tag the secret with another keyturn:strategy.`,
  });
}
