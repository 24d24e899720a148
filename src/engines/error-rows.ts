import { type ErrorName, KeyturnError } from "../errors.js";
import type { Classification } from "./engine.js";

/** A row of an error table. The rows below are those that more than one engine has. */
export type Row = readonly [name: ErrorName, code: string, message: string];

/** How the message of every error ends that Step Functions retries. */
export const AGAIN = "It is tried again by itself.";

/**
 * A no: that this name and this password are not the login's. Said only where the server says that and nothing else could be
 * meant, because a roll back and a retirement go by it. A login that is locked, barred, expired or kept out of a database was
 * not refused, nor was one that the server failed to look at.
 */
export const LOGIN_REFUSED: Row = [
  "CredentialRejectedError",
  "LoginRefused",
  "The server refuses the user name or the password.",
];
/** By somebody's hand, so that it stays so. A retirement does it, too. */
export const ACCOUNT_LOCKED: Row = [
  "ConflictError",
  "AccountLocked",
  "The login is locked, whatever its password. Find out why, then unlock it; docs/engines has the statement.",
];
/** By too many wrong passwords. */
export const LOCKED_OUT: Row = [
  "ConflictError",
  "LockedOut",
  "The server has locked the login, as too many log-ins failed. Find out whose, then unlock it; docs/engines has the statement.",
];
export const PASSWORD_EXPIRED: Row = [
  "ConflictError",
  "PasswordExpired",
  "The password is right, but has expired. Set one as an admin.",
];
/** In a session: the server wants to hear the current password, and not the one that logged in. */
export const OTHER_CURRENT: Row = [
  "ConflictError",
  "OtherCurrentPassword",
  "The server wants the current password with a new one, and the one that logged in is not what it calls so.",
];
export const PASSWORD_REFUSED: Row = [
  "InvalidSecretError",
  "PasswordRefused",
  "The server's password policy refuses the password. Look at the secret's keyturn:password-length and exclude tags.",
];
export const PERMISSION_DENIED: Row = [
  "AccessDeniedError",
  "PermissionDenied",
  "The database user may not do this, or what it is about is not there. docs/engines has the rights that user and admin need.",
];
export const UNKNOWN_DATABASE: Row = [
  "InvalidSecretError",
  "UnknownDatabase",
  'The database does not exist. Look at "dbname" in the secret.',
];
export const UNKNOWN_USER: Row = ["InvalidSecretError", "UnknownUser", "The database user does not exist."];
export const USER_EXISTS: Row = ["ConflictError", "UserExists", "A user or a role of that name exists already."];
export const READER_ENDPOINT: Row = [
  "UnsupportedError",
  "ReaderEndpoint",
  'The server is a read-only replica. Put the writer\'s end point into the secret as "host".',
];

export const HOST_NOT_FOUND: Row = [
  "TransientError",
  "HostNotFound",
  'The host does not resolve. Look at "host" in the secret, and at the network that the function runs in.',
];
export const CONNECT_TIMEOUT: Row = [
  "TransientError",
  "ConnectTimeout",
  `The database gave no answer. ${AGAIN} See that a security group lets the function in.`,
];
export const CONNECTION_LOST: Row = ["TransientError", "ConnectionLost", `The connection was cut. ${AGAIN}`];
export const DATABASE_TIMEOUT: Row = [
  "TransientError",
  "DatabaseTimeout",
  `The database gave no answer in time. ${AGAIN}`,
];
export const STATEMENT_TIMEOUT: Row = [
  "TransientError",
  "StatementTimeout",
  `A statement took too long. ${AGAIN} See whether something holds a lock.`,
];
export const LOCKED: Row = ["TransientError", "Locked", `Something holds a lock. ${AGAIN}`];
export const TRY_AGAIN: Row = ["TransientError", "TryAgain", `Another transaction was in the way. ${AGAIN}`];
export const TOO_MANY_CONNECTIONS: Row = [
  "TransientError",
  "TooManyConnections",
  `The server takes no more connections. ${AGAIN}`,
];
export const SERVER_STOPPING: Row = [
  "TransientError",
  "ServerStopping",
  `The server is starting, stopping or changing roles. ${AGAIN}`,
];

export const TLS_UNSUPPORTED: Row = [
  "UnsupportedError",
  "TlsUnsupported",
  'The server does not speak TLS. Turn it on there; only where that cannot be, put "ssl": false into the secret.',
];
export const TLS_REQUIRED: Row = [
  "UnsupportedError",
  "TlsRequired",
  'The server takes TLS connections only. Take "ssl": false out of the secret.',
];
export const CERTIFICATE_UNTRUSTED: Row = [
  "UnsupportedError",
  "CertificateUntrusted",
  "The server's certificate is signed by an authority that is not trusted. Name the right one in KEYTURN_CA_FILE; do not turn TLS off.",
];
export const CERTIFICATE_EXPIRED: Row = [
  "UnsupportedError",
  "CertificateExpired",
  "The server's certificate has expired, or is not valid yet. Renew it on the server; look at the clocks.",
];
export const CERTIFICATE_FOR_OTHER_HOST: Row = [
  "UnsupportedError",
  "CertificateForOtherHost",
  'The server\'s certificate is for another host name. Put the name that stands in the certificate into the secret as "host".',
];

/** Node's sentences about certificates, for drivers that drop its codes. Never held against what a server said. */
export const CERTIFICATES: ReadonlyArray<readonly [RegExp, Row]> = [
  [/self.signed certificate|unable to (verify|get)/i, CERTIFICATE_UNTRUSTED],
  [/does not match certificate|altnames/i, CERTIFICATE_FOR_OTHER_HOST],
  [/certificate (has expired|is not yet valid)/i, CERTIFICATE_EXPIRED],
];

export function classification([name, code, message]: Row): Classification {
  return { name, code, message };
}

export function errorOf([name, code, message]: Row): KeyturnError {
  return new KeyturnError(name, { code, message });
}

/** What is looked at in an error of a driver's, which may wrap what happened in others. */
export interface Link {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly cause?: unknown;
  readonly errors?: readonly unknown[];
}

/** An error and those inside of it, from the outside in. `within`: more that a driver keeps them in. */
export function chainOf<One extends Link>(
  error: unknown,
  within: (link: One) => readonly unknown[] = () => [],
  depth = 0,
): One[] {
  if (typeof error !== "object" || error === null || depth > 6) return [];
  const link = error as One;
  const inner = [link.cause, ...(link.errors ?? []), ...within(link)];
  return [link, ...inner.flatMap((one) => chainOf(one, within, depth + 1))];
}
