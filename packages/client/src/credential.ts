import { CredentialsError } from "./errors.js";

/**
 * A database credential as a version of a secret holds it, in AWS's own format.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html
 */
export interface Credential {
  readonly username: string;
  readonly password: string;
  /** Absent where the secret does not say, as in those that RDS manages: the application knows. The same for the next three. */
  readonly engine?: string;
  readonly host?: string;
  readonly port?: number;
  readonly dbname?: string;
  /** The version that holds it; another one after each rotation. */
  readonly versionId: string;
  /** Everything the secret holds. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Reads a secret's text. Throws `CredentialsError` with the code `InvalidSecret`; the text itself is never quoted. */
export function parseCredential(text: string | undefined, versionId: string, secretId: string): Credential {
  const fields = parseFields(text, secretId);
  const optional = (key: string): string | undefined => {
    const value = fields[key];
    if (value === undefined || value === null || value === "") return undefined;
    if (typeof value !== "string") throw invalid(secretId, `"${key}" must be a string`);
    return value;
  };
  const required = (key: string): string => {
    const value = optional(key);
    if (value === undefined) throw invalid(secretId, `it has no "${key}"`);
    return value;
  };
  const [engine, host, dbname] = [optional("engine"), optional("host"), optional("dbname")];
  const port = portNumber(fields.port, secretId);
  return {
    username: required("username"),
    password: required("password"),
    ...(engine === undefined ? {} : { engine }),
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port }),
    ...(dbname === undefined ? {} : { dbname }),
    versionId,
    fields,
  };
}

function parseFields(text: string | undefined, secretId: string): Record<string, unknown> {
  if (text === undefined) throw invalid(secretId, "it is binary");
  let fields: unknown;
  try {
    fields = JSON.parse(text);
  } catch {
    // The parser's own error quotes the text.
    throw invalid(secretId, "it is not JSON");
  }
  if (typeof fields !== "object" || fields === null || Array.isArray(fields))
    throw invalid(secretId, "it is JSON, but no object");
  return fields as Record<string, unknown>;
}

/** A number, or its digits in a string, as some tools store it. */
function portNumber(value: unknown, secretId: string): number | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  const port = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
  if (typeof port !== "number" || !Number.isInteger(port) || port < 1 || port > 65535)
    throw invalid(secretId, `"port" must be a whole number from 1 to 65535`);
  return port;
}

function invalid(secretId: string, what: string): CredentialsError {
  return new CredentialsError("InvalidSecret", `The secret ${secretId} holds no database credential: ${what}.`);
}
