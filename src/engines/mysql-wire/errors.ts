import type { Classification } from "../engine.js";
import {
  ACCOUNT_LOCKED,
  AGAIN,
  CERTIFICATES,
  CONNECTION_LOST,
  classification,
  LOCKED,
  LOCKED_OUT,
  LOGIN_REFUSED,
  OTHER_CURRENT,
  PASSWORD_EXPIRED,
  PASSWORD_REFUSED,
  PERMISSION_DENIED,
  READER_ENDPOINT,
  type Row,
  SERVER_STOPPING,
  STATEMENT_TIMEOUT,
  TLS_REQUIRED,
  TLS_UNSUPPORTED,
  TOO_MANY_CONNECTIONS,
  TRY_AGAIN,
  UNKNOWN_DATABASE,
  UNKNOWN_USER,
} from "../error-rows.js";

const AUTH_PLUGIN: Row = [
  "UnsupportedError",
  "AuthPlugin",
  "The user logs in by a plugin that the driver or the server does not have (ed25519, GSSAPI, PAM). Give it a password of the server's own kind.",
];

/** https://mariadb.com/kb/en/mariadb-error-code-reference/, https://dev.mysql.com/doc/mysql-errors/9.4/en/server-error-reference.html */
const NUMBERS: Readonly<Record<number, Row>> = {
  1044: [
    "AccessDeniedError",
    "PermissionDenied",
    'The database user may not do this there, or there is no such database. Look at "dbname" in the secret.',
  ],
  1045: LOGIN_REFUSED,
  1698: LOGIN_REFUSED,
  1049: UNKNOWN_DATABASE,
  1129: [
    "TransientError",
    "HostBlocked",
    `The server takes no connection from the function's address, as too many were cut off. ${AGAIN} Run: FLUSH HOSTS;`,
  ],
  1130: [
    "InvalidSecretError",
    "NotLetIn",
    "The server lets nobody in from the function's address. Give the user an account for that host.",
  ],
  1040: TOO_MANY_CONNECTIONS,
  1203: ["TransientError", "TooManyConnections", `The user has too many connections. ${AGAIN}`],
  1226: ["TransientError", "TooManyConnections", `The user has used up its limits on the server for now. ${AGAIN}`],
  1205: LOCKED,
  1213: TRY_AGAIN,
  1053: SERVER_STOPPING,
  1158: CONNECTION_LOST,
  1159: CONNECTION_LOST,
  1160: CONNECTION_LOST,
  1161: CONNECTION_LOST,
  2013: CONNECTION_LOST,
  1290: READER_ENDPOINT,
  1836: READER_ENDPOINT,
  1142: PERMISSION_DENIED,
  1143: PERMISSION_DENIED,
  1227: PERMISSION_DENIED,
  1370: PERMISSION_DENIED,
  1410: PERMISSION_DENIED,
  1959: PERMISSION_DENIED,
  1819: PASSWORD_REFUSED,
  1372: PASSWORD_REFUSED,
  3638: PASSWORD_REFUSED,
  3891: OTHER_CURRENT,
  3892: OTHER_CURRENT,
  1820: PASSWORD_EXPIRED,
  1862: PASSWORD_EXPIRED,
  3118: ACCOUNT_LOCKED,
  4151: ACCOUNT_LOCKED,
  3955: LOCKED_OUT,
  4150: LOCKED_OUT,
  3159: TLS_REQUIRED,
  1251: AUTH_PLUGIN,
  1524: AUTH_PLUGIN,
  1699: [
    "AccessDeniedError",
    "NoPasswordOfItsOwn",
    'The account logs in by another way first, so it cannot change its password by itself. Name an admin in "masterarn".',
  ],
  1133: UNKNOWN_USER,
  1396: ["InvalidSecretError", "UnknownUser", "The database user does not exist, or exists already."],
};

/** mysql2's own. */
const CODES: Readonly<Record<string, Row>> = {
  HANDSHAKE_NO_SSL_SUPPORT: TLS_UNSUPPORTED,
  PROTOCOL_CONNECTION_LOST: CONNECTION_LOST,
  PROTOCOL_ENQUEUE_AFTER_FATAL_ERROR: CONNECTION_LOST,
  PROTOCOL_SEQUENCE_TIMEOUT: STATEMENT_TIMEOUT,
  AUTH_SWITCH_PLUGIN_ERROR: AUTH_PLUGIN,
};

/** By the server's number, where there is one: what stands in the message beside it others may have chosen. */
export function classify(error: unknown): Classification | undefined {
  const { code, errno, message } = (error ?? {}) as { code?: unknown; errno?: unknown; message?: unknown };
  const text = String(message ?? "");
  // Node's own are negative.
  const row =
    typeof errno === "number" && errno > 0
      ? NUMBERS[errno]
      : (MESSAGES.find(([pattern]) => pattern.test(text))?.[1] ?? CODES[String(code)]);
  return row && classification(row);
}

/** What has no number, of mysql2's own: it gives Node's errors of TLS a code of its own, so their texts have to tell them apart. */
const MESSAGES: ReadonlyArray<readonly [RegExp, Row]> = [
  [/does not support (secure connection|SSL)/i, TLS_UNSUPPORTED],
  [/authentication plugin|requires unknown plugin/i, AUTH_PLUGIN],
  [/closed state|connection is in closed/i, CONNECTION_LOST],
  ...CERTIFICATES,
];
