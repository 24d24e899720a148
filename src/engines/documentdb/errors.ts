import type { Classification } from "../engine.js";
import { classifyNetworkError } from "../network-errors.js";

type Row = readonly [name: Classification["name"], code: string, message: string];

const AGAIN = "It is tried again by itself.";
const MOVING: Row = [
  "TransientError",
  "ServerStopping",
  `The server is starting, stopping or changing roles. ${AGAIN}`,
];

/** https://www.mongodb.com/docs/manual/reference/error-codes/ */
const CODES: Readonly<Record<number, Row>> = {
  8000: ["CredentialRejectedError", "LoginRefused", "The server refuses the user name or the password."],
  18: [
    "CredentialRejectedError",
    "LoginRefused",
    'The server refuses the user name or the password, or keeps its users in another database than the secret\'s "dbname".',
  ],
  13: [
    "AccessDeniedError",
    "PermissionDenied",
    "The database user may not do this. docs/engines has the rights that user and admin need.",
  ],
  11: ["InvalidSecretError", "UnknownUser", "The database user does not exist."],
  51003: ["ConflictError", "UserExists", "A user of that name exists already."],
  51002: ["ConflictError", "RoleExists", "A role of that name exists already."],
  26: ["InvalidSecretError", "UnknownCollection", "The collection does not exist."],
  10107: MOVING,
  13435: MOVING,
  91: MOVING,
  189: MOVING,
  11600: MOVING,
  11602: MOVING,
  50: ["TransientError", "StatementTimeout", `A command took too long. ${AGAIN}`],
  262: ["TransientError", "StatementTimeout", `A command took too long. ${AGAIN}`],
  24: ["TransientError", "Locked", `Something holds a lock. ${AGAIN}`],
  112: ["TransientError", "TryAgain", `Another operation was in the way. ${AGAIN}`],
  238: ["UnsupportedError", "NotImplemented", "The server does not have what this needs."],
  303: ["UnsupportedError", "NotImplemented", "The server does not have what this needs."],
};

/** What has no code, of the driver or of the server. */
const MESSAGES: ReadonlyArray<readonly [RegExp, Row]> = [
  [
    /password.*(policy|complexity|must be at least|too short)/i,
    [
      "InvalidSecretError",
      "PasswordRefused",
      "The server's password policy refuses the password. Look at the secret's keyturn:password-length and exclude tags.",
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
    /self.signed certificate|unable to (verify|get)/i,
    [
      "UnsupportedError",
      "CertificateUntrusted",
      "The server's certificate is signed by an authority that is not trusted. Name the right one in KEYTURN_CA_FILE; do not turn TLS off.",
    ],
  ],
  [
    /connection timed out|timed out after|socketTimeoutMS|secureConnect/i,
    ["TransientError", "DatabaseTimeout", `The database gave no answer in time. ${AGAIN}`],
  ],
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
  const chain = chainOf(error);
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

interface Link {
  readonly code?: unknown;
  readonly message?: string;
  readonly cause?: unknown;
  readonly reason?: { readonly error?: unknown };
  readonly errors?: readonly unknown[];
}

function chainOf(error: unknown, depth = 0): Link[] {
  if (typeof error !== "object" || error === null || depth > 6) return [];
  const link = error as Link;
  const inner = [link.cause, link.reason?.error, ...(link.errors ?? [])];
  return [link, ...inner.flatMap((one) => chainOf(one, depth + 1))];
}

function classification([name, code, message]: Row): Classification {
  return { name, code, message };
}
