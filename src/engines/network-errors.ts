import type { Classification } from "./engine.js";

const AGAIN = "It is tried again by itself.";

/** Node's own codes, the same whatever the driver. https://nodejs.org/api/errors.html#common-system-errors */
const NETWORK: Readonly<Record<string, readonly [code: string, message: string]>> = {
  ENOTFOUND: [
    "HostNotFound",
    'The host does not resolve. Look at "host" in the secret, and at the network that the function runs in.',
  ],
  EAI_AGAIN: ["HostNotFound", `The host could not be resolved just now. ${AGAIN}`],
  ECONNREFUSED: [
    "ConnectionRefused",
    `Nothing answers at the secret's host and port. ${AGAIN} See that the database is up and that "port" is right.`,
  ],
  ECONNRESET: ["ConnectionLost", `The connection was cut. ${AGAIN}`],
  EPIPE: ["ConnectionLost", `The connection was cut. ${AGAIN}`],
  ETIMEDOUT: [
    "ConnectTimeout",
    `The database gave no answer. ${AGAIN} See that a security group lets the function in.`,
  ],
  EHOSTUNREACH: [
    "HostUnreachable",
    `There is no way to the host. ${AGAIN} See that the function runs in the database's network.`,
  ],
  ENETUNREACH: [
    "HostUnreachable",
    `There is no way to the host. ${AGAIN} See that the function runs in the database's network.`,
  ],
};

const UNTRUSTED =
  "The server's certificate is signed by an authority that is not trusted. Name the right one in KEYTURN_CA_FILE; do not turn TLS off.";

/** https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const TLS: Readonly<Record<string, readonly [code: string, message: string]>> = {
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ["CertificateUntrusted", UNTRUSTED],
  UNABLE_TO_GET_ISSUER_CERT: ["CertificateUntrusted", UNTRUSTED],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ["CertificateUntrusted", UNTRUSTED],
  SELF_SIGNED_CERT_IN_CHAIN: ["CertificateUntrusted", UNTRUSTED],
  DEPTH_ZERO_SELF_SIGNED_CERT: ["CertificateUntrusted", UNTRUSTED],
  CERT_SIGNATURE_FAILURE: ["CertificateUntrusted", UNTRUSTED],
  CERT_HAS_EXPIRED: ["CertificateExpired", "The server's certificate has expired. Renew it on the server."],
  CERT_NOT_YET_VALID: ["CertificateExpired", "The server's certificate is not valid yet. Look at the clocks."],
  ERR_TLS_CERT_ALTNAME_INVALID: [
    "CertificateForOtherHost",
    'The server\'s certificate is for another host name. Put the name that stands in the certificate into the secret as "host".',
  ],
};

/** An error of the network or of TLS, told by its code; `undefined` for any other. */
export function classifyNetworkError(error: unknown): Classification | undefined {
  const code = String((error as { code?: unknown })?.code ?? "");
  const network = NETWORK[code];
  if (network) return { name: "TransientError", code: network[0], message: network[1] };
  const tls = TLS[code];
  if (tls) return { name: "UnsupportedError", code: tls[0], message: tls[1] };
  return code.startsWith("ERR_SSL_") || code === "EPROTO"
    ? {
        name: "UnsupportedError",
        code: "TlsFailed",
        message: "The server and Keyturn could not agree on TLS. It must speak TLS 1.2 or newer.",
      }
    : undefined;
}
