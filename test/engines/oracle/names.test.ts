import { describe, expect, it } from "vitest";
import { descriptor } from "../../../src/engines/oracle/descriptor.js";
import { dictionaryName, isSameName } from "../../../src/engines/oracle/names.js";
import { quoteName, quotePassword } from "../../../src/engines/oracle/quote.js";
import { server } from "./server.js";

/** https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/Database-Object-Names-and-Qualifiers.html */
describe("names", () => {
  it.each([
    ["app", "APP"],
    ["App_1$", "APP_1$"],
    ['"app"', "app"],
    ['"A b; DROP USER x--"', "A b; DROP USER x--"],
    ["straße", "STRAßE"],
    ['"a[b]"', "a[b]"],
  ])("the server knows %s as %s", (written, dictionary) => {
    expect(dictionaryName(written)).toBe(dictionary);
    expect(isSameName(written, dictionary)).toBe(true);
    expect(isSameName(written, `${dictionary}X`)).toBe(false);
  });

  it.each(['a"b', '"a"b"', '"', '""', "", "a\0b", "proxy[app]", 'x" IDENTIFIED BY "y'])(
    "refuses the name %j",
    (name) => {
      expect(() => dictionaryName(name)).toThrow(/^MalformedName: /);
    },
  );

  it("writes a name of the dictionary so that it stays one", () => {
    expect(quoteName("A' b; DROP USER x--")).toBe(`"A' b; DROP USER x--"`);
    expect(() => quoteName('A" IDENTIFIED BY "x')).toThrow(/^MalformedName: /);
  });

  it("takes any password that can be written, and shows none that cannot", () => {
    expect(quotePassword("it's \\ %s :b1 &x ; --")).toBe(`"it's \\ %s :b1 &x ; --"`);
    for (const password of ['s3cr3t" ACCOUNT UNLOCK --', "s3cr3t\0", ""]) {
      expect(() => quotePassword(password)).toThrow(/^PasswordUnusable: /);
      expect(() => quotePassword(password)).not.toThrow(/s3cr3t/);
    }
  });

  it("gives a login back as the secret has it, and another one as the server has it", async () => {
    for (const login of ["app", "APP", '"app"']) {
      expect(await server({ login }).session.whoAmI()).toEqual({
        ...{ login, actingAs: login },
        serverVersion: "19.12.0.0.0",
      });
    }
  });
});

describe("pair", () => {
  it.each([
    ["app", "app_clone"],
    ["APP", "APP_CLONE"],
    ["App", "App_clone"],
    ['"App"', '"App_clone"'],
    ['"APP"', '"APP_CLONE"'],
  ])("%s alternates with %s", async (login, clone) => {
    expect(await server({ login }).session.pair()).toEqual({ base: login, clone, next: clone });
  });

  it.each([
    ["app_clone", "KEYTURN_APP", "app"],
    ["APP_CLONE", "KEYTURN_APP", "APP"],
    ['"app_clone"', "KEYTURN_app", '"app"'],
  ])("takes %s for a clone when it holds %s, not by its name", async (login, role, base) => {
    expect(await server({ login, ownRoles: [role] }).session.pair()).toEqual({ base, clone: login, next: base });
    expect(await server({ login, ownRoles: ["KEYTURN_OTHER"] }).session.pair()).toMatchObject({ base: login });
    expect(await server({ login: "other", ownRoles: [role] }).session.pair()).toMatchObject({ base: "other" });
  });

  /** 128 bytes since 12.2, 30 before; the role's name is the longer one. */
  it.each([
    ["12.2.0.1.0", 116],
    ["12.1.0.2.0", 18],
    ["9.2.0.1.0", 18],
    ["23.4.0.24.5", 116],
  ])("on %s a base has at most %i bytes", async (version, max) => {
    const fits = server({ version, login: "A".repeat(max) });
    expect((await fits.session.pair()).clone).toHaveLength(max + 6);
    const tooLong = server({ version, login: "A".repeat(max + 1) });
    await expect(tooLong.session.pair()).rejects.toMatchObject({ name: "UnsupportedError", code: "UsernameTooLong" });
    const inBytes = server({ version, login: "é".repeat(max / 2 + 1) });
    await expect(inBytes.session.pair()).rejects.toMatchObject({ code: "UsernameTooLong" });
  });
});

/** https://docs.oracle.com/en/database/oracle/oracle-database/19/netrf/local-naming-parameters-in-tns-ora-file.html */
describe("descriptor", () => {
  const target = { host: "db.example", port: 1521, database: "shop.example", tls: false };

  it("asks for a service, or a SID", () => {
    expect(descriptor(target, "SERVICE_NAME", 4_500)).toBe(
      "(DESCRIPTION=(CONNECT_TIMEOUT=5)(TRANSPORT_CONNECT_TIMEOUT=5)(ADDRESS=(PROTOCOL=TCP)(HOST=db.example)(PORT=1521))" +
        "(CONNECT_DATA=(SERVICE_NAME=shop.example)))",
    );
    expect(descriptor({ ...target, database: "ORCL" }, "SID", 5_000)).toContain("(CONNECT_DATA=(SID=ORCL))");
  });

  it("asks for TLS with the host's name in the certificate", () => {
    expect(descriptor({ ...target, port: 2484, tls: true }, "SID", 5_000)).toBe(
      "(DESCRIPTION=(CONNECT_TIMEOUT=5)(TRANSPORT_CONNECT_TIMEOUT=5)(ADDRESS=(PROTOCOL=TCPS)(HOST=db.example)(PORT=2484))" +
        "(CONNECT_DATA=(SID=shop.example))(SECURITY=(SSL_SERVER_DN_MATCH=ON)))",
    );
  });

  it.each([
    "x)(SECURITY=(SSL_SERVER_DN_MATCH=OFF)",
    "a b",
    "a=b",
    'a"b',
    "a'b",
    "a#b",
    "a/b",
    "a\\b",
    "a,b",
    "a\nb",
    "a\n",
  ])("lets nothing break out of it: %j", (hostile) => {
    for (const part of [{ host: hostile }, { database: hostile }]) {
      expect(() => descriptor({ ...target, ...part }, "SID", 5_000)).toThrow(/^MalformedTarget: /);
    }
  });

  it("needs a database", () => {
    const { database: _, ...without } = target;
    expect(() => descriptor(without, "SID", 5_000)).toThrow(/^MissingKey: .*dbname/);
  });
});
