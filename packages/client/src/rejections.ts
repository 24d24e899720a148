/**
 * What drivers say when a database does not let a login in, by their `code` or `errno`. pg gives PostgreSQL's SQLSTATE,
 * mysql2 the name that MySQL gives the number.
 */
const REJECTIONS: Readonly<Record<string, string>> = {
  // https://www.postgresql.org/docs/current/errcodes-appendix.html
  "28P01": "PostgreSQL: the password is wrong, or there is no such role",
  "28000": "PostgreSQL: the role may not log in (NOLOGIN)",
  // https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html
  ER_ACCESS_DENIED_ERROR: "MySQL, MariaDB: user or password are wrong",
  ER_ACCESS_DENIED_NO_PASSWORD_ERROR: "MySQL, MariaDB: the user has a way to log in that takes no password",
  ER_MUST_CHANGE_PASSWORD_LOGIN: "MySQL, MariaDB: the password has expired",
  ER_ACCOUNT_HAS_BEEN_LOCKED: "MySQL: the account is locked",
  // MySQL uses the number for something else, so mysql2 has a name for it that misleads.
  // https://mariadb.com/docs/server/reference/error-codes/mariadb-error-codes-4100-to-4199/e4151
  "4151": "MariaDB: the account is locked",
};

/** Whether `error` is a driver's (pg, mysql2) for a login that the database refused. */
export function isRejection(error: unknown): boolean {
  const { code, errno } = Object(error) as { code?: unknown; errno?: unknown };
  return [code, errno].some((said) => said !== undefined && Object.hasOwn(REJECTIONS, String(said)));
}
