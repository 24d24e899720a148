import type { Classification } from "../engine.js";
import {
  AGAIN,
  CERTIFICATES,
  CONNECTION_LOST,
  chainOf,
  classification,
  DATABASE_TIMEOUT,
  type Link,
  LOCKED,
  LOGIN_REFUSED,
  PASSWORD_REFUSED,
  PERMISSION_DENIED,
  type Row,
  SERVER_STOPPING,
  STATEMENT_TIMEOUT,
  TRY_AGAIN,
  UNKNOWN_USER,
  USER_EXISTS,
} from "../error-rows.js";
import { classifyNetworkError } from "../network-errors.js";

const NOT_IMPLEMENTED: Row = ["UnsupportedError", "NotImplemented", "The server does not have what this needs."];

/** https://www.mongodb.com/docs/manual/reference/error-codes/ */
const CODES: Readonly<Record<number, Row>> = {
  8000: LOGIN_REFUSED,
  18: [
    "CredentialRejectedError",
    "LoginRefused",
    'The server refuses the user name or the password, or keeps its users in another database than the secret\'s "dbname".',
  ],
  13: PERMISSION_DENIED,
  11: UNKNOWN_USER,
  51003: USER_EXISTS,
  51002: ["ConflictError", "RoleExists", "A role of that name exists already."],
  26: ["InvalidSecretError", "UnknownCollection", "The collection does not exist."],
  10107: SERVER_STOPPING,
  13435: SERVER_STOPPING,
  91: SERVER_STOPPING,
  189: SERVER_STOPPING,
  11600: SERVER_STOPPING,
  11602: SERVER_STOPPING,
  50: STATEMENT_TIMEOUT,
  262: STATEMENT_TIMEOUT,
  24: LOCKED,
  112: TRY_AGAIN,
  238: NOT_IMPLEMENTED,
  303: NOT_IMPLEMENTED,
};

/** What has no code, of the driver or of the server. */
const MESSAGES: ReadonlyArray<readonly [RegExp, Row]> = [
  [/password.*(policy|complexity|must be at least|too short)/i, PASSWORD_REFUSED],
  ...CERTIFICATES,
  [/connection timed out|timed out after|socketTimeoutMS|secureConnect/i, DATABASE_TIMEOUT],
  [
    /connection \d+ to .* closed|connection.*(closed|reset|destroyed)|pool.*cleared|client was closed/i,
    [
      "TransientError",
      CONNECTION_LOST[1],
      `The connection was cut. ${AGAIN} A server that takes TLS only cuts a plain one, and the other way round: look at "ssl".`,
    ],
  ],
];

/** The driver wraps what happened on the network in errors of its own: the innermost that says something counts. */
export function classify(error: unknown): Classification | undefined {
  const chain = chainOf<MongoLink>(error, ({ reason }) => [reason?.error]);
  for (const { code } of chain) {
    const row = typeof code === "number" ? CODES[code] : undefined;
    if (row) return classification(row);
  }
  for (const link of chain) {
    const network = classifyNetworkError(link);
    if (network) return network;
  }
  const text = chain.map(({ message }) => message ?? "").join("\n");
  const row = MESSAGES.find(([pattern]) => pattern.test(text))?.[1];
  return row && classification(row);
}

interface MongoLink extends Link {
  readonly reason?: { readonly error?: unknown };
}
