import { describe, expect, inject, it } from "vitest";
import { engineFor } from "../../src/engines/registry.js";
import { PATIENCE } from "../tools/patience.js";
import { asSuperuser, connected, createLogin, freshName } from "../tools/postgres.js";

/** A secret's `keyturn:probe` tag is written by whoever may tag it: what it holds may read, as the login, and no more. */
const { host, port, caFile } = inject("postgres");
const engine = await engineFor("postgres");

/** A login that owns a table with one row, and functions that change it. */
async function owner() {
  const app = await createLogin("CREATEDB");
  const schema = freshName("s");
  await asSuperuser((client) =>
    client.query(`
      CREATE SCHEMA ${schema} AUTHORIZATION ${app.username};
      ALTER ROLE ${app.username} IN DATABASE postgres SET search_path = ${schema}`),
  );
  await connected(app, (client) =>
    client.query(`
      CREATE TABLE orders (id int); INSERT INTO orders VALUES (1);
      CREATE SEQUENCE numbers;
      CREATE FUNCTION change() RETURNS int LANGUAGE plpgsql AS $$ BEGIN DELETE FROM orders; RETURN 1; END $$;
      CREATE FUNCTION said_to_be_immutable() RETURNS int IMMUTABLE LANGUAGE plpgsql
        AS $$ BEGIN DELETE FROM orders; RETURN 1; END $$;
      CREATE FUNCTION set_and_change() RETURNS int LANGUAGE plpgsql AS $$
        BEGIN PERFORM set_config('transaction_read_only', 'off', true); DELETE FROM orders; RETURN 1; END $$;
      CREATE FUNCTION characteristics() RETURNS int LANGUAGE plpgsql AS $$
        BEGIN SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE; DELETE FROM orders; RETURN 1; END $$;
      CREATE FUNCTION read_write() RETURNS int LANGUAGE plpgsql AS $$
        BEGIN SET TRANSACTION READ WRITE; DELETE FROM orders; RETURN 1; END $$;
      CREATE FUNCTION commits() RETURNS int LANGUAGE plpgsql AS $$ BEGIN COMMIT; DELETE FROM orders; RETURN 1; END $$;
      CREATE PROCEDURE committing() LANGUAGE plpgsql AS $$ BEGIN COMMIT; DELETE FROM orders; COMMIT; END $$;
      CREATE FUNCTION calls() RETURNS int LANGUAGE plpgsql AS $$ BEGIN CALL committing(); RETURN 1; END $$;
      CREATE FUNCTION does() RETURNS int LANGUAGE plpgsql AS $$
        BEGIN EXECUTE 'DO $x$ BEGIN COMMIT; DELETE FROM orders; COMMIT; END $x$'; RETURN 1; END $$;
      CREATE FUNCTION goes_on() RETURNS int LANGUAGE plpgsql AS $$
        BEGIN
          BEGIN DELETE FROM orders; EXCEPTION WHEN OTHERS THEN NULL; END;
          PERFORM set_config('default_transaction_read_only', 'off', false);
          RETURN 1;
        END $$`),
  );
  const session = async (statements: readonly string[]) => {
    const open = await engine.connect({
      target: { host, port, database: "postgres", tls: true },
      credential: app,
      caFile,
      ...PATIENCE,
    });
    return open.probe(statements).finally(() => open.close());
  };
  const state = async () =>
    (
      await asSuperuser((client) =>
        client.query(
          `SELECT (SELECT count(*)::int FROM ${schema}.orders) AS rows, (SELECT is_called FROM ${schema}.numbers) AS called,
                  (SELECT count(*)::int FROM pg_class WHERE relnamespace = '${schema}'::regnamespace) AS relations`,
        ),
      )
    ).rows[0];
  return { app, schema, probe: session, state };
}

describe("A probe that reads", () => {
  it.each([
    "SELECT * FROM orders",
    "select count(*) from orders;",
    "-- a remark\nSELECT 1 /* and another */ -- and one more",
    "VALUES (1), (2)",
    "TABLE orders",
    "(SELECT 1)",
    "WITH x AS (SELECT 1) SELECT * FROM x",
    "SELECT goes_on()",
    "SELECT current_setting('search_path')::name = (SELECT nspname FROM pg_namespace WHERE nspowner = session_user::regrole)",
  ])("is run, by the login's own names: %s", async (statement) => {
    const { probe, state } = await owner();
    const before = await state();
    await probe([statement, statement]);
    expect(await state()).toEqual(before);
  });

  it("is run to its end, and says where it fails", async () => {
    const { probe } = await owner();
    await expect(probe(["SELECT 1 / (5000 - n) FROM generate_series(1, 9000) n"])).rejects.toMatchObject({
      cause: { sqlState: "22012" },
    });
    await expect(probe(["SELECT 1", "SELECT * FROM no_such_table"])).rejects.toMatchObject({
      cause: { sqlState: "42P01" },
    });
  });

  it("may set what the next one needs", async () => {
    const { probe } = await owner();
    await probe(["SELECT set_config('app.tenant', '7', false)", "SELECT 1 / (current_setting('app.tenant')::int - 6)"]);
  });
});

describe("A probe that would change something", () => {
  it.each([
    "DROP TABLE orders",
    "DELETE FROM orders",
    "INSERT INTO orders VALUES (2) RETURNING id",
    "TRUNCATE orders",
    "WITH gone AS (DELETE FROM orders RETURNING id) SELECT * FROM gone",
    "WITH x AS (SELECT 1) DELETE FROM orders",
    "SELECT * INTO copied FROM orders",
    "SELECT 1 FROM orders FOR UPDATE",
    "CREATE TABLE copied AS SELECT 1",
    "SELECT 1; DROP TABLE orders",
    "SELECT 1;\n-- ;\nDELETE FROM orders;",
    "COMMIT; DROP TABLE orders",
    "ROLLBACK; DELETE FROM orders",
    "SELECT 1; COMMIT; DROP TABLE orders; COMMIT",
    "/* SELECT */ DELETE FROM orders",
    "SELECT 1 /*",
    "SELECT $$ ; DROP TABLE orders",
    "COPY orders TO PROGRAM 'true'",
    "COPY orders FROM STDIN",
    "DO $$ BEGIN DELETE FROM orders; END $$",
    "CALL committing()",
    "EXPLAIN ANALYZE DELETE FROM orders",
    "EXECUTE something",
    "SET ROLE postgres",
    "ALTER ROLE CURRENT_USER PASSWORD 'x'",
    "LISTEN x",
    "VACUUM orders",
    "LOCK orders",
    "SELECT change()",
    "SELECT said_to_be_immutable()",
    "SELECT set_and_change()",
    "SELECT set_config('transaction_read_only', 'off', true), change()",
    "SELECT set_config('transaction_read_only', 'off', false), set_config('default_transaction_read_only', 'off', false), change()",
    "SELECT characteristics()",
    "SELECT read_write()",
    "SELECT commits()",
    "SELECT calls()",
    "SELECT does()",
    "SELECT nextval('numbers')",
    "SELECT setval('numbers', 7)",
    "SELECT lo_create(0)",
    "",
    ";",
    "SELECT 1) TO STDOUT",
  ])("is refused, and has no effect: %s", async (statement) => {
    const { probe, state } = await owner();
    const before = await state();
    await expect(probe(["SELECT 1", statement])).rejects.toMatchObject({
      name: "InvalidSecretError",
      code: "ProbeRefused",
    });
    expect(await state()).toEqual(before);
  });

  it("changes nothing by a first one that ends the transaction", async () => {
    const { probe, state } = await owner();
    const before = await state();
    for (const first of ["COMMIT", "ROLLBACK", "END", "ABORT"])
      await expect(probe([first, "DROP TABLE orders"])).rejects.toMatchObject({ code: "ProbeRefused" });
    expect(await state()).toEqual(before);
  });

  it("changes nothing by a first one that has set the second free", async () => {
    const { probe, state } = await owner();
    const before = await state();
    await expect(probe(["SELECT goes_on()", "SELECT change()"])).rejects.toMatchObject({ code: "ProbeRefused" });
    expect(await state()).toEqual(before);
  });
});
