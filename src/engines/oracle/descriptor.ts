import { KeyturnError } from "../../errors.js";
import type { Target } from "../engine.js";

/** How the listener is asked for a database. */
export type DatabaseKey = "SERVICE_NAME" | "SID";

/**
 * A connect descriptor, from parts that cannot break out of it.
 * https://docs.oracle.com/en/database/oracle/oracle-database/19/netrf/local-naming-parameters-in-tns-ora-file.html
 */
export function descriptor(target: Target, key: DatabaseKey, connectTimeoutMs: number): string {
  const host = safe(target.host, /^[\w.:%-]+$/, "host");
  const database = safe(databaseOf(target), /^[\w.$-]+$/, "dbname");
  const seconds = Math.max(1, Math.ceil(connectTimeoutMs / 1000));
  return (
    `(DESCRIPTION=(CONNECT_TIMEOUT=${seconds})(TRANSPORT_CONNECT_TIMEOUT=${seconds})` +
    `(ADDRESS=(PROTOCOL=${target.tls ? "TCPS" : "TCP"})(HOST=${host})(PORT=${target.port}))` +
    `(CONNECT_DATA=(${key}=${database}))` +
    `${target.tls ? "(SECURITY=(SSL_SERVER_DN_MATCH=ON))" : ""})`
  );
}

function databaseOf({ database }: Target): string {
  if (database) return database;
  throw new KeyturnError("InvalidSecretError", {
    code: "MissingKey",
    message: 'The secret has no "dbname". Oracle needs one: put the service name, or the SID, into the secret.',
  });
}

function safe(value: string, allowed: RegExp, key: string): string {
  if (allowed.test(value)) return value;
  throw new KeyturnError("InvalidSecretError", {
    code: "MalformedTarget",
    message:
      `"${key}" in the secret has characters that do not belong there. It must be the bare name, without a port, ` +
      "parentheses, quotes, slashes or spaces.",
  });
}
