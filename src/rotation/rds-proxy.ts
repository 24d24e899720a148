import { KeyturnError } from "../errors.js";

/** https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-connecting.html; a further end point has `endpoint.` before `proxy-`. */
const PROXY = /\.proxy-[a-z0-9]+\.[a-z0-9-]+\.rds\.amazonaws\.com(\.cn)?\.?$/i;

/** Whether a host is an end point of RDS Proxy, as far as its name says so; a name of one's own for it does not. */
export function isRdsProxy(host: string): boolean {
  return PROXY.test(host);
}

/**
 * A proxy compares a password with the secret that it was given, and that is AWSCURRENT: the next one is refused for as long
 * as it is not current, and the one before gets in over a connection that is open already, whatever the database says. So
 * nothing that is tried through a proxy proves anything. docs/rds-proxy.md has AWS's pages.
 */
const COMPARES =
  "RDS Proxy lets in what AWSCURRENT says, whatever the database says, so no credential can be tried there.";

/** The refusal of a secret whose host is a proxy's. */
export function proxyHost(strategy: string): KeyturnError {
  const turns =
    strategy === "alternating-users"
      ? " Tag it keyturn:strategy = single-user or dual-password, too: the proxy knows one user by a secret, and that changes."
      : "";
  return new KeyturnError("UnsupportedError", {
    code: "ProxyHost",
    message:
      `The secret's host is an end point of RDS Proxy. ${COMPARES} Put the database's own end point into the secret as ` +
      `"host", and the proxy's where applications find it, in a key of its own.${turns} docs/rds-proxy.md has the order.`,
  });
}

/** The refusal of a reader that is a proxy. */
export function proxyReader(host: string): KeyturnError {
  return new KeyturnError("UnsupportedError", {
    code: "ProxyReader",
    message:
      `The tag keyturn:readers names ${host}, an end point of RDS Proxy. ${COMPARES} Name the database's own reader end ` +
      "point instead, or take it out of the tag.",
  });
}
