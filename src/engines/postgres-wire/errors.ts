import { KeyturnError } from "../../errors.js";
import type { Classification } from "../engine.js";

type Row = readonly [name: Classification["name"], code: string, message: string];

const AGAIN = "It is tried again by itself.";

/** By SQLSTATE, or its class where the class says enough. https://www.postgresql.org/docs/current/errcodes-appendix.html */
const SQLSTATES: Readonly<Record<string, Row>> = {
  "28P01": ["CredentialRejectedError", "LoginRefused", "The server refuses the user name or the password."],
  "28000": [
    "CredentialRejectedError",
    "LoginRefused",
    "The server lets this user in by no way that Keyturn has. Look at pg_hba.conf and whether the role may log in.",
  ],
  "3D000": ["InvalidSecretError", "UnknownDatabase", 'The database does not exist. Look at "dbname" in the secret.'],
  "42501": ["AccessDeniedError", "PermissionDenied", "The database user may not do this."],
  "42704": ["InvalidSecretError", "UnknownUser", "The database user does not exist."],
  "42710": ["ConflictError", "UserExists", "A role of that name exists already."],
  "22023": [
    "InvalidSecretError",
    "PasswordRefused",
    "The server's password policy refuses the password. Look at the secret's keyturn:password-length and exclude tags.",
  ],
  "25006": [
    "UnsupportedError",
    "ReaderEndpoint",
    'The server is a read-only replica. Put the writer\'s end point into the secret as "host".',
  ],
  "53300": ["TransientError", "TooManyConnections", `The server takes no more connections. ${AGAIN}`],
  "57014": [
    "TransientError",
    "StatementTimeout",
    `A statement took too long. ${AGAIN} See whether something holds a lock.`,
  ],
  "55P03": ["TransientError", "Locked", `Something holds a lock. ${AGAIN}`],
  "08": ["TransientError", "ConnectionLost", `The connection was cut. ${AGAIN}`],
  "40": ["TransientError", "TryAgain", `Another transaction was in the way. ${AGAIN}`],
  "53": ["TransientError", "OutOfResources", `The server is short of memory, disk or connections. ${AGAIN}`],
  "57": ["TransientError", "ServerStopping", `The server is starting or stopping. ${AGAIN}`],
  XX: ["TransientError", "ServerFault", `The server had a fault of its own. ${AGAIN}`],
};

const POOLER: Row = [
  "UnsupportedError",
  "PoolerInFront",
  "A connection pooler (PgBouncer, RDS Proxy) answers at the secret's host, and knows passwords of its own. " +
    'Put the server\'s own end point into the secret as "host".',
];

export function poolerInFront(): KeyturnError {
  const [name, code, message] = POOLER;
  return new KeyturnError(name, { code, message });
}

const IAM: Row = [
  "UnsupportedError",
  "IamLogin",
  "The user logs in by IAM (rds_iam), so it has no password to rotate. Take the keyturn:schedule tag off.",
];
const TLS_REQUIRED: Row = [
  "UnsupportedError",
  "TlsRequired",
  'The server takes TLS connections only. Take "ssl": false out of the secret.',
];

/**
 * What a SQLSTATE does not say alone. Each pattern is one whole sentence of the server's, or its beginning or its end, because
 * a message quotes names that others chose: of databases, roles and tables.
 */
const REFINED: Readonly<Record<string, ReadonlyArray<readonly [RegExp, Row]>>> = {
  // PgBouncer
  "08P01": [[/^unsupported startup parameter/i, POOLER]],
  "0A000": [[/^Feature not supported: RDS Proxy/i, POOLER]],
  "28000": [
    [/^This RDS proxy /i, POOLER],
    [/^no pg_hba\.conf entry for .*, (no encryption|SSL off)$/s, TLS_REQUIRED],
    [/^SSL connection is required/i, TLS_REQUIRED],
    [/^PAM authentication failed for user /i, IAM],
  ],
  "28P01": [
    [/^This RDS proxy /i, POOLER],
    [/^PAM authentication failed for user /i, IAM],
  ],
  "42501": [
    [
      /^must be a member of rds_password to alter passwords$/i,
      [
        "AccessDeniedError",
        "PasswordCommandsRestricted",
        'rds.restrict_password_commands is on: only members of rds_password may change passwords. Name an admin who is one in "masterarn".',
      ],
    ],
  ],
};

/** What pg says itself, which has no SQLSTATE. */
const MESSAGES: ReadonlyArray<readonly [RegExp, Row]> = [
  [
    /exceeds scramMaxIterations/,
    [
      "UnsupportedError",
      "ProofTooLong",
      "The server asks for a proof of the password of more than 100 000 rounds (scram_iterations), for which Keyturn does not stay.",
    ],
  ],
  [
    /server signature (does not match|is missing)|Last message was not SASLResponse/,
    [
      "UnsupportedError",
      "ServerUnproven",
      "The server does not prove that it knows the user's password, as PostgreSQL's does: something else answers at the secret's host.",
    ],
  ],
  [
    /Only mechanism\(s\) SCRAM-SHA-256 are supported|Unknown authenticationOk message type/,
    [
      "UnsupportedError",
      "LoginUnsupported",
      "The server asks for a login of a kind that Keyturn does not have (Kerberos, OAuth, or Redshift's sha256 passwords). " +
        "Nothing of the password was sent. Give the user a password that SCRAM-SHA-256, or on Redshift md5, can prove.",
    ],
  ],
  [
    /server does not support SSL/i,
    [
      "UnsupportedError",
      "TlsUnsupported",
      'The server does not speak TLS. Turn it on there; only where that cannot be, put "ssl": false into the secret.',
    ],
  ],
  [
    /timeout expired|Query read timeout|timeout exceeded when trying to connect/i,
    ["TransientError", "DatabaseTimeout", `The database gave no answer in time. ${AGAIN}`],
  ],
  [
    /Connection terminated|Client was closed|not queryable/i,
    ["TransientError", "ConnectionLost", `The connection was cut. ${AGAIN}`],
  ],
];

/** By the SQLSTATE, where there is one: what stands in the message beside it others may have chosen. */
export function classify(error: unknown): Classification | undefined {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  const text = String(message ?? "");
  const among = (rows: ReadonlyArray<readonly [RegExp, Row]> = []) => rows.find(([pattern]) => pattern.test(text))?.[1];
  const state = typeof code === "string" && SQLSTATE.test(code) ? code : undefined;
  const row = state
    ? (among(REFINED[state]) ?? SQLSTATES[state] ?? SQLSTATES[state.slice(0, 2)])
    : code === undefined
      ? among(MESSAGES)
      : undefined;
  return row ? { name: row[0], code: row[1], message: row[2] } : undefined;
}

/** Node's own codes (`EPIPE`) are letters only. */
const SQLSTATE = /^(?=.*\d|XX)[0-9A-Z]{5}$/;

/** https://www.postgresql.org/docs/current/catalog-pg-authid.html: one verifier for each role. */
export function noDualPassword(server: string): KeyturnError {
  return new KeyturnError("UnsupportedError", {
    code: "NoDualPassword",
    message: `${server} knows one password for each login, so none can be kept beside another. Nothing was changed.`,
  });
}

/** An admin's own login is another secret's to rotate. */
export function adminItself(login: string): KeyturnError {
  return new KeyturnError("ConflictError", {
    code: "AdminItself",
    message:
      `${JSON.stringify(login)} is the admin's own login, which it does not change for another secret. Name another user in ` +
      'the secret, or another admin in "masterarn".',
  });
}
