import type { Classification } from "../engine.js";
import { classifyNetworkError } from "../network-errors.js";

type Row = readonly [name: Classification["name"], code: string, message: string];

const AGAIN = "It is tried again by itself.";
const REFUSED: Row = [
  "InvalidSecretError",
  "PasswordRefused",
  "The server's password policy refuses the password. Look at the secret's keyturn:password-length and exclude tags.",
];
const DENIED: Row = [
  "AccessDeniedError",
  "PermissionDenied",
  "The login may not do this, or what it is about is not there. docs/engines has the rights that user and admin need.",
];
const EXPIRED: Row = ["CredentialRejectedError", "PasswordExpired", "The password has expired. Set one as an admin."];
const MOVING: Row = ["TransientError", "ServerStopping", `The server or the database is starting or moving. ${AGAIN}`];
const READER: Row = [
  "UnsupportedError",
  "ReaderEndpoint",
  'The database is read-only there, a replica. Put the writer\'s end point into the secret as "host".',
];

/** https://learn.microsoft.com/sql/relational-databases/errors-events/database-engine-events-and-errors */
const NUMBERS: Readonly<Record<number, Row>> = {
  18456: ["CredentialRejectedError", "LoginRefused", "The server refuses the user name or the password."],
  18452: [
    "CredentialRejectedError",
    "LoginRefused",
    "The server takes Windows logins only. Turn on SQL Server authentication there.",
  ],
  18470: ["CredentialRejectedError", "AccountLocked", "The login is disabled. Enable it: ALTER LOGIN … ENABLE."],
  18486: ["CredentialRejectedError", "AccountLocked", "The login is locked out. Unlock it: ALTER LOGIN … UNLOCK."],
  18487: EXPIRED,
  18488: EXPIRED,
  4060: [
    "InvalidSecretError",
    "UnknownDatabase",
    'The login may not enter the database, or there is none. Look at "dbname".',
  ],
  911: ["InvalidSecretError", "UnknownDatabase", 'The database does not exist. Look at "dbname" in the secret.'],
  15113: EXPIRED,
  15114: REFUSED,
  15115: REFUSED,
  15116: REFUSED,
  15117: REFUSED,
  15118: REFUSED,
  15119: REFUSED,
  15023: ["ConflictError", "UserExists", "A user or role of that name exists already."],
  15025: ["ConflictError", "UserExists", "A login of that name exists already."],
  15151: DENIED,
  15247: DENIED,
  15406: DENIED,
  229: DENIED,
  230: DENIED,
  262: DENIED,
  297: DENIED,
  300: DENIED,
  916: DENIED,
  1205: ["TransientError", "TryAgain", `Another transaction was in the way. ${AGAIN}`],
  1222: ["TransientError", "Locked", `Something holds a lock. ${AGAIN}`],
  10928: ["TransientError", "TooManyConnections", `The server takes no more connections. ${AGAIN}`],
  17809: ["TransientError", "TooManyConnections", `The server takes no more connections. ${AGAIN}`],
  40197: MOVING,
  40501: MOVING,
  40613: MOVING,
  49918: MOVING,
  922: MOVING,
  927: MOVING,
  976: READER,
  3906: READER,
  3908: READER,
};

/** tedious' own, where nothing inside says more. https://tediousjs.github.io/tedious/api-connection.html */
const CODES: Readonly<Record<string, Row>> = {
  ETIMEOUT: ["TransientError", "DatabaseTimeout", `The database gave no answer in time. ${AGAIN}`],
  ECANCEL: ["TransientError", "ConnectionLost", `The connection was cut. ${AGAIN}`],
  EINVALIDSTATE: ["TransientError", "ConnectionLost", `The connection was cut. ${AGAIN}`],
  ENOTOPEN: ["TransientError", "ConnectionLost", `The connection was cut. ${AGAIN}`],
  ECLOSE: ["TransientError", "ConnectionLost", `The connection was cut. ${AGAIN}`],
  EENCRYPT: [
    "UnsupportedError",
    "TlsUnsupported",
    'The server does not speak TLS. Turn it on there; only where that cannot be, put "ssl": false into the secret.',
  ],
  ELOGIN: ["CredentialRejectedError", "LoginRefused", "The server refuses the user name or the password."],
  ESOCKET: ["TransientError", "ConnectionLost", `The connection was cut. ${AGAIN}`],
};

const MESSAGES: ReadonlyArray<readonly [RegExp, Row]> = [
  [
    /requires encryption|encryption is required/i,
    ["UnsupportedError", "TlsRequired", 'The server takes TLS connections only. Take "ssl": false out of the secret.'],
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
];

/** The driver wraps what happened in errors of its own: the server's number counts first, then the network's code. */
export function classify(error: unknown): Classification | undefined {
  const chain = chainOf(error);
  const ofServer = chain.map(({ number }) => NUMBERS[number ?? 0]).find(Boolean);
  if (ofServer) return classification(ofServer);
  for (const link of chain) {
    const network = classifyNetworkError(link);
    if (network) return network;
  }
  // A server's message quotes names that others chose.
  const text = chain.map(({ number, message }) => (number ? "" : (message ?? ""))).join("\n");
  const row =
    MESSAGES.find(([pattern]) => pattern.test(text))?.[1] ?? chain.map(({ code }) => CODES[String(code)]).find(Boolean);
  return row && classification(row);
}

interface Link {
  readonly number?: number;
  readonly code?: unknown;
  readonly message?: string;
  readonly cause?: unknown;
  readonly errors?: readonly unknown[];
}

function chainOf(error: unknown, depth = 0): Link[] {
  if (typeof error !== "object" || error === null || depth > 6) return [];
  const link = error as Link;
  return [link, ...[link.cause, ...(link.errors ?? [])].flatMap((one) => chainOf(one, depth + 1))];
}

function classification([name, code, message]: Row): Classification {
  return { name, code, message };
}
