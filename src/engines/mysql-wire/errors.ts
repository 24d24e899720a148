import type { Classification } from "../engine.js";

type Row = readonly [name: Classification["name"], code: string, message: string];

const AGAIN = "It is tried again by itself.";
const TLS_UNSUPPORTED: Row = [
  "UnsupportedError",
  "TlsUnsupported",
  'The server does not speak TLS. Turn it on there; only where that cannot be, put "ssl": false into the secret.',
];
const LOST: Row = ["TransientError", "ConnectionLost", `The connection was cut. ${AGAIN}`];
const DENIED: Row = [
  "AccessDeniedError",
  "PermissionDenied",
  "The database user may not do this. docs/engines has the rights that user and admin need, as statements.",
];
const BLOCKED: Row = [
  "CredentialRejectedError",
  "AccountLocked",
  "The server has blocked the account, as too many log-ins failed. Find out whose, then unlock it: ALTER USER … ACCOUNT UNLOCK.",
];
const REFUSED: Row = [
  "InvalidSecretError",
  "PasswordRefused",
  "The server's password policy refuses the password. Look at the secret's keyturn:password-length and exclude tags.",
];

/** https://mariadb.com/kb/en/mariadb-error-code-reference/, https://dev.mysql.com/doc/mysql-errors/9.4/en/server-error-reference.html */
const NUMBERS: Readonly<Record<number, Row>> = {
  1044: [
    "AccessDeniedError",
    "PermissionDenied",
    'The database user may not do this there, or there is no such database. Look at "dbname" in the secret.',
  ],
  1045: ["CredentialRejectedError", "LoginRefused", "The server refuses the user name or the password."],
  1698: ["CredentialRejectedError", "LoginRefused", "The server refuses the user name or the password."],
  1049: ["InvalidSecretError", "UnknownDatabase", 'The database does not exist. Look at "dbname" in the secret.'],
  1040: ["TransientError", "TooManyConnections", `The server takes no more connections. ${AGAIN}`],
  1203: ["TransientError", "TooManyConnections", `The user has too many connections. ${AGAIN}`],
  1226: ["TransientError", "TooManyConnections", `The user has used up its limits on the server for now. ${AGAIN}`],
  1205: ["TransientError", "Locked", `Something holds a lock. ${AGAIN}`],
  1213: ["TransientError", "TryAgain", `Another transaction was in the way. ${AGAIN}`],
  1053: ["TransientError", "ServerStopping", `The server is stopping. ${AGAIN}`],
  1158: LOST,
  1159: LOST,
  1160: LOST,
  1161: LOST,
  2013: LOST,
  1290: [
    "UnsupportedError",
    "ReaderEndpoint",
    'The server is read-only. Put the writer\'s end point into the secret as "host".',
  ],
  1836: [
    "UnsupportedError",
    "ReaderEndpoint",
    'The server is read-only. Put the writer\'s end point into the secret as "host".',
  ],
  1142: DENIED,
  1143: DENIED,
  1227: DENIED,
  1370: DENIED,
  1410: DENIED,
  1959: DENIED,
  1819: REFUSED,
  1372: REFUSED,
  3638: REFUSED,
  3892: [
    "CredentialRejectedError",
    "LoginRefused",
    "The server wants the current password, and the one given is not it.",
  ],
  1820: [
    "CredentialRejectedError",
    "PasswordExpired",
    "The user's password has expired: it may do nothing but set a new one. Set one as an admin.",
  ],
  1862: ["CredentialRejectedError", "PasswordExpired", "The user's password has expired. Set one as an admin."],
  3118: ["CredentialRejectedError", "AccountLocked", "The account is locked. Unlock it: ALTER USER … ACCOUNT UNLOCK."],
  4151: ["CredentialRejectedError", "AccountLocked", "The account is locked. Unlock it: ALTER USER … ACCOUNT UNLOCK."],
  3955: BLOCKED,
  4150: BLOCKED,
  3159: [
    "UnsupportedError",
    "TlsRequired",
    'The server takes TLS connections only. Take "ssl": false out of the secret.',
  ],
  1699: [
    "AccessDeniedError",
    "NoPasswordOfItsOwn",
    'The account logs in by another way first, so it cannot change its password by itself. Name an admin in "masterarn".',
  ],
  1133: ["InvalidSecretError", "UnknownUser", "The database user does not exist."],
  1396: ["InvalidSecretError", "UnknownUser", "The database user does not exist, or exists already."],
};

/** mysql2's own. */
const CODES: Readonly<Record<string, Row>> = {
  HANDSHAKE_NO_SSL_SUPPORT: TLS_UNSUPPORTED,
  PROTOCOL_CONNECTION_LOST: LOST,
  PROTOCOL_ENQUEUE_AFTER_FATAL_ERROR: LOST,
  PROTOCOL_SEQUENCE_TIMEOUT: ["TransientError", "StatementTimeout", `A statement took too long. ${AGAIN}`],
  ER_CON_COUNT_ERROR: ["TransientError", "TooManyConnections", `The server takes no more connections. ${AGAIN}`],
  AUTH_SWITCH_PLUGIN_ERROR: [
    "UnsupportedError",
    "AuthPlugin",
    "The user logs in by a plugin that the driver does not have (ed25519, GSSAPI, PAM). Give it a password of the server's own kind.",
  ],
};

export function classify(error: unknown): Classification | undefined {
  const { code, errno, message } = (error ?? {}) as { code?: unknown; errno?: unknown; message?: unknown };
  const text = String(message ?? "");
  const row = MESSAGES.find(([pattern]) => pattern.test(text))?.[1] ?? NUMBERS[Number(errno)] ?? CODES[String(code)];
  return row ? { name: row[0], code: row[1], message: row[2] } : undefined;
}

/** mysql2 gives Node's errors of TLS a code of its own, so their texts have to tell them apart. */
const MESSAGES: ReadonlyArray<readonly [RegExp, Row]> = [
  [/does not support (secure connection|SSL)/i, TLS_UNSUPPORTED],
  [/authentication plugin|requires unknown plugin/i, CODES.AUTH_SWITCH_PLUGIN_ERROR as Row],
  [/closed state|connection is in closed/i, LOST],
  [
    /self.signed certificate|unable to (verify|get)/i,
    [
      "UnsupportedError",
      "CertificateUntrusted",
      "The server's certificate is signed by an authority that is not trusted. Name the right one in KEYTURN_CA_FILE; do not turn TLS off.",
    ],
  ],
  [
    /does not match certificate|altnames/i,
    [
      "UnsupportedError",
      "CertificateForOtherHost",
      'The server\'s certificate is for another host name. Put the name that stands in the certificate into the secret as "host".',
    ],
  ],
  [
    /certificate has expired/i,
    ["UnsupportedError", "CertificateExpired", "The server's certificate has expired. Renew it on the server."],
  ],
];
