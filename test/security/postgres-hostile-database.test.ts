import { describe, expect, inject, it } from "vitest";
import type { Session } from "../../src/engines/engine.js";
import { engineFor } from "../../src/engines/registry.js";
import { PATIENCE } from "../tools/patience.js";
import { asSuperuser, connected, createLogin, freshName, type Login } from "../tools/postgres.js";

/**
 * Whoever owns a database may put functions, operators, types and views into it, and choose the path by which the names
 * of a session there are looked up. None of it may run in a session of Keyturn's: not in an admin's, which here is even
 * a superuser that enters that database, and not in the owner's own, because an admin acts on what that session answers.
 * A sequence keeps what it was told also where the transaction is rolled back.
 */
const { host, port, caFile } = inject("postgres");
const engine = await engineFor("postgres");

const trap = (app: string) => `
  CREATE SEQUENCE public.ran; GRANT ALL ON SEQUENCE public.ran TO PUBLIC;
  CREATE FUNCTION public.trap() RETURNS boolean LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM pg_catalog.nextval('public.ran');
      BEGIN
        ALTER ROLE ${app} SUPERUSER;
      EXCEPTION WHEN OTHERS THEN NULL;
      END;
      RETURN true;
    END $$;`;

/** What shadows a name of the server's, and is found before it where `public` is looked at first. */
const SHADOWS = `
  CREATE FUNCTION public.pg_is_in_recovery() RETURNS boolean LANGUAGE sql AS 'SELECT public.trap() IS NULL';
  CREATE FUNCTION public.pg_backend_pid() RETURNS int LANGUAGE sql AS 'SELECT public.trap(); SELECT pg_catalog.pg_backend_pid()';
  CREATE FUNCTION public.current_setting(pg_catalog.text) RETURNS pg_catalog.text LANGUAGE sql
    AS 'SELECT public.trap(); SELECT pg_catalog.current_setting($1)';
  CREATE FUNCTION public.set_config(pg_catalog.text, pg_catalog.text, boolean) RETURNS pg_catalog.text LANGUAGE sql
    AS 'SELECT public.trap(); SELECT pg_catalog.set_config($1, $2, $3)';
  CREATE FUNCTION public.shobj_description(oid, name) RETURNS pg_catalog.text LANGUAGE sql
    AS 'SELECT public.trap(); SELECT pg_catalog.shobj_description($1, $2)';
  CREATE FUNCTION public.pg_has_role(name, oid, pg_catalog.text) RETURNS boolean LANGUAGE sql AS 'SELECT public.trap()';
  CREATE VIEW public.pg_roles AS SELECT r.* FROM pg_catalog.pg_roles r WHERE public.trap();
  CREATE VIEW public.pg_auth_members AS SELECT m.* FROM pg_catalog.pg_auth_members m WHERE public.trap();
  CREATE VIEW public.pg_db_role_setting AS SELECT s.* FROM pg_catalog.pg_db_role_setting s WHERE public.trap();
  CREATE VIEW public.pg_shdescription AS SELECT d.* FROM pg_catalog.pg_shdescription d WHERE public.trap();
  CREATE VIEW public.pg_stat_activity AS SELECT a.* FROM pg_catalog.pg_stat_activity a WHERE public.trap();
  CREATE DOMAIN public.text AS pg_catalog.text CHECK (public.trap());
  CREATE DOMAIN public.name AS pg_catalog.name CHECK (public.trap());`;

/** What fits better than the server's own, and is taken wherever it is looked at all. */
const BETTER = `
  CREATE FUNCTION public.trap(oid, regclass) RETURNS boolean LANGUAGE sql AS 'SELECT public.trap(); SELECT $1 = $2::oid';
  CREATE OPERATOR public.= (LEFTARG = oid, RIGHTARG = regclass, FUNCTION = public.trap);
  CREATE FUNCTION public.trap(name, pg_catalog.text) RETURNS boolean LANGUAGE sql AS 'SELECT public.trap(); SELECT $1::pg_catalog.text = $2';
  CREATE OPERATOR public.= (LEFTARG = name, RIGHTARG = pg_catalog.text, FUNCTION = public.trap);
  CREATE FUNCTION public.trap(pg_catalog.text, name) RETURNS pg_catalog.text LANGUAGE sql AS 'SELECT public.trap(); SELECT pg_catalog.concat($1, $2)';
  CREATE OPERATOR public.|| (LEFTARG = pg_catalog.text, RIGHTARG = name, FUNCTION = public.trap);
  CREATE FUNCTION public.trap(timestamptz, pg_catalog.text) RETURNS boolean LANGUAGE sql AS 'SELECT public.trap()';
  CREATE OPERATOR public.= (LEFTARG = timestamptz, RIGHTARG = pg_catalog.text, FUNCTION = public.trap);
  CREATE FUNCTION public.json_object_agg_trap(jsonb, name, pg_catalog.text[]) RETURNS jsonb LANGUAGE sql AS 'SELECT public.trap(); SELECT $1';
  CREATE AGGREGATE public.json_object_agg(name, pg_catalog.text[]) (SFUNC = public.json_object_agg_trap, STYPE = jsonb, INITCOND = '{}');
  CREATE TYPE public.thing AS (n int);
  CREATE FUNCTION public.thing(pg_catalog.text) RETURNS public.thing LANGUAGE sql AS 'SELECT public.trap(); SELECT ROW(1)::public.thing';
  CREATE CAST (pg_catalog.text AS public.thing) WITH FUNCTION public.thing(pg_catalog.text) AS IMPLICIT;`;

type Setup = (names: { database: string; app: string }) => string;

const ATTACKS: ReadonlyArray<readonly [string, Setup]> = [
  ["operators, aggregates and casts that fit better", () => BETTER],
  [
    "shadows, and the database's search_path",
    ({ database }) => `${SHADOWS} ALTER DATABASE ${database} SET search_path = public, pg_catalog;`,
  ],
  [
    "shadows, and the login's own search_path",
    ({ app }) => `${SHADOWS} ALTER ROLE ${app} SET search_path = public, pg_catalog;`,
  ],
  [
    "shadows, and the login's own search_path in that database",
    ({ app, database }) => `${SHADOWS} ALTER ROLE ${app} IN DATABASE ${database} SET search_path = public, pg_catalog;`,
  ],
  [
    "all of them, in a schema called as the login is",
    ({ app, database }) =>
      `CREATE SCHEMA ${app}; ${`${SHADOWS}${BETTER}`.replaceAll("VIEW public.", `VIEW ${app}.`)}
       ALTER DATABASE ${database} SET search_path = "$user", public, pg_catalog;`,
  ],
];

async function hostileDatabase(setup: Setup) {
  const app = await createLogin();
  const admin = await createLogin("SUPERUSER", freshName("admin"));
  const database = freshName("db");
  await asSuperuser((client) => client.query(`CREATE DATABASE ${database} OWNER ${app.username}`));
  await connected(app, (client) => client.query(trap(app.username)), database);
  await connected(app, (client) => client.query(setup({ database, app: app.username })), database);
  const session = async <Result>(credential: Login, work: (session: Session) => Promise<Result>) => {
    const open = await engine.connect({
      target: { host, port, database, tls: true },
      credential,
      caFile,
      ...PATIENCE,
    });
    return work(open).finally(() => open.close());
  };
  const judged = async () => {
    const ran = await asSuperuser((client) => client.query("SELECT is_called FROM public.ran"), database);
    const role = await asSuperuser((client) =>
      client.query("SELECT rolsuper FROM pg_roles WHERE rolname = $1", [app.username]),
    );
    return { ran: ran.rows[0].is_called, superuser: role.rows[0].rolsuper };
  };
  return { app, admin, database, session, judged };
}

const NOTHING = { ran: false, superuser: false };

describe.each(ATTACKS)("A database with %s", (_, setup) => {
  it("does run in an ordinary session, so that the trap is one", async () => {
    const { app, database, judged } = await hostileDatabase(setup);
    await connected(
      app,
      (client) =>
        client.query(`
          SELECT pg_is_in_recovery(), session_user::text;
          SELECT FROM pg_catalog.pg_shdepend d WHERE d.refclassid = 'pg_authid'::regclass LIMIT 1`),
      database,
    );
    expect(await judged()).toEqual({ ran: true, superuser: false });
  });

  it("has no say in the owner's session, whose answers are true", async () => {
    const { app, session, judged } = await hostileDatabase(setup);
    await session(app, async (own) => {
      expect(await own.whoAmI()).toMatchObject({ login: app.username, actingAs: app.username });
      expect(await own.pair()).toMatchObject({ base: app.username, next: `${app.username}_clone` });
      expect(await own.sessionsOf?.(app.username)).toBe(0);
      expect(await own.isSuperuser()).toBe(false);
      await own.rehearse?.({ kind: "own password" });
      await own.changeOwnPassword({ password: "n3w-Passw0rd~of.ours" });
    });
    expect(await judged()).toEqual(NOTHING);
  });

  it("runs nothing in the session of an admin that enters it", async () => {
    const { app, admin, session, judged } = await hostileDatabase(setup);
    const pair = { base: app.username, clone: `${app.username}_clone`, next: `${app.username}_clone` };
    await session(admin, async (as) => {
      expect(await as.whoAmI()).toMatchObject({ login: admin.username });
      expect(await as.isSuperuser()).toBe(true);
      await as.pair();
      await as.sessionsOf?.(app.username);
      await as.rehearse?.({ kind: "password", username: app.username });
      await as.rehearse?.({ kind: "pair", pair, grants: "sync" });
      expect(await judged()).toEqual(NOTHING);
      expect(await as.alternate({ pair, password: "n3w-Passw0rd~of.ours", grants: "sync" })).toMatchObject({
        created: true,
      });
      await as.alternate({ pair, password: "n3w-Passw0rd~of.ours", grants: "sync" });
      await as.alternate({ pair: { ...pair, next: pair.base }, password: app.password, grants: "sync" });
      await as.retire({ pair });
      await as.setPassword({ username: app.username, password: "An0ther-one~of.ours" });
    });
    expect(await judged()).toEqual(NOTHING);
  });
});

describe("Other settings of a hostile database", () => {
  it.each([
    ["standard_conforming_strings = off", "backslash_quote = on"],
    ["DateStyle = 'German'", "IntervalStyle = 'sql_standard'"],
    ["quote_all_identifiers = on", "transform_null_equals = on"],
    ["client_encoding = 'LATIN1'", "bytea_output = 'escape'"],
  ])("change no statement: %s, %s", async (...settings) => {
    const { admin, database, session, judged } = await hostileDatabase(() => "");
    // On PostgreSQL 19 some of these may no longer be set: then there is nothing to fear from them.
    for (const setting of settings)
      await asSuperuser((client) => client.query(`ALTER DATABASE ${database} SET ${setting}`));
    const name = `größe\\' ${freshName("")} \\`;
    const app = await createLogin("VALID UNTIL '2040-02-01 03:04:05.678+09' CONNECTION LIMIT 3", name);
    await asSuperuser(async (client) => {
      await client.query(`ALTER ROLE ${client.escapeIdentifier(name)} SET application_name = 'it''s \\'`);
    });
    const pair = { base: name, clone: `${name}_clone`, next: `${name}_clone` };
    await session(app, async (own) => expect(await own.pair()).toEqual(pair));
    const report = () =>
      session(admin, (as) => as.alternate({ pair, password: "n3w-Passw0rd~of.ours", grants: "sync" }));
    expect(await report()).toMatchObject({ created: true });
    expect(await report()).toMatchObject({ created: false, granted: [], revoked: [] });
    const roles = await asSuperuser((client) =>
      client.query(
        `SELECT rolvaliduntil, rolconnlimit, array(SELECT c FROM unnest(rolconfig) c WHERE c NOT LIKE 'role=%') AS config
           FROM pg_roles WHERE rolname IN ($1, $2)`,
        [pair.base, pair.clone],
      ),
    );
    expect(roles.rows[1]).toEqual(roles.rows[0]);
    await session({ username: pair.clone, password: "n3w-Passw0rd~of.ours" }, async (own) =>
      expect(await own.pair()).toEqual({ ...pair, next: name }),
    );
    expect(await judged()).toEqual(NOTHING);
  });

  it("take no login's verifier down to md5, by which it would be let in no more", async () => {
    const { app, database, session } = await hostileDatabase(() => "");
    const tenant = await createLogin();
    await connected(app, (client) => client.query(`ALTER DATABASE ${database} SET password_encryption = 'md5'`));
    await session(tenant, (own) => own.changeOwnPassword({ password: "n3w-Passw0rd~of.ours" }));
    const { rows } = await asSuperuser((client) =>
      client.query("SELECT rolpassword FROM pg_authid WHERE rolname = $1", [tenant.username]),
    );
    expect(rows[0].rolpassword).toMatch(/^SCRAM-SHA-256/);
  });
});
