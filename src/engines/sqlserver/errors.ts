import type { Classification } from "../engine.js";
import {
  ACCOUNT_LOCKED,
  CERTIFICATES,
  CONNECTION_LOST,
  chainOf,
  classification,
  DATABASE_TIMEOUT,
  type Link,
  LOCKED,
  LOGIN_REFUSED,
  PASSWORD_EXPIRED,
  PASSWORD_REFUSED,
  PERMISSION_DENIED,
  READER_ENDPOINT,
  type Row,
  SERVER_STOPPING,
  TLS_REQUIRED,
  TLS_UNSUPPORTED,
  TOO_MANY_CONNECTIONS,
  TRY_AGAIN,
  UNKNOWN_DATABASE,
  USER_EXISTS,
} from "../error-rows.js";
import { classifyNetworkError } from "../network-errors.js";

/** https://learn.microsoft.com/sql/relational-databases/errors-events/database-engine-events-and-errors */
const NUMBERS: Readonly<Record<number, Row>> = {
  18456: LOGIN_REFUSED,
  18452: [
    "CredentialRejectedError",
    "LoginRefused",
    "The server takes Windows logins only. Turn on SQL Server authentication there.",
  ],
  18470: ACCOUNT_LOCKED,
  18486: ACCOUNT_LOCKED,
  18487: PASSWORD_EXPIRED,
  18488: PASSWORD_EXPIRED,
  4060: [
    "InvalidSecretError",
    "UnknownDatabase",
    'The login may not enter the database, or there is none. Look at "dbname".',
  ],
  911: UNKNOWN_DATABASE,
  15113: PASSWORD_EXPIRED,
  15114: PASSWORD_REFUSED,
  15115: PASSWORD_REFUSED,
  15116: PASSWORD_REFUSED,
  15117: PASSWORD_REFUSED,
  15118: PASSWORD_REFUSED,
  15119: PASSWORD_REFUSED,
  15023: USER_EXISTS,
  15025: USER_EXISTS,
  15151: PERMISSION_DENIED,
  15247: PERMISSION_DENIED,
  15406: PERMISSION_DENIED,
  229: PERMISSION_DENIED,
  230: PERMISSION_DENIED,
  262: PERMISSION_DENIED,
  297: PERMISSION_DENIED,
  300: PERMISSION_DENIED,
  916: PERMISSION_DENIED,
  1205: TRY_AGAIN,
  1222: LOCKED,
  10928: TOO_MANY_CONNECTIONS,
  17809: TOO_MANY_CONNECTIONS,
  40197: SERVER_STOPPING,
  40501: SERVER_STOPPING,
  40613: SERVER_STOPPING,
  49918: SERVER_STOPPING,
  922: SERVER_STOPPING,
  927: SERVER_STOPPING,
  976: READER_ENDPOINT,
  3906: READER_ENDPOINT,
  3908: READER_ENDPOINT,
};

/** tedious' own, where nothing inside says more. https://tediousjs.github.io/tedious/api-connection.html */
const CODES: Readonly<Record<string, Row>> = {
  ETIMEOUT: DATABASE_TIMEOUT,
  ECANCEL: CONNECTION_LOST,
  EINVALIDSTATE: CONNECTION_LOST,
  ENOTOPEN: CONNECTION_LOST,
  ECLOSE: CONNECTION_LOST,
  EENCRYPT: TLS_UNSUPPORTED,
  ELOGIN: LOGIN_REFUSED,
  ESOCKET: CONNECTION_LOST,
};

const MESSAGES: ReadonlyArray<readonly [RegExp, Row]> = [
  [/requires encryption|encryption is required/i, TLS_REQUIRED],
  ...CERTIFICATES,
];

/** The driver wraps what happened in errors of its own: the server's number counts first, then the network's code. */
export function classify(error: unknown): Classification | undefined {
  const chain = chainOf<NumberedLink>(error);
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

interface NumberedLink extends Link {
  readonly number?: number;
}
