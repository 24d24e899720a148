import type { Classification } from "../engine.js";
import {
  AGAIN,
  CERTIFICATES,
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

/** What a server's code does not say alone. */
const REFINED: ReadonlyArray<readonly [code: number | undefined, pattern: RegExp, row: Row]> = [
  // Atlas has one code for all of its own.
  [8000, /^bad auth/i, LOGIN_REFUSED],
  [undefined, /password.*(policy|complexity|must be at least|too short)/i, PASSWORD_REFUSED],
];

/** What the driver says itself, which has no code. */
const MESSAGES: ReadonlyArray<readonly [RegExp, Row]> = [
  ...CERTIFICATES,
  [/connection timed out|timed out after|socketTimeoutMS|secureConnect/i, DATABASE_TIMEOUT],
  [
    /connection \d+ to .* closed|connection.*(closed|reset|destroyed)|pool.*cleared|client was closed/i,
    [
      "TransientError",
      "ConnectionLost",
      `The connection was cut. ${AGAIN} A server that takes TLS only cuts a plain one, and the other way round: look at "ssl".`,
    ],
  ],
];

/** The driver wraps what happened on the network in errors of its own: the innermost that says something counts. */
export function classify(error: unknown): Classification | undefined {
  const chain = chainOf<MongoLink>(error, ({ reason }) => [reason?.error]);
  const ofServer = chain.filter(({ name, code }) => name === "MongoServerError" || typeof code === "number");
  const row = ofServer.map(rowOf).find(Boolean);
  if (row) return classification(row);
  for (const link of chain) {
    const network = classifyNetworkError(link);
    if (network) return network;
  }
  // A server's message quotes names that others chose.
  const text = chain.map((link) => (ofServer.includes(link) ? "" : (link.message ?? ""))).join("\n");
  const ofDriver = MESSAGES.find(([pattern]) => pattern.test(text))?.[1];
  return ofDriver && classification(ofDriver);
}

function rowOf({ code, message }: MongoLink): Row | undefined {
  const text = String(message ?? "");
  const refined = REFINED.find(([of, pattern]) => (of === undefined || of === code) && pattern.test(text));
  return CODES[code as number] ?? refined?.[2];
}

interface MongoLink extends Link {
  readonly name?: unknown;
  readonly reason?: { readonly error?: unknown };
}
