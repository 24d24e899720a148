/** How what others said is read: each throws `InvalidRequest` for what it is not. */
import { KeyturnError } from "../errors.js";

/**
 * What may stand in a name, of 512 characters at most, and in an ARN, which has some 70 more. A longer one, which is no secret's,
 * would be no key of the table either, and so have no record.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html
 */
export function isSecretId(text: string): boolean {
  return /^[A-Za-z0-9/_+=.@!:-]{1,600}$/.test(text);
}

/** Tags that a secret must carry. */
export function tagsFrom(value: unknown): Readonly<Record<string, string>> {
  const tags = isObject(value) ? Object.entries(value) : [];
  if (tags.length > 0 && tags.every(([key, text]) => key !== "" && typeof text === "string"))
    return value as Record<string, string>;
  throw invalid('"tags" must be names of tags with their values, as in {"team": "payments"}');
}

/** ISO 8601, or milliseconds since 1970 as Step Functions' events have them. */
export function date(value: unknown, name: string): Date {
  const at = new Date(typeof value === "string" || typeof value === "number" ? value : Number.NaN);
  if (Number.isNaN(at.getTime())) throw invalid(`"${name}" must be a time in ISO 8601`);
  return at;
}

export function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid('"input" must be the JSON of the input that the execution had');
  }
}

export function object(value: unknown, name: string, such = '{"secretId": "app/db"}'): Record<string, unknown> {
  if (isObject(value)) return value;
  throw invalid(`${name} must be a JSON object such as ${such}`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function required(from: Record<string, unknown>, name: string): string {
  const value = from[name];
  if (typeof value === "string" && value !== "") return value;
  throw invalid(`"${name}" is missing: say which secret, by name or ARN`);
}

export function texts<Name extends string>(
  from: Record<string, unknown>,
  names: readonly Name[],
): Partial<Record<Name, string>> {
  const found: Partial<Record<Name, string>> = {};
  for (const name of names) {
    const value = from[name];
    if (typeof value === "string" && value !== "") found[name] = value.slice(0, 500);
  }
  return found;
}

export function pick(from: Record<string, unknown>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.filter((name) => from[name] !== undefined).map((name) => [name, from[name]]));
}

export function invalid(what: string): KeyturnError {
  return new KeyturnError("InvalidSecretError", {
    code: "InvalidRequest",
    message: `It was asked for wrongly: ${what}.`,
  });
}
