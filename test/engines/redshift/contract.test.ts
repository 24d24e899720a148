import type { Client } from "pg";
import { describe, expect, inject, it } from "vitest";
import type { Session } from "../../../src/engines/engine.js";
import { PATIENCE } from "../../tools/patience.js";
import { freshName, type Login, toolsFor } from "../../tools/postgres.js";
import { contract } from "../contract.js";
import { postgresTarget } from "../postgres/target.js";
import { redshiftOnPostgres } from "./on-postgres.js";

const server = inject("postgres");
const { asSuperuser, connected, createLogin } = toolsFor(server);
const { database, engine } = await redshiftOnPostgres(server);
const target = { host: server.host, port: server.port, database, tls: true };
const createAdmin = () => createLogin("SUPERUSER", freshName("admin"));
const as = <Result>(login: Login, work: (client: Client) => Promise<Result>) => connected(login, work, database);

contract({
  ...postgresTarget(engine, server),
  name: `Redshift's statements on PostgreSQL ${server.version}`,
  target,
  createAdmin,
  async grantRead(username) {
    const table = freshName("t");
    const user = `"${username.replaceAll('"', '""')}"`;
    await asSuperuser(
      (client) => client.query(`CREATE TABLE ${table} (id int); GRANT SELECT ON ${table} TO ${user}`),
      database,
    );
    return {
      statement: `SELECT * FROM ${table}`,
      revoke: () =>
        asSuperuser(async (client) => void (await client.query(`REVOKE SELECT ON ${table} FROM ${user}`)), database),
    };
  },
  adminsAreSuperusers: true,
  lacks: { longNames: "PostgreSQL cuts names before Redshift does" },
});

describe("Redshift's pairs", () => {
  async function pairOf() {
    const app = await createLogin();
    const admin = await createAdmin();
    const session = async <Result>(login: Login, work: (session: Session) => Promise<Result>) => {
      const opened = await engine.connect({
        target,
        credential: login,
        caFile: server.caFile,
        ...PATIENCE,
      });
      return work(opened).finally(() => opened.close());
    };
    const clone = { username: `${app.username}_clone`, password: "The-cl0ne~of.ours" };
    const pair = { base: app.username, clone: clone.username, next: clone.username };
    const sync = () => session(admin, (admin) => admin.alternate({ pair, password: clone.password, grants: "sync" }));
    return { app, clone, pair, sync, session };
  }

  it("use what either has made, before and after", async () => {
    const { app, clone, sync } = await pairOf();
    const [schema, before, byClone, byBase] = [freshName("s"), freshName("t"), freshName("t"), freshName("t")];
    await asSuperuser(
      (client) => client.query(`CREATE SCHEMA ${schema}; GRANT USAGE, CREATE ON SCHEMA ${schema} TO ${app.username}`),
      database,
    );
    await as(app, (client) => client.query(`CREATE TABLE ${schema}.${before} (id int)`));
    await sync();
    await as(clone, (client) =>
      client.query(`INSERT INTO ${schema}.${before} VALUES (1); CREATE TABLE ${schema}.${byClone} (id int)`),
    );
    await as(app, (client) =>
      client.query(`INSERT INTO ${schema}.${byClone} VALUES (1); CREATE TABLE ${schema}.${byBase} (id int)`),
    );
    await as(clone, (client) => client.query(`DELETE FROM ${schema}.${byBase}`));
    const again = await sync();
    expect({ granted: again.granted, revoked: again.revoked }).toEqual({ granted: [], revoked: [] });
  });

  it("carry groups, limits, settings and every kind of privilege, given and taken", async () => {
    const { app, clone, sync } = await pairOf();
    const [schema, group, table] = [freshName("s"), freshName("g"), freshName("t")];
    const give = `
      CREATE GROUP ${group}; ALTER GROUP ${group} ADD USER ${app.username};
      CREATE SCHEMA ${schema}; GRANT USAGE ON SCHEMA ${schema} TO ${app.username} WITH GRANT OPTION;
      CREATE TABLE ${schema}.${table} (id int, "O'Brien" int); GRANT SELECT ("O'Brien") ON ${schema}.${table} TO ${app.username};
      CREATE FUNCTION ${schema}.f(int, text) RETURNS int LANGUAGE sql AS 'SELECT 1';
      REVOKE EXECUTE ON FUNCTION ${schema}.f FROM PUBLIC; GRANT EXECUTE ON FUNCTION ${schema}.f TO ${app.username};
      CREATE PROCEDURE ${schema}.p() LANGUAGE sql AS 'SELECT 1'; GRANT EXECUTE ON PROCEDURE ${schema}.p TO ${app.username};
      GRANT TEMP ON DATABASE ${database} TO ${app.username};
      ALTER DEFAULT PRIVILEGES IN SCHEMA ${schema} GRANT SELECT ON TABLES TO ${app.username};
      ALTER DEFAULT PRIVILEGES FOR USER ${app.username} GRANT SELECT ON TABLES TO GROUP ${group};
      ALTER USER ${app.username} CREATEDB CONNECTION LIMIT 7 VALID UNTIL '2040-01-01';
      ALTER USER ${app.username} SET search_path TO "$user", ${schema}; ALTER USER ${app.username} SET work_mem TO '7MB'`;
    await asSuperuser((client) => client.query(give), database);
    const report = await sync();
    expect(report.granted).toEqual(
      expect.arrayContaining([
        `group ${group}`,
        `GRANT USAGE ON SCHEMA "${schema}" WITH GRANT OPTION`,
        `GRANT SELECT ("O'Brien") ON "${schema}"."${table}"`,
        `GRANT EXECUTE ON FUNCTION "${schema}"."f"(integer, text)`,
        `GRANT EXECUTE ON PROCEDURE "${schema}"."p"()`,
        `GRANT TEMPORARY ON DATABASE "${database}"`,
      ]),
    );
    const facts = `
      SELECT rolcreatedb, rolconnlimit, rolvaliduntil::text, rolconfig,
             (SELECT count(*)::int FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid
               WHERE m.member = r.oid AND g.rolname NOT LIKE 'keyturn%') AS groups
        FROM pg_roles r WHERE rolname = $1`;
    const of = async (name: string) => (await asSuperuser((client) => client.query(facts, [name]), database)).rows[0];
    expect(await of(clone.username)).toEqual(await of(app.username));
    expect((await sync()).granted).toEqual([]);

    await asSuperuser(
      (client) =>
        client.query(`
          ALTER GROUP ${group} DROP USER ${app.username}; ALTER USER ${app.username} NOCREATEDB; ALTER USER ${app.username} RESET work_mem;
          REVOKE GRANT OPTION FOR USAGE ON SCHEMA ${schema} FROM ${app.username} CASCADE;
          REVOKE EXECUTE ON FUNCTION ${schema}.f FROM ${app.username};
          ALTER DEFAULT PRIVILEGES IN SCHEMA ${schema} REVOKE SELECT ON TABLES FROM ${app.username}`),
      database,
    );
    const { revoked } = await sync();
    expect(revoked).toEqual(
      expect.arrayContaining([
        `group ${group}`,
        `GRANT USAGE ON SCHEMA "${schema}" WITH GRANT OPTION`,
        `GRANT EXECUTE ON FUNCTION "${schema}"."f"(integer, text)`,
      ]),
    );
    expect(revoked.some((text) => text.includes(`IN SCHEMA "${schema}" REVOKE SELECT ON TABLES FROM`))).toBe(true);
    expect(await of(clone.username)).toEqual(await of(app.username));
    expect((await sync()).revoked).toEqual([]);
  });

  it("are not made of someone else's user, nor of a superuser", async () => {
    const { app, clone, sync } = await pairOf();
    await createLogin("", clone.username);
    await expect(sync()).rejects.toMatchObject({
      code: "CloneNameTaken",
      message: expect.stringContaining(
        `CREATE GROUP "keyturn_${app.username}" WITH USER "${app.username}", "${clone.username}"`,
      ),
    });
    const other = await pairOf();
    await asSuperuser((client) => client.query(`ALTER USER ${other.app.username} SUPERUSER`));
    await expect(other.sync()).rejects.toMatchObject({ code: "Superuser" });
  });
});
