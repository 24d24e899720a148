import { KeyturnError } from "../../errors.js";
import type { Wire } from "./wire.js";

/** What DBA_USERS has of a user. https://docs.oracle.com/en/database/oracle/oracle-database/19/refrn/DBA_USERS.html */
export interface User {
  readonly name: string;
  /** `OPEN`, `LOCKED`, `OPEN & IN ROLLOVER` and others. */
  readonly status: string;
  readonly profile: string;
  readonly defaultTablespace: string;
  readonly temporaryTablespace: string;
  readonly oracleMaintained: string;
  readonly common: string;
  /** Whether it has ever logged in. */
  readonly used: string;
}

/** A user by its name in the dictionary; `undefined` where there is none. */
export async function userOf(wire: Wire, name: string): Promise<User | undefined> {
  const [user] = await wire.query<User>(
    'SELECT USERNAME AS "name", ACCOUNT_STATUS AS "status", PROFILE AS "profile", ' +
      'DEFAULT_TABLESPACE AS "defaultTablespace", TEMPORARY_TABLESPACE AS "temporaryTablespace", ' +
      'ORACLE_MAINTAINED AS "oracleMaintained", COMMON AS "common", NVL2(LAST_LOGIN, \'YES\', \'NO\') AS "used" ' +
      "FROM DBA_USERS WHERE USERNAME = :name",
    { name },
  );
  return user;
}

/**
 * Whether somebody may log in AS SYSDBA, SYSOPER or the like under this name.
 * https://docs.oracle.com/en/database/oracle/oracle-database/19/refrn/V-PWFILE_USERS.html
 */
export async function isAdministrative(wire: Wire, { name, oracleMaintained }: User): Promise<boolean> {
  if (oracleMaintained === "Y") return true;
  return (await wire.query("SELECT 1 FROM V$PWFILE_USERS WHERE USERNAME = :name", { name })).length > 0;
}

export async function roleExists(wire: Wire, role: string): Promise<boolean> {
  return (await wire.query("SELECT 1 FROM DBA_ROLES WHERE ROLE = :role", { role })).length > 0;
}

/** Some of the objects in a user's own schema; the recycle bin's are none. */
export async function objectsOf(wire: Wire, owner: string): Promise<string[]> {
  const rows = await wire.query<{ name: string }>(
    "SELECT OBJECT_NAME AS \"name\" FROM DBA_OBJECTS WHERE OWNER = :owner AND OBJECT_NAME NOT LIKE 'BIN$%' AND ROWNUM <= 3",
    { owner },
  );
  return rows.map(({ name }) => name);
}

export function unknownUser(name: string): KeyturnError {
  return new KeyturnError("InvalidSecretError", {
    code: "UnknownUser",
    message: `The user ${JSON.stringify(name)} does not exist on the admin's server.`,
  });
}
