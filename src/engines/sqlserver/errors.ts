import type { Classification } from "../engine.js";
import {
  ACCOUNT_LOCKED,
  AGAIN,
  CERTIFICATES,
  CONNECTION_LOST,
  chainOf,
  classification,
  DATABASE_TIMEOUT,
  type Link,
  LOCKED,
  LOCKED_OUT,
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

/** The server lets only its administrators in, for a time. */
const UNDER_MAINTENANCE: Row = [
  "TransientError",
  "UnderMaintenance",
  `The server is being upgraded, or lets administrators in only. ${AGAIN}`,
];
const FIREWALL: Row = [
  "TransientError",
  "FirewallRefused",
  `The server's firewall does not let the function's address in. ${AGAIN} Add a rule for it, or for the function's network.`,
];
const TRIGGERED_OUT: Row = [
  "AccessDeniedError",
  "RefusedByTrigger",
  "A logon trigger keeps the login out. Its owner can say why.",
];
const NOT_READABLE: Row = [
  "TransientError",
  "ReplicaUnavailable",
  `The database takes no queries there: it is a replica, or is changing roles. ${AGAIN} If it stays so, put the writer's end ` +
    'point into the secret as "host".',
];

const NOT_ON_AZURE: Row = [
  "UnsupportedError",
  "NotOnAzure",
  "Azure SQL Database does not have what this needs. docs/engines says what can be rotated there.",
];

/**
 * https://learn.microsoft.com/sql/relational-databases/errors-events/database-engine-events-and-errors,
 * https://learn.microsoft.com/azure/azure-sql/database/troubleshoot-common-errors-issues
 */
const NUMBERS: Readonly<Record<number, Row>> = {
  18456: LOGIN_REFUSED,
  18452: [
    "UnsupportedError",
    "WindowsLoginsOnly",
    "The server takes Windows logins only. Turn on SQL Server authentication there.",
  ],
  18470: ACCOUNT_LOCKED,
  18486: LOCKED_OUT,
  18487: PASSWORD_EXPIRED,
  18488: PASSWORD_EXPIRED,
  17892: TRIGGERED_OUT,
  4060: [
    "InvalidSecretError",
    "UnknownDatabase",
    'The login may not enter the database, there is none, or it does not answer just now. Look at "dbname".',
  ],
  4064: [
    "InvalidSecretError",
    "UnknownDatabase",
    'The login may not enter its default database, or there is none. Name one in the secret as "dbname".',
  ],
  911: UNKNOWN_DATABASE,
  15113: LOCKED_OUT,
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
  10929: TOO_MANY_CONNECTIONS,
  10936: TOO_MANY_CONNECTIONS,
  17809: TOO_MANY_CONNECTIONS,
  922: SERVER_STOPPING,
  923: UNDER_MAINTENANCE,
  924: UNDER_MAINTENANCE,
  927: SERVER_STOPPING,
  942: SERVER_STOPPING,
  952: SERVER_STOPPING,
  976: NOT_READABLE,
  978: NOT_READABLE,
  979: NOT_READABLE,
  983: NOT_READABLE,
  988: NOT_READABLE,
  6005: SERVER_STOPPING,
  17142: SERVER_STOPPING,
  17148: SERVER_STOPPING,
  18401: UNDER_MAINTENANCE,
  18451: UNDER_MAINTENANCE,
  18461: UNDER_MAINTENANCE,
  40197: SERVER_STOPPING,
  40501: SERVER_STOPPING,
  40613: SERVER_STOPPING,
  49918: SERVER_STOPPING,
  49919: SERVER_STOPPING,
  49920: SERVER_STOPPING,
  40508: NOT_ON_AZURE,
  40510: NOT_ON_AZURE,
  40515: NOT_ON_AZURE,
  40517: NOT_ON_AZURE,
  40520: NOT_ON_AZURE,
  40521: NOT_ON_AZURE,
  40615: FIREWALL,
  40914: FIREWALL,
  3906: READER_ENDPOINT,
  3908: READER_ENDPOINT,
};

/** tedious' own, of which the innermost counts. https://tediousjs.github.io/tedious/api-connection.html */
const CODES: Readonly<Record<string, Row>> = {
  ETIMEOUT: DATABASE_TIMEOUT,
  ECANCEL: CONNECTION_LOST,
  EINVALIDSTATE: CONNECTION_LOST,
  ENOTOPEN: CONNECTION_LOST,
  ECLOSE: CONNECTION_LOST,
  EENCRYPT: TLS_UNSUPPORTED,
  ELOGIN: [
    "TransientError",
    "LoginFailed",
    `The server did not take the login, and not because of its password. ${AGAIN} The cause in the function's log has its number.`,
  ],
  EPROTOCOL: [
    "TransientError",
    "ProtocolError",
    `What answers does not speak as SQL Server does. ${AGAIN} Look at "host" and "port" in the secret.`,
  ],
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
    MESSAGES.find(([pattern]) => pattern.test(text))?.[1] ??
    chain.map(({ code }) => CODES[String(code)]).findLast(Boolean);
  return row && classification(row);
}

interface NumberedLink extends Link {
  readonly number?: number;
}
