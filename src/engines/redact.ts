/**
 * Takes known passwords out of a text, in each of the forms in which a driver or a server may quote them: as they are,
 * inside SQL quotes, inside a URL, as base64; and any verifier or connection string besides. `before`: a redactor to
 * run first.
 */
export function redactor(passwords: readonly string[], before?: (text: string) => string): (text: string) => string {
  const forms = passwords
    .filter((password) => password !== "")
    .flatMap((password) => [
      password,
      password.replaceAll("'", "''"),
      password.replaceAll("\\", "\\\\").replaceAll("'", "''"),
      password.replaceAll("\\", "\\\\").replaceAll("'", "\\'"),
      JSON.stringify(password).slice(1, -1),
      encodeURIComponent(password),
      Buffer.from(password).toString("base64"),
    ])
    .sort((a, b) => b.length - a.length);
  return (text) => {
    let clean = before ? before(text) : text;
    for (const form of forms) clean = clean.replaceAll(form, "***");
    return clean
      .replace(/SCRAM-SHA-256\$[^\s'"]+/g, "***")
      .replace(/\bmd5[0-9a-f]{32}\b/g, "***")
      .replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s/@]*:[^\s@]*@/gi, "$1***@");
  };
}
