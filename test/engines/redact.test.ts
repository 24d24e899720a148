import { createHash, randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { nativeVerifier } from "../../src/engines/mariadb/verifier.js";
import { md5Verifier, scramVerifier } from "../../src/engines/postgres/verifier.js";
import { redactor } from "../../src/engines/redact.js";

const password = `It's "ver\\y" s3cret/of~ours`;
const hex = (bytes: number) => randomBytes(bytes).toString("hex");
const SHA2 = `$A$005$${"q\u0001W e'r\"t\u007fy;u\\i)o,pQ"}${"AbCdEfGhIjKlMnOpQrStUvWxYz0123456789./AbCdE"}`;

/** Nothing of it was known to the redactor beforehand: `secret` is what must not be left. */
const FOREIGN: ReadonlyArray<readonly [string, (secret: string) => string, string]> = [
  ["PostgreSQL's SCRAM", (secret) => `ALTER ROLE "app" PASSWORD '${secret}'`, await scramVerifier(password)],
  ["PostgreSQL's SCRAM, unquoted", (secret) => `stored ${secret} for app`, await scramVerifier(password)],
  ["PostgreSQL's md5", (secret) => `pg_authid has ${secret}.`, md5Verifier("app", password)],
  ["Redshift's sha256", (secret) => `PASSWORD ${secret}`, `sha256|salt|${hex(32)}`],
  ["MariaDB's native", (secret) => `near '${secret}' at line 1`, nativeVerifier(password)],
  ["MariaDB's native in small letters", (secret) => `hash ${secret}`, nativeVerifier(password).toLowerCase()],
  [
    "two of them",
    (secret) => `VIA mysql_native_password USING '${secret}' OR mysql_native_password USING '${secret}'`,
    nativeVerifier(password),
  ],
  ["MySQL's native as hexadecimal", (secret) => `AS ${secret}`, `0x2A${Buffer.from(hex(20)).toString("hex")}`],
  ["MySQL's caching_sha2_password", (secret) => `IDENTIFIED WITH 'caching_sha2_password' AS '${secret}'`, SHA2],
  [
    "MySQL's caching_sha2_password as hexadecimal",
    (secret) => `IDENTIFIED WITH 'caching_sha2_password' AS ${secret} REQUIRE NONE`,
    `0x${Buffer.from(SHA2).toString("hex").toUpperCase()}`,
  ],
  [
    "MySQL's sha256_password",
    (secret) => `stored: ${secret}`,
    `$5$${"q\u0001We'r\"t\u007fyu i)o,pQ{]"}$AbCdEfGhIjKlMnOpQrStUvWxYz0123456789./AbCdE`,
  ],
  ["a hexadecimal string", (secret) => `AS ${secret}`, `X'${hex(35)}'`],
  [
    "MariaDB's ed25519",
    (secret) => `IDENTIFIED VIA ed25519 USING '${secret}'`,
    createHash("sha256").update(password).digest("base64").slice(0, 43),
  ],
  ["Oracle's SHA-1", (secret) => `SPARE4 is ${secret}`, `S:${hex(30).toUpperCase()}`],
  ["Oracle's SHA-2", (secret) => `SPARE4 is S:${hex(30)};${secret}`, `T:${hex(80).toUpperCase()}`],
  ["Oracle's oldest", (secret) => `IDENTIFIED BY VALUES '${secret}'`, hex(8).toUpperCase()],
  ["Oracle's clear text", (secret) => `ALTER USER "APP" IDENTIFIED BY "${secret}"`, "s0mebody-else's"],
  ["SQL Server's hash", (secret) => `PASSWORD = ${secret} HASHED`, `0x0200${hex(68).toUpperCase()}`],
  ["SQL Server's clear text", (secret) => `PASSWORD = N'${secret}', OLD_PASSWORD = N'${secret}'`, "s0mebody else''s"],
  ["MySQL's clear text", (secret) => `IDENTIFIED BY '${secret}' RETAIN CURRENT PASSWORD`, "s0mebody else\\'s"],
  ["MySQL's function", (secret) => `SET PASSWORD = PASSWORD('${secret}')`, "s0mebody else's".replace("'", "''")],
  ["MongoDB's command", (secret) => `{ "createUser": "app", "pwd": "${secret}" }`, 's0mebody else\\"s'],
  ["MongoDB's command, as its shell has it", (secret) => `updateUser: 'app', pwd: '${secret}'`, "s0mebody else"],
  ["MongoDB's stored key", (secret) => `"storedKey" : "${secret}"`, Buffer.from(hex(16)).toString("base64")],
  ["a URL", (secret) => `at postgresql://app:${secret}@db/shop`, "p@ss/w0rd"],
  ["a list of settings", (secret) => `host=db password=${secret} user=app`, "s0mebody-else's"],
  ["a connection string", (secret) => `Server=db;Pwd={${secret}};Encrypt=yes`, "s0mebody; else's"],
];

describe("A redactor", () => {
  it.each([
    ["as it is", password],
    ["in SQL quotes", password.replaceAll("'", "''")],
    ["in quotes with backslashes", password.replaceAll("\\", "\\\\").replaceAll("'", "\\'")],
    ["in JSON", JSON.stringify(password).slice(1, -1)],
    ["in a URL", encodeURIComponent(password)],
    ["in base64", Buffer.from(password).toString("base64")],
    ["in hexadecimal", Buffer.from(password).toString("hex")],
    ["in SQL Server's hexadecimal", Buffer.from(password, "utf16le").toString("hex").toUpperCase()],
  ])("leaves nothing of a password that is known, %s", (_, form) => {
    expect(redactor([password])(`syntax error near ${form}; see the manual`)).toBe(
      "syntax error near ***; see the manual",
    );
  });

  // MariaDB quotes some eighty characters from where it no longer understands.
  it.each([
    ["a password that is known", `near '() IDENTIFIED BY 'n3w' REPLACE '${password.slice(0, 15)}' at line 1`],
    ["its beginning", `near '${password.slice(0, 15)}' at line 1`],
    ["its beginning, in base64", `near ${Buffer.from(password).toString("base64").slice(0, 20)}…`],
  ])("leaves nothing of %s where it is cut off", (_, text) => {
    expect(redactor([password])(text)).not.toMatch(/It's|Buffer|ver|SXQn/);
  });

  it.each(["Summer-Summer-2024!", "Summer-Summer-20", "Summer-Sum"])(
    "leaves nothing of one in which its beginning comes again: %s",
    (text) => expect(redactor(["Summer-Summer-2024!"])(`near ${text}`)).toBe("near ***"),
  );

  it("makes no text longer than it has to for a password of one character", () => {
    expect(redactor(["*"])("a*b")).toBe("a***b");
  });

  it.each(FOREIGN)("leaves nothing of what is nobody's: %s", (_, quoting, secret) => {
    const clean = redactor([])(quoting(secret));
    expect(clean).not.toContain(secret);
    expect(clean).toContain("***");
    // No part of it either.
    for (let at = 0; at + 12 <= secret.length; at++) expect(clean).not.toContain(secret.slice(at, at + 12));
  });

  it.each([
    'The server refuses the user name or the password. Look at "username" in the secret.',
    "permission denied for table orders",
    'relation "orders" does not exist at character 15',
    "Use a shorter user name, or tag the secret keyturn:strategy = single-user.",
    "Unknown column 'a*b' in 'field list'; 40 rows, checksum 0xdeadbeef",
    "Access denied for user 'app'@'10.0.0.1' (using password: YES)",
    'password authentication failed for user "app"',
    "https://docs.aws.amazon.com/redshift/latest/dg/r_names.html, at 10:30 by a@b.example",
    "md5 is not allowed; SCRAM-SHA-256 is",
  ])("leaves other texts alone: %s", (text) => {
    expect(redactor([password])(text)).toBe(text);
  });

  it("runs what was given before", () => {
    expect(redactor(["new"], redactor(["old"]))("old new")).toBe("*** ***");
  });
});
