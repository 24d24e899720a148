import pg, { type Client } from "pg";
import { describe, expect, it } from "vitest";
import { session } from "../../../src/engines/postgres/session.js";

/** A server whose extension takes no verifiers. An error ends its transaction, as PostgreSQL's do. */
function server(login: string) {
  const escapes = new pg.Client();
  const said: string[] = [];
  let transaction: "none" | "open" | "aborted" = "none";
  const query = async (sql: string) => {
    said.push(sql);
    if (sql === "BEGIN") transaction = "open";
    else if (/^(COMMIT|ROLLBACK)$/.test(sql)) transaction = "none";
    else if (sql.startsWith("ROLLBACK TO")) transaction = "open";
    else if (transaction === "aborted") throw Object.assign(new Error("transaction is aborted"), { code: "25P02" });
    else if (sql.includes("SCRAM-SHA-256$")) {
      if (transaction === "open") transaction = "aborted";
      throw new Error("credcheck: password type is not a plain text");
    }
    const isRoles = sql.includes("rolconnlimit");
    return {
      rows: isRoles ? [{ name: "app", canLogin: true, connectionLimit: -1, settings: {}, acting: [] }] : [],
    };
  };
  const client = {
    query,
    escapeIdentifier: escapes.escapeIdentifier.bind(escapes),
    escapeLiteral: escapes.escapeLiteral.bind(escapes),
  };
  const facts = {
    login,
    actingAs: login,
    serverVersion: "18.4",
    encryption: "scram-sha-256",
    reader: false,
    proof: "scram",
  } as const;
  return {
    session: session({ client: client as unknown as Client, facts, asTheLoginWould: () => Promise.reject() }),
    said,
  };
}

const pair = { base: "app", clone: "app_clone", next: "app_clone" };
const clear = (said: readonly string[]) => said.filter((sql) => /PASSWORD '(?!SCRAM)/.test(sql));

/** https://github.com/HexaCluster/credcheck#password-type */
describe("where an extension takes no verifiers", () => {
  it("a password is set in clear text, which is said", async () => {
    const { session: open, said } = server("app");
    expect(await open.changeOwnPassword({ password: "n3w-Password" })).toEqual({ sentAs: "clear text" });
    expect(said.at(-1)).toBe(`SET ROLE NONE; ALTER ROLE "app" PASSWORD 'n3w-Password'`);
    expect(said.some((sql) => sql.includes("SAVEPOINT"))).toBe(false);
  });

  it("a clone is made all the same, in its one transaction", async () => {
    const { session: open, said } = server("admin");
    const report = await open.alternate({ pair, password: "n3w-Password", grants: "sync" });
    expect(report).toMatchObject({ created: true, sentAs: "clear text" });
    expect(clear(said)).toEqual([`CREATE ROLE "app_clone" LOGIN PASSWORD 'n3w-Password'`]);
    expect(said.at(-1)).toBe("COMMIT");
  });

  it.each([
    { kind: "own password" },
    { kind: "password", username: "app" },
    { kind: "pair", pair, grants: "sync" },
  ] as const)("the rehearsal of $kind sends none that anyone has, and is rolled back", async (change) => {
    const { session: open, said } = server(change.kind === "own password" ? "app" : "admin");
    expect(await open.rehearse?.(change)).toContain("rolled back");
    expect(clear(said)).toHaveLength(1);
    expect(said).not.toContain("COMMIT");
    expect(said.at(-1)).toBe("ROLLBACK");
  });
});
