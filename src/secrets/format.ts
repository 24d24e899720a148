import { KeyturnError } from "../errors.js";
import { renewCopies } from "./copies.js";

/**
 * A database secret as Secrets Manager's own rotation functions know it.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html
 */
export interface DatabaseSecret {
  readonly engine: string;
  readonly host: string;
  /** `undefined` means the engine's default. */
  readonly port: number | undefined;
  readonly username: string;
  readonly password: string;
  readonly database: string | undefined;
  /** False only where the secret says `"ssl": false`. */
  readonly tls: boolean;
  /** The admin secret, as the secret's `masterarn` names it. */
  readonly adminSecretArn: string | undefined;
  /** Everything the secret holds, the keys that Keyturn does not know included. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/**
 * Reads the text of a secret. `which` names it in errors (`secret app/db, AWSCURRENT`); the text itself is never quoted.
 * Throws `InvalidSecretError` with one code for each thing that can be wrong.
 */
export function parseSecret(text: string | undefined, which: string): DatabaseSecret {
  const fields = parseFields(text, which);
  const required = (key: string): string => {
    const value = fields[key];
    if (value === undefined || value === "") {
      throw invalid(
        "MissingKey",
        `The ${which} has no "${key}". A database secret needs engine, host, username and password.`,
      );
    }
    if (typeof value !== "string") throw invalid("WrongType", `"${key}" in the ${which} must be a string.`);
    return value;
  };
  const optional = (key: string): string | undefined =>
    key in fields && fields[key] !== null ? required(key) : undefined;
  return {
    engine: required("engine"),
    host: hostName(required("host"), which),
    port: portNumber(fields.port, which),
    username: required("username"),
    password: required("password"),
    database: optional("dbname"),
    tls: tls(fields.ssl, which),
    adminSecretArn: optional("masterarn"),
    fields,
  };
}

/**
 * The text of a secret with another credential in it. Copies of the credential elsewhere in the secret (`uri`,
 * `jdbcUrl`, …) are renewed, all else stays as it is. Throws `PasswordCopy` for a copy it cannot renew.
 */
export function withCredential(secret: DatabaseSecret, next: { username: string; password: string }): string {
  const { fields } = secret;
  return JSON.stringify({ ...fields, ...renewCopies(fields, secret, next), ...next });
}

/** Whether two secrets differ in nothing but the credential and its copies. */
export function sameTarget(one: DatabaseSecret, other: DatabaseSecret): boolean {
  const blank = { username: "u", password: "p" };
  try {
    return withCredential(one, blank) === withCredential(other, blank);
  } catch {
    return false;
  }
}

function parseFields(text: string | undefined, which: string): Record<string, unknown> {
  if (text === undefined) {
    throw invalid(
      "BinarySecret",
      `The ${which} is binary. Store it as text: a JSON object with engine, host, username and password.`,
    );
  }
  if (text.trim() === "") throw invalid("EmptySecret", `The ${which} is empty. Store a JSON object in it.`);
  let fields: unknown;
  try {
    fields = JSON.parse(text);
  } catch {
    throw invalid("NotJson", `The ${which} is not JSON. Store a JSON object with engine, host, username and password.`);
  }
  if (typeof fields !== "object" || fields === null || Array.isArray(fields)) {
    throw invalid(
      "NotJson",
      `The ${which} is JSON, but no object. Store one with engine, host, username and password.`,
    );
  }
  return fields as Record<string, unknown>;
}

function hostName(host: string, which: string): string {
  // A port stands behind the only colon, or behind the brackets of an IPv6 address, which has more.
  if (/[\s/@?#]/.test(host) || /^([^:]*|\[.*\]):\d+$/.test(host)) {
    throw invalid(
      "InvalidHost",
      `"host" in the ${which} must be a host name or address alone; the port has a key of its own.`,
    );
  }
  return host;
}

/** A number, or its digits in a string, as some tools store it. */
function portNumber(value: unknown, which: string): number | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  const port = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
  if (typeof port !== "number" || !Number.isInteger(port) || port < 1 || port > 65535) {
    throw invalid("InvalidPort", `"port" in the ${which} must be a whole number from 1 to 65535.`);
  }
  return port;
}

/** AWS's functions also take `"ssl": "false"` as a string. */
function tls(value: unknown, which: string): boolean {
  if (value === undefined || value === null) return true;
  const said = typeof value === "string" ? value.toLowerCase() : value;
  if (said === true || said === "true") return true;
  if (said === false || said === "false") return false;
  throw invalid("WrongType", `"ssl" in the ${which} must be true or false.`);
}

function invalid(code: string, message: string): KeyturnError {
  return new KeyturnError("InvalidSecretError", { code, message });
}
