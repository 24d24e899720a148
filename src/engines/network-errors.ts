import type { Classification } from "./engine.js";
import {
  AGAIN,
  CERTIFICATE_EXPIRED,
  CERTIFICATE_FOR_OTHER_HOST,
  CERTIFICATE_UNTRUSTED,
  CONNECT_TIMEOUT,
  CONNECTION_LOST,
  classification,
  HOST_NOT_FOUND,
  type Row,
} from "./error-rows.js";

const NO_WAY: Row = [
  "TransientError",
  "HostUnreachable",
  `There is no way to the host. ${AGAIN} See that the function runs in the database's network.`,
];

/** Node's own codes, the same whatever the driver. https://nodejs.org/api/errors.html#common-system-errors */
const NETWORK: Readonly<Record<string, Row>> = {
  ENOTFOUND: HOST_NOT_FOUND,
  EAI_AGAIN: ["TransientError", "HostNotFound", `The host could not be resolved just now. ${AGAIN}`],
  ECONNREFUSED: [
    "TransientError",
    "ConnectionRefused",
    `Nothing answers at the secret's host and port. ${AGAIN} See that the database is up and that "port" is right.`,
  ],
  ECONNRESET: CONNECTION_LOST,
  EPIPE: CONNECTION_LOST,
  ETIMEDOUT: CONNECT_TIMEOUT,
  EHOSTUNREACH: NO_WAY,
  ENETUNREACH: NO_WAY,
};

/** https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const TLS: Readonly<Record<string, Row>> = {
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: CERTIFICATE_UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: CERTIFICATE_UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: CERTIFICATE_UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: CERTIFICATE_UNTRUSTED,
  DEPTH_ZERO_SELF_SIGNED_CERT: CERTIFICATE_UNTRUSTED,
  CERT_SIGNATURE_FAILURE: CERTIFICATE_UNTRUSTED,
  CERT_HAS_EXPIRED: CERTIFICATE_EXPIRED,
  CERT_NOT_YET_VALID: CERTIFICATE_EXPIRED,
  ERR_TLS_CERT_ALTNAME_INVALID: CERTIFICATE_FOR_OTHER_HOST,
};

const FAILED: Row = [
  "UnsupportedError",
  "TlsFailed",
  "The server and Keyturn could not agree on TLS. It must speak TLS 1.2 or newer.",
];

/** An error of the network or of TLS, told by its code; `undefined` for any other. */
export function classifyNetworkError(error: unknown): Classification | undefined {
  const code = String((error as { code?: unknown })?.code ?? "");
  const ofTls = code.startsWith("ERR_SSL_") || code === "EPROTO" ? FAILED : undefined;
  const row = NETWORK[code] ?? TLS[code] ?? ofTls;
  return row && classification(row);
}
