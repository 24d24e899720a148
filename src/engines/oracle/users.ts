import type { Wire } from "./connect.js";
import { isAtLeast } from "./version.js";

/** What DBA_USERS has of a user. https://docs.oracle.com/en/database/oracle/oracle-database/19/refrn/DBA_USERS.html */
export interface User {
  readonly name: string;
  /** `OPEN`, `LOCKED`, `OPEN & IN ROLLOVER` and others. */
  readonly status: string;
  /** `PASSWORD`, `NONE`, `EXTERNAL` or `GLOBAL`. */
  readonly authentication: string;
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
    'SELECT USERNAME AS "name", ACCOUNT_STATUS AS "status", AUTHENTICATION_TYPE AS "authentication", PROFILE AS "profile", ' +
      'DEFAULT_TABLESPACE AS "defaultTablespace", TEMPORARY_TABLESPACE AS "temporaryTablespace", ' +
      'ORACLE_MAINTAINED AS "oracleMaintained", COMMON AS "common", NVL2(LAST_LOGIN, \'YES\', \'NO\') AS "used" ' +
      "FROM SYS.DBA_USERS WHERE USERNAME = :name",
    { name },
  );
  return user;
}

/**
 * Whether a user may let itself or others do everything: Oracle's own, one that may log in AS SYSDBA, SYSOPER or the like,
 * and one that may change users or hand on what it has not, by itself or by a role (DBA has them all).
 * https://docs.oracle.com/en/database/oracle/oracle-database/19/refrn/V-PWFILE_USERS.html
 */
export async function isAdministrative(wire: Wire, { name, oracleMaintained }: User): Promise<boolean> {
  if (oracleMaintained === "Y" || (await isInPasswordFile(wire, name))) return true;
  return (await wire.query(MANAGES_USERS, { name })).length > 0;
}

export async function isInPasswordFile(wire: Wire, name: string): Promise<boolean> {
  return (await wire.query("SELECT 1 FROM SYS.V_$PWFILE_USERS WHERE USERNAME = :name", { name })).length > 0;
}

const MANAGES_USERS =
  "SELECT 1 FROM SYS.DBA_SYS_PRIVS WHERE PRIVILEGE IN ('ALTER USER', 'BECOME USER', 'CREATE ROLE', " +
  "'GRANT ANY OBJECT PRIVILEGE', 'GRANT ANY PRIVILEGE', 'GRANT ANY ROLE') AND (GRANTEE = :name OR GRANTEE IN (" +
  "SELECT GRANTED_ROLE FROM SYS.DBA_ROLE_PRIVS START WITH GRANTEE = :name CONNECT BY PRIOR GRANTED_ROLE = GRANTEE)) " +
  "AND ROWNUM = 1";

/**
 * Whether a user may log in with a password. A lock for a time is one that wrong passwords bring about.
 * https://docs.oracle.com/en/database/oracle/oracle-database/19/refrn/DBA_USERS.html (ACCOUNT_STATUS, AUTHENTICATION_TYPE)
 */
export function mayLogIn(user: User): boolean {
  return user.authentication === "PASSWORD" && !isLocked(user);
}

export function isLocked({ status }: User): boolean {
  return /\bLOCKED(?!\(TIMED\))/.test(status);
}

/** Some of the objects in a user's own schema; the recycle bin's are none. */
export async function objectsOf(wire: Wire, owner: string): Promise<string[]> {
  const rows = await wire.query<{ name: string }>(
    "SELECT OBJECT_NAME AS \"name\" FROM SYS.DBA_OBJECTS WHERE OWNER = :owner AND OBJECT_NAME NOT LIKE 'BIN$%' AND ROWNUM <= 3",
    { owner },
  );
  return rows.map(({ name }) => name);
}

/**
 * Some of what runs or reads with its owner's rights, whoever calls it: views, code, jobs, of all editions. What the recycle bin
 * has is named `BIN$…`, but so may be anything. Before 19 the jobs of DBMS_JOB are no objects.
 * https://docs.oracle.com/en/database/oracle/oracle-database/19/refrn/ALL_OBJECTS_AE.html, …/refrn/DBA_JOBS.html
 */
export async function codeOf(wire: Wire, owner: string): Promise<string[]> {
  const objects =
    'SELECT OBJECT_NAME AS "name" FROM SYS.DBA_OBJECTS_AE WHERE OWNER = :owner ' +
    "AND OBJECT_TYPE NOT IN ('TABLE', 'INDEX', 'LOB', 'SEQUENCE') AND OBJECT_TYPE NOT LIKE '%PARTITION' AND ROWNUM <= 3";
  const jobs =
    " UNION ALL SELECT 'JOB ' || JOB FROM SYS.DBA_JOBS WHERE :owner IN (LOG_USER, PRIV_USER, SCHEMA_USER) AND ROWNUM <= 3";
  const rows = await wire.query<{ name: string }>(objects + (isAtLeast(wire.serverVersion, 19) ? "" : jobs), { owner });
  return rows.map(({ name }) => name);
}
