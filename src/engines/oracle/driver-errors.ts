import {
  AGAIN,
  CERTIFICATE_FOR_OTHER_HOST,
  CERTIFICATE_UNTRUSTED,
  CERTIFICATES,
  CONNECT_TIMEOUT,
  CONNECTION_LOST,
  HOST_NOT_FOUND,
  type Row,
  STATEMENT_TIMEOUT,
} from "../error-rows.js";
import { ENCRYPTION, NO_DATABASE, OLD_VERIFIER } from "./server-errors.js";

const OTHER_PROTOCOL: Row = [
  "UnsupportedError",
  "NotOracle",
  'What answers does not speak Oracle\'s protocol. Look at "host", "port" and "ssl" in the secret: TLS has a port of its own.',
];
const MALFORMED: Row = [
  "InvalidSecretError",
  "MalformedTarget",
  'The driver does not take this "host", "port" or "dbname". Look at them in the secret.',
];

/** The driver's own: node_modules/oracledb/lib/errors.js */
export const DRIVER: Readonly<Record<string, Row>> = {
  "NJS-518": NO_DATABASE,
  "NJS-519": NO_DATABASE,
  "NJS-123": STATEMENT_TIMEOUT,
  "NJS-500": CONNECTION_LOST,
  "NJS-501": CONNECTION_LOST,
  "NJS-003": CONNECTION_LOST,
  "NJS-513": CONNECTION_LOST,
  "NJS-521": CONNECTION_LOST,
  "NJS-503": CONNECTION_LOST,
  "NJS-510": CONNECT_TIMEOUT,
  "NJS-511": ["TransientError", "ConnectionRefused", `The listener refuses the connection. ${AGAIN}`],
  "NJS-530": HOST_NOT_FOUND,
  "NJS-505": [
    "UnsupportedError",
    "CaFileInvalid",
    "The file that KEYTURN_CA_FILE names has no certificates in PEM form. Name one that has.",
  ],
  "NJS-506": [
    "UnsupportedError",
    "TlsFailed",
    'The server and Keyturn could not agree on TLS. It must speak TLS 1.2 or newer, at the secret\'s "port": RDS has it at another than the plain one.',
  ],
  "NJS-116": OLD_VERIFIER,
  "NJS-138": ["UnsupportedError", "ServerTooOld", "The server is older than the driver takes, which is Oracle 12.1."],
  "NJS-533": ENCRYPTION,
  "NJS-531": OTHER_PROTOCOL,
  "NJS-509": OTHER_PROTOCOL,
  "NJS-068": OTHER_PROTOCOL,
  "NJS-102": OTHER_PROTOCOL,
  "NJS-103": OTHER_PROTOCOL,
  "NJS-112": OTHER_PROTOCOL,
  "NJS-113": OTHER_PROTOCOL,
  ERR_OUT_OF_RANGE: OTHER_PROTOCOL,
  ERR_BUFFER_OUT_OF_BOUNDS: OTHER_PROTOCOL,
  "NJS-512": MALFORMED,
  "NJS-514": MALFORMED,
  "NJS-515": MALFORMED,
  "NJS-516": MALFORMED,
  "NJS-517": MALFORMED,
  "NJS-522": MALFORMED,
};

/** The driver drops the codes of Node's errors of TLS, so their texts have to tell them apart. */
export const TLS_MESSAGES: ReadonlyArray<readonly [RegExp, Row]> = [
  [/NJS-50[78]/, CERTIFICATE_FOR_OTHER_HOST],
  [/unauthorized/i, CERTIFICATE_UNTRUSTED],
  ...CERTIFICATES,
  [
    /disconnected before|ECONNRESET|EPIPE|socket hang up/i,
    [
      "TransientError",
      "ConnectionLost",
      `The connection was cut. ${AGAIN} A port without TLS cuts a connection that asks for it: look at "port" in the secret.`,
    ],
  ],
];
