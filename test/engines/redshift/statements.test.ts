import pg, { type Client } from "pg";
import { describe, expect, it } from "vitest";
import { wireOf } from "../../../src/engines/redshift/connect.js";
import { session } from "../../../src/engines/redshift/session.js";

interface Scripted {
  /** Rows of a system view, by its name, for the base and for its clone. */
  readonly base?: Readonly<Record<string, ReadonlyArray<Record<string, unknown>>>>;
  readonly clone?: Readonly<Record<string, ReadonlyArray<Record<string, unknown>>>>;
  readonly admin?: Readonly<Record<string, ReadonlyArray<Record<string, unknown>>>>;
}

/** A cluster that answers from a script, and writes down the statements that change something. */
async function cluster({ base = {}, clone, admin }: Scripted) {
  const statements: string[] = [];
  const escapes = new pg.Client();
  const views = (name: unknown): Scripted["base"] =>
    name === "app" ? { pg_user: [USER], ...base } : name === "app_clone" ? clone : name === "admin" ? admin : {};
  const client = {
    escapeIdentifier: escapes.escapeIdentifier.bind(escapes),
    escapeLiteral: escapes.escapeLiteral.bind(escapes),
    async query(sql: string, values: readonly unknown[] = []) {
      if (/^SELECT session_user/.test(sql)) return { rows: [FACTS] };
      if (!/^\s*SELECT/.test(sql)) {
        if (!/^(SET (search_path|statement_timeout)|BEGIN|COMMIT)/.test(sql)) statements.push(sql);
        return { rows: [] };
      }
      const [, view = ""] = /FROM\s+pg_catalog\.(\w+)/.exec(sql) ?? [];
      return { rows: views(values[0])?.[view] ?? [] };
    },
  };
  return { session: session(await wireOf(client as unknown as Client, 1_000)), statements };
}

const FACTS = {
  login: "admin",
  actingAs: "admin",
  serverVersion: "PostgreSQL 8.0.2 on i686-pc-linux-gnu, compiled by GCC, Redshift 1.0.115741",
};
const USER = { superuser: false, createdb: false, validUntil: null, settings: null };
const pair = { base: "app", clone: "app_clone", next: "app_clone" };
const sync = { pair, password: "n3w-Password", grants: "sync" as const };

/** What PostgreSQL does not have, or spells in another way. */
const MARKED = [{ name: "keyturn_app" }];

describe("the statements that Redshift is sent", () => {
  it("says the cluster's own version", async () => {
    const { session } = await cluster({});
    expect(await session.whoAmI()).toMatchObject({ login: "admin", serverVersion: "1.0.115741" });
  });

  // https://docs.aws.amazon.com/redshift/latest/dg/r_ALTER_USER.html
  it("change and disable passwords", async () => {
    const { session, statements } = await cluster({});
    await session.setPassword({ username: 'a"; DROP', password: "it's" });
    expect(statements).toEqual([`ALTER USER "a""; DROP" PASSWORD 'it''s'`]);
    const marked = await cluster({ base: { pg_group: MARKED }, clone: { pg_user: [USER], pg_group: MARKED } });
    await marked.session.retire({ pair: { ...pair, next: "app" } });
    expect(marked.statements).toEqual(['ALTER USER "app" PASSWORD DISABLE']);
  });

  // https://docs.aws.amazon.com/redshift/latest/dg/r_STV_SESSIONS.html
  it("count sessions for a superuser, and for others not", async () => {
    const admin = (superuser: boolean) => ({ ...USER, superuser });
    const stv_sessions = [{ sessions: 3 }];
    const seeing = await cluster({ base: { stv_sessions }, admin: { pg_user: [admin(true)] } });
    expect(await seeing.session.sessionsOf?.("app")).toBe(3);
    const blind = await cluster({ base: { stv_sessions }, admin: { pg_user: [admin(false)] } });
    expect(await blind.session.sessionsOf?.("app")).toBeUndefined();
    expect(await seeing.session.sessionsOf?.("n".repeat(51))).toBeUndefined();
  });

  // https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_USER.html, https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_GROUP.html
  it("make a clone, mark it, share what either makes, and set its password last", async () => {
    const { session, statements } = await cluster({});
    expect(await session.alternate(sync)).toMatchObject({ created: true, sentAs: "masked" });
    expect(statements[0]).toMatch(/^CREATE USER "app_clone" PASSWORD 'Aa1-/);
    expect(statements.slice(1, 4)).toEqual([
      'CREATE GROUP "keyturn_app"',
      'ALTER GROUP "keyturn_app" ADD USER "app"',
      'ALTER GROUP "keyturn_app" ADD USER "app_clone"',
    ]);
    expect(statements).toContain('ALTER DEFAULT PRIVILEGES FOR USER "app_clone" GRANT EXECUTE ON PROCEDURES TO "app"');
    expect(statements.at(-1)).toBe(`ALTER USER "app_clone" PASSWORD 'n3w-Password'`);
  });

  // https://docs.aws.amazon.com/redshift/latest/dg/r_GRANT.html, https://docs.aws.amazon.com/redshift/latest/dg/t_scoped-permissions.html
  it("carry roles, scoped privileges, datashares and their databases, one GRANT each", async () => {
    const { session } = await cluster({
      base: {
        svv_user_grants: [
          { role: "reader", admin: false },
          { role: "keeper", admin: true },
        ],
        svv_database_privileges: [
          { database: "dev", privilege: "TEMP", admin: false, scope: "DATABASE" },
          { database: "shared", privilege: "USAGE", admin: false, scope: "DATABASE" },
          { database: "dev", privilege: "SELECT", admin: false, scope: "TABLES" },
        ],
        svv_schema_privileges: [
          { schema: "external", privilege: "USAGE", admin: true, scope: "SCHEMA" },
          { schema: "sales", privilege: "EXECUTE", admin: false, scope: "FUNCTIONS" },
        ],
        svv_datashare_privileges: [{ share: "sales", privilege: "ALTER", admin: false }],
        svv_language_privileges: [{ language: "plpythonu", privilege: "USAGE", admin: false }],
      },
    });
    const { granted } = await session.alternate(sync);
    expect(granted.filter((text) => text.startsWith("GRANT"))).toEqual([
      'GRANT TEMP ON DATABASE "dev"',
      'GRANT USAGE ON DATABASE "shared"',
      'GRANT SELECT FOR TABLES IN DATABASE "dev"',
      'GRANT USAGE ON SCHEMA "external" WITH GRANT OPTION',
      'GRANT EXECUTE FOR FUNCTIONS IN SCHEMA "sales"',
      'GRANT USAGE ON LANGUAGE "plpythonu"',
      'GRANT ALTER ON DATASHARE "sales"',
      'GRANT ROLE "reader"',
      'GRANT ROLE "keeper" WITH ADMIN OPTION',
    ]);
  });

  // https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_USER_INFO.html
  it("carry limits that only Redshift has, and take roles away", async () => {
    const { session, statements } = await cluster({
      base: {
        svv_user_info: [{ connectionLimit: "5", syslogAccess: "UNRESTRICTED", sessionTimeout: 600 }],
        pg_group: MARKED,
      },
      clone: {
        pg_user: [USER],
        svv_user_info: [{ connectionLimit: "UNLIMITED", syslogAccess: "RESTRICTED", sessionTimeout: 0 }],
        pg_group: MARKED,
        svv_user_grants: [{ role: "writer", admin: true }],
      },
    });
    expect((await session.alternate(sync)).revoked).toContain('GRANT ROLE "writer" WITH ADMIN OPTION');
    expect(statements.slice(0, 4)).toEqual([
      'ALTER USER "app_clone" CONNECTION LIMIT 5',
      'ALTER USER "app_clone" SYSLOG ACCESS UNRESTRICTED',
      'ALTER USER "app_clone" SESSION TIMEOUT 600',
      'REVOKE ROLE "writer" FROM "app_clone"',
    ]);
  });
});
