/**
 * Takes known passwords out of a text, whole or cut off, in each of the forms in which a driver or a server may quote them: as they
 * are, inside SQL quotes, inside a URL, as base64 or hexadecimal; and besides, whoever they belong to, every verifier that an
 * engine of ours makes or a server stores, what stands where a statement or a connection string has a password.
 * `before`: a redactor to run first.
 */
export function redactor(passwords: readonly string[], before?: (text: string) => string): (text: string) => string {
  const each = passwords
    .filter((password) => password !== "")
    .flatMap((password) => [
      password,
      password.replaceAll("'", "''"),
      password.replaceAll("\\", "\\\\").replaceAll("'", "''"),
      password.replaceAll("\\", "\\\\").replaceAll("'", "\\'"),
      JSON.stringify(password).slice(1, -1),
      encodeURIComponent(password),
      Buffer.from(password).toString("base64"),
      ...(["utf8", "utf16le"] as const).flatMap((encoding) => {
        const hex = Buffer.from(password, encoding).toString("hex");
        return [hex, hex.toUpperCase()];
      }),
    ]);
  const forms = [...new Set(each)].sort((a, b) => b.length - a.length);
  return (text) => {
    let clean = before ? before(text) : text;
    for (const form of forms) clean = clean.replaceAll(form, "***");
    for (const form of forms) clean = withoutBeginnings(clean, form);
    for (const [pattern, instead] of PATTERNS) clean = clean.replace(pattern, instead);
    return clean;
  };
}

/** Servers quote as much of a statement as fits. Fewer characters of a password than these are not told from other texts. */
const BEGINNING = 6;

function withoutBeginnings(text: string, form: string): string {
  if (form.length <= BEGINNING) return text;
  const beginning = form.slice(0, BEGINNING);
  let clean = "";
  let at = 0;
  for (let hit = text.indexOf(beginning); hit >= 0; hit = text.indexOf(beginning, at)) {
    clean += `${text.slice(at, hit)}***`;
    at = hit;
    while (at < text.length && text[at] === form[at - hit]) at += 1;
  }
  return clean + text.slice(at);
}

const QUOTED = `(?:'(?:[^'\\\\]|''|\\\\.)*'|"(?:[^"\\\\]|""|\\\\.)*")`;
/** Base64 as crypt(3) writes it. */
const CRYPT = "[./0-9A-Za-z]{43}";

const PATTERNS: ReadonlyArray<readonly [RegExp, string]> = [
  // PostgreSQL, MongoDB: https://www.postgresql.org/docs/current/catalog-pg-authid.html
  [/SCRAM-SHA-\d+\$[^\s'"]+/gi, "***"],
  [/\bmd5[0-9a-f]{32}\b/gi, "***"],
  // Redshift: https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_USER.html
  [/\bsha256\|[^\s'"]+/gi, "***"],
  // mysql_native_password: https://mariadb.com/kb/en/authentication-plugin-mysql_native_password/
  [/\*[0-9a-f]{40}\b/gi, "***"],
  // caching_sha2_password and sha256_password, whose salts may hold any character
  [new RegExp(`\\$A\\$[0-9a-f]{3}\\$[^]{16,60}?${CRYPT}`, "gi"), "***"],
  [new RegExp(`\\$5\\$[^]{16,60}?\\$${CRYPT}`, "g"), "***"],
  // Oracle's SYS.USER$.SPARE4
  [/\b[STH]:[0-9a-f]{32,}/gi, "***"],
  // SQL Server's 0x0200…, MySQL's 0x2441…, and whatever else is long and hexadecimal
  [/\b0x[0-9a-f]{32,}/gi, "***"],
  [/\bx'[0-9a-f]{32,}'/gi, "***"],
  // What a statement has for a password: IDENTIFIED BY VALUES '…', REPLACE '…', PASSWORD('…'), OLD_PASSWORD = N'…', VIA ed25519 USING '…'
  [
    new RegExp(
      `\\b((?:IDENTIFIED\\s+BY(?:\\s+(?:PASSWORD|VALUES))?|REPLACE|(?:OLD_)?PASSWORD)\\s*[=(]?\\s*)[NE]?${QUOTED}`,
      "gi",
    ),
    "$1'***'",
  ],
  [/\b((?:USING|WITH\s+\S+\s+AS)\s+)'[^']*'/gi, "$1'***'"],
  // What a document has
  [new RegExp(`(\\b["']?(?:storedKey|serverKey|pwd|password)["']?\\s*:\\s*)${QUOTED}`, "gi"), '$1"***"'],
  // Connection strings
  [/\b(password|passwd|pwd)=("[^"]*"|'[^']*'|\{[^}]*\}|[^\s;,&]+)/gi, "$1=***"],
  [/([a-z][a-z0-9+.-]*:\/\/)[^\s/@]*:\S*@/gi, "$1***@"],
];
