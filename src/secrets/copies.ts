import { KeyturnError } from "../errors.js";

interface Login {
  readonly username: string;
  readonly password: string;
}

/**
 * The fields of a secret that hold its credential a second time, with the next credential in them: URLs
 * (`postgresql://user:password@host/db`), query parameters (`jdbc:…?user=…&password=…`) and `key=value` connection
 * strings. Throws `PasswordCopy` where the password stands in a form that cannot be renewed, because the copy would
 * go stale without a word.
 */
export function renewCopies(
  fields: Readonly<Record<string, unknown>>,
  now: Login,
  next: Login,
): Record<string, unknown> {
  const renewed: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(fields)) {
    if (NO_COPY.has(key)) continue;
    if (typeof value === "string") {
      const text = renew(value, now, next);
      if (text !== value) renewed[key] = text;
      else if (holds(value, now.password)) throw copyError(key);
    } else if (typeof value === "object" && value !== null && holds(JSON.stringify(value), now.password)) {
      throw copyError(key);
    }
  }
  return renewed;
}

/** The keys of AWS's own format: none of them is a copy, whatever word the password happens to be. */
const NO_COPY: ReadonlySet<string> = new Set([
  "username",
  "password",
  "engine",
  "host",
  "port",
  "dbname",
  "ssl",
  "masterarn",
  "dbInstanceIdentifier",
  "dbClusterIdentifier",
]);

function renew(text: string, now: Login, next: Login): string {
  return renewUrl(text, now, next) ?? renewParameters(text, now, next) ?? text;
}

function renewUrl(text: string, now: Login, next: Login): string | undefined {
  const parts = /^([a-z][a-z0-9+.:-]*:\/\/)(.*)@([^@]*)$/is.exec(text);
  if (!parts) return undefined;
  const [, scheme, userinfo = "", rest] = parts;
  const user = userinfo.split(":", 1)[0] as string;
  if (!userinfo.includes(":") || decode(user) !== now.username) return undefined;
  return `${scheme}${encodeURIComponent(next.username)}:${encodeURIComponent(next.password)}@${rest}`;
}

const PARAMETER =
  /(^|[?&;\s])(user(?:name|\s?id)?|uid|password|pwd)(\s*=\s*)('(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"|[^&;\s]*)/gi;

/** Renewed only where both names stand in it and the user is ours; written back unquoted, percent-encoded in a query. */
function renewParameters(text: string, now: Login, next: Login): string | undefined {
  const query = /^[a-z][a-z0-9+.:-]*:.*\?/is.test(text);
  const read = (value: string) => (query ? decode(value) : value.replace(/^(['"])(.*)\1$/s, "$2"));
  const write = (value: string) => {
    if (query) return encodeURIComponent(value);
    if (/^[^\s'";&\\]+$/.test(value)) return value;
    throw copyError("connection string");
  };
  let user: string | undefined;
  let passwords = 0;
  for (const [, , name, , value] of text.matchAll(PARAMETER)) {
    if (/^p/i.test(name as string)) passwords += 1;
    else user = read(value as string);
  }
  if (user !== now.username || passwords !== 1) return undefined;
  return text.replace(
    PARAMETER,
    (_, before: string, name: string, equals: string) =>
      `${before}${name}${equals}${write(/^p/i.test(name) ? next.password : next.username)}`,
  );
}

function holds(text: string, password: string): boolean {
  return [password, encodeURIComponent(password), JSON.stringify(password).slice(1, -1)].some((form) =>
    text.includes(form),
  );
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function copyError(key: string): KeyturnError {
  return new KeyturnError("InvalidSecretError", {
    code: "PasswordCopy",
    message:
      `"${key}" holds the password a second time, in a form that cannot be renewed. ` +
      "Remove it, or write it as a URL (scheme://user:password@host/…) or as key=value pairs.",
  });
}
