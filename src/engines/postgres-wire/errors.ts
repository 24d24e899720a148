import type { KeyturnError } from "../../errors.js";
import type { Classification } from "../engine.js";
import {
  AGAIN,
  CONNECTION_LOST,
  classification,
  DATABASE_TIMEOUT,
  errorOf,
  LOCKED,
  LOGIN_REFUSED,
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
  USER_EXISTS,
} from "../error-rows.js";

/** By SQLSTATE, or its class where the class says enough. https://www.postgresql.org/docs/current/errcodes-appendix.html */
const SQLSTATES: Readonly<Record<string, Row>> = {
  "28P01": LOGIN_REFUSED,
  "28000": [
    "InvalidSecretError",
    "NotLetIn",
    "The server lets this user in by no way that Keyturn has. Look at pg_hba.conf and whether the role may log in.",
  ],
  "3D000": UNKNOWN_DATABASE,
  "42501": PERMISSION_DENIED,
  "42704": UNKNOWN_USER,
  "42710": USER_EXISTS,
  "22023": PASSWORD_REFUSED,
  "25006": READER_ENDPOINT,
  "53300": TOO_MANY_CONNECTIONS,
  "57014": STATEMENT_TIMEOUT,
  "55P03": LOCKED,
  "08": CONNECTION_LOST,
  "40": TRY_AGAIN,
  "53": ["TransientError", "OutOfResources", `The server is short of memory, disk or connections. ${AGAIN}`],
  "57": SERVER_STOPPING,
  XX: ["TransientError", "ServerFault", `The server had a fault of its own. ${AGAIN}`],
};

const POOLER: Row = [
  "UnsupportedError",
  "PoolerInFront",
  "A connection pooler (PgBouncer, RDS Proxy) answers at the secret's host, and knows passwords of its own. " +
    'Put the server\'s own end point into the secret as "host".',
];

export function poolerInFront(): KeyturnError {
  return errorOf(POOLER);
}

const IAM: Row = [
  "UnsupportedError",
  "IamLogin",
  "The user logs in by IAM (rds_iam), so it has no password to rotate. Take the keyturn:schedule tag off.",
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
    // Redshift, which is older than 28P01
    [/^password authentication failed for user /i, LOGIN_REFUSED],
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
  [/server does not support SSL/i, TLS_UNSUPPORTED],
  [/timeout expired|Query read timeout|timeout exceeded when trying to connect/i, DATABASE_TIMEOUT],
  [/Connection terminated|Client was closed|not queryable/i, CONNECTION_LOST],
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
  return row && classification(row);
}

/** Node's own codes (`EPIPE`) are letters only. */
const SQLSTATE = /^(?=.*\d|XX)[0-9A-Z]{5}$/;
