import { describe, expect, inject, it } from "vitest";
import type { Change, Pair, Session } from "../../src/engines/engine.js";
import { redshiftOnPostgres } from "../engines/redshift/on-postgres.js";
import { PATIENCE } from "../tools/patience.js";
import { asSuperuser, connected, createLogin, freshName, type Login, letsIn } from "../tools/postgres.js";

/**
 * Redshift's admin is a superuser and enters the application's database, where privileges are kept. What an owner of it
 * could have put there is tried on PostgreSQL, which lets him do more than Redshift does. A sequence keeps what it was
 * told also where the transaction is rolled back.
 */
const server = inject("postgres");
const password = "n3w-Passw0rd~of.ours";

/** A database whose owner has put in front of the cluster's names what runs code of his. */
async function hostileDatabase() {
  const { database, engine } = await redshiftOnPostgres(server);
  const app = await createLogin();
  const admin = await createLogin("SUPERUSER", freshName("admin"));
  await asSuperuser((client) => client.query(`ALTER DATABASE ${database} OWNER TO ${app.username}`));
  const views = [
    ...[
      "pg_user",
      "pg_group",
      "pg_class",
      "pg_namespace",
      "pg_proc",
      "svv_user_info",
      "svv_user_grants",
      "stv_sessions",
    ],
    ...["database", "schema", "relation", "column", "function", "language", "default", "datashare"].map(
      (kind) => `svv_${kind}_privileges`,
    ),
  ];
  await connected(
    app,
    (client) =>
      client.query(`
        CREATE SEQUENCE public.ran; GRANT ALL ON SEQUENCE public.ran TO PUBLIC;
        CREATE FUNCTION public.trap() RETURNS boolean LANGUAGE plpgsql AS $$
          BEGIN
            PERFORM pg_catalog.nextval('public.ran');
            BEGIN ALTER ROLE ${app.username} SUPERUSER; EXCEPTION WHEN OTHERS THEN NULL; END;
            RETURN true;
          END $$;
        CREATE FUNCTION public.version() RETURNS pg_catalog.text LANGUAGE sql AS 'SELECT public.trap(); SELECT pg_catalog.version()';
        CREATE FUNCTION public.pg_backend_pid() RETURNS int LANGUAGE sql AS 'SELECT public.trap(); SELECT 1';
        CREATE FUNCTION public.oidvectortypes(oidvector) RETURNS pg_catalog.text LANGUAGE sql
          AS 'SELECT public.trap(); SELECT pg_catalog.oidvectortypes($1)';
        CREATE FUNCTION public.trap(name, pg_catalog.text) RETURNS boolean LANGUAGE sql AS 'SELECT public.trap(); SELECT $1::pg_catalog.text = $2';
        CREATE OPERATOR public.= (LEFTARG = name, RIGHTARG = pg_catalog.text, FUNCTION = public.trap);
        ${views.map((view) => `CREATE VIEW public.${view} AS SELECT v.* FROM pg_catalog.${view} v WHERE public.trap();`).join("\n")}
        CREATE TABLE public.orders (id int); INSERT INTO public.orders VALUES (1);
        CREATE FUNCTION public.change() RETURNS int LANGUAGE plpgsql AS $$ BEGIN DELETE FROM public.orders; RETURN 1; END $$;
        ALTER DATABASE ${database} SET search_path = public, pg_catalog`),
    database,
  );
  const session = async <Result>(credential: Login, work: (session: Session) => Promise<Result>): Promise<Result> => {
    const open = await engine.connect({
      target: { host: server.host, port: server.port, database, tls: true },
      credential,
      caFile: server.caFile,
      ...PATIENCE,
    });
    return work(open).finally(() => open.close());
  };
  const judged = async () => {
    const { rows } = await asSuperuser(
      (client) =>
        client.query(
          `SELECT (SELECT is_called FROM public.ran) AS ran, (SELECT count(*)::int FROM public.orders) AS orders,
                  (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = $1) AS superuser`,
          [app.username],
        ),
      database,
    );
    return rows[0];
  };
  return { app, admin, database, session, judged };
}

const NOTHING = { ran: false, orders: 1, superuser: false };
const ofPair = (base: string, next: "base" | "clone" = "clone"): Pair => ({
  base,
  clone: `${base}_clone`,
  next: next === "base" ? base : `${base}_clone`,
});

describe("A hostile database that Redshift's admin enters", () => {
  it("is one", async () => {
    const { app, database, judged } = await hostileDatabase();
    await connected(app, (client) => client.query("SELECT version(), (SELECT count(*) FROM pg_user)"), database);
    expect(await judged()).toEqual({ ...NOTHING, ran: true });
  });

  it("runs nothing of its owner's in the admin's session, nor in his own", async () => {
    const { app, admin, session, judged } = await hostileDatabase();
    await session(app, async (own) => {
      expect(await own.whoAmI()).toMatchObject({ login: app.username });
      expect(await own.pair()).toEqual(ofPair(app.username));
      expect(await own.isSuperuser()).toBe(false);
      await own.sessionsOf?.(app.username);
      await own.rehearse?.({ kind: "own password" });
      await own.changeOwnPassword({ password });
    });
    await session(admin, async (as) => {
      expect(await as.isSuperuser()).toBe(true);
      await as.sessionsOf?.(app.username);
      await as.rehearse?.({ kind: "password", username: app.username });
      await as.rehearse?.({ kind: "pair", pair: ofPair(app.username), grants: "sync" });
      expect(await judged()).toEqual(NOTHING);
      await as.alternate({ pair: ofPair(app.username), password, grants: "sync" });
      await as.alternate({ pair: ofPair(app.username), password, grants: "sync" });
      await as.alternate({ pair: ofPair(app.username, "base"), password, grants: "sync" });
      await as.retire({ pair: ofPair(app.username) });
      await as.setPassword({ username: app.username, password });
    });
    expect(await judged()).toEqual(NOTHING);
  });

  it("has its own names again in a probe, and in nothing after it", async () => {
    const { app, session, judged } = await hostileDatabase();
    await session(app, async (own) => {
      await own.probe(["SELECT * FROM orders"]);
      expect(await own.pair()).toEqual(ofPair(app.username));
      for (const statement of ["DROP TABLE orders", "SELECT change()", "SELECT 1; COMMIT", "COMMIT; DROP TABLE orders"])
        await expect(own.probe([statement])).rejects.toMatchObject({ code: "ProbeRefused" });
      expect(await own.pair()).toEqual(ofPair(app.username));
    });
    expect(await judged()).toEqual(NOTHING);
  });
});

describe("A pair of Redshift's", () => {
  it("is what a superuser has marked, and nothing else", async () => {
    const { engine, database } = await redshiftOnPostgres(server);
    const session = async <Result>(credential: Login, work: (session: Session) => Promise<Result>): Promise<Result> => {
      const open = await engine.connect({
        target: { host: server.host, port: server.port, database, tls: true },
        credential,
        caFile: server.caFile,
        ...PATIENCE,
      });
      return work(open).finally(() => open.close());
    };
    const admin = await createLogin("SUPERUSER", freshName("admin"));
    const refuses = async (base: string, code: string) => {
      for (const pair of [ofPair(base), ofPair(base, "base")]) {
        for (const grants of ["sync", "keep"] as const) {
          const change: Change = { kind: "pair", pair, grants };
          await expect(session(admin, (as) => as.rehearse?.(change) ?? Promise.reject())).rejects.toMatchObject({
            code,
          });
          await expect(session(admin, (as) => as.alternate({ pair, password, grants }))).rejects.toMatchObject({
            code,
          });
        }
        await expect(session(admin, (as) => as.retire({ pair }))).rejects.toMatchObject({ code });
      }
    };
    const app = await createLogin();
    for (const pair of [ofPair(app.username), ofPair(app.username, "base")])
      await expect(session(admin, (as) => as.retire({ pair }))).rejects.toMatchObject({ code: "CloneMissing" });
    const back = { pair: ofPair(app.username, "base"), password, grants: "sync" as const };
    await expect(session(admin, (as) => as.alternate(back))).rejects.toMatchObject({ code: "CloneMissing" });
    const named = await createLogin(`IN ROLE ${app.username}`, `${app.username}_clone`);
    expect(await session(named, (own) => own.pair())).toEqual(ofPair(named.username));
    await refuses(app.username, "CloneNameTaken");
    await refuses(named.username, "AmbiguousPair");
    await refuses(admin.username, "AdminItself");
    const root = await createLogin("SUPERUSER");
    await refuses(root.username, "Superuser");
    const keep = { password: app.password, newest: true };
    await expect(session(admin, (as) => as.retire({ username: app.username, keep }))).rejects.toMatchObject({
      code: "NoDualPassword",
    });
    const itself = { username: admin.username.toUpperCase(), password };
    await expect(session(admin, (as) => as.setPassword(itself))).rejects.toMatchObject({ code: "AdminItself" });
    expect([await letsIn(app), await letsIn(named), await letsIn(root), await letsIn(admin)]).toEqual([
      true,
      true,
      true,
      true,
    ]);

    await asSuperuser((client) =>
      client.query(
        `CREATE GROUP keyturn_${app.username}; ALTER GROUP keyturn_${app.username} ADD USER ${named.username}`,
      ),
    );
    await refuses(app.username, "BaseNotMarked");
    await asSuperuser((client) => client.query(`ALTER GROUP keyturn_${app.username} ADD USER ${app.username}`));
    expect(await session(named, (own) => own.pair())).toEqual(ofPair(app.username, "base"));
    await session(admin, (as) => as.alternate({ pair: ofPair(app.username), password, grants: "sync" }));
    expect(await letsIn({ ...named, password })).toBe(true);
  });

  it("is none where the base was made anew, for somebody else, and the clone left behind", async () => {
    const { engine, database } = await redshiftOnPostgres(server);
    const admin = await createLogin("SUPERUSER", freshName("admin"));
    const session = async <Result>(work: (session: Session) => Promise<Result>): Promise<Result> => {
      const open = await engine.connect({
        target: { host: server.host, port: server.port, database, tls: true },
        credential: admin,
        caFile: server.caFile,
        ...PATIENCE,
      });
      return work(open).finally(() => open.close());
    };
    const app = await createLogin();
    await session((as) => as.alternate({ pair: ofPair(app.username), password, grants: "sync" }));
    await session((as) => as.alternate({ pair: ofPair(app.username, "base"), password, grants: "sync" }));
    await session((as) => as.alternate({ pair: ofPair(app.username), password, grants: "sync" }));
    await asSuperuser((client) => client.query(`DROP OWNED BY ${app.username}; DROP USER ${app.username}`), database);
    const anew = await createLogin("", app.username);
    const clone = { username: `${app.username}_clone`, password };
    for (const pair of [ofPair(app.username), ofPair(app.username, "base")]) {
      for (const grants of ["sync", "keep"] as const)
        await expect(session((as) => as.alternate({ pair, password, grants }))).rejects.toMatchObject({
          code: "BaseNotMarked",
        });
      await expect(session((as) => as.retire({ pair }))).rejects.toMatchObject({ code: "BaseNotMarked" });
    }
    expect([await letsIn(anew), await letsIn(clone), await letsIn({ ...anew, password })]).toEqual([true, true, false]);
  });
});
