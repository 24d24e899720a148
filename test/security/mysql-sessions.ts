import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Stage } from "./mysql-stage.js";

/** What a session of ours runs is ours, and what an application asks for reads. */
export function attacksOnSessions(stage: Stage): void {
  const { createAdmin, createLogin, createOwner, inSession, accepts, sql, as } = stage;

  it("no function of an owner's stands for one of the server's, nor a table for the system's", async () => {
    const owner = await createOwner();
    const admin = await createAdmin([`ALL ON ${owner.database}.*`]);
    const own = (name: string) => `\`${owner.database}\`.\`${name}\``;
    await as(owner, `CREATE TABLE ${own("log")} (who text)`, `CREATE TABLE ${own("user")} (User text, Host text)`);
    for (const name of ["version", "current_user", "connection_id", "current_role", "json_value", "convert"])
      await as(
        owner,
        `CREATE FUNCTION ${own(name)}() RETURNS text DETERMINISTIC SQL SECURITY INVOKER
           BEGIN INSERT INTO ${own("log")} VALUES (USER()); RETURN 'root@localhost'; END`,
      );
    await as(owner, `GRANT EXECUTE, INSERT ON ${own("*").replace("`*`", "*")} TO '${admin.username}'@'%'`);
    const app = await createLogin();
    await inSession(
      admin,
      async (session) => {
        expect((await session.whoAmI()).login).toBe(admin.username);
        await session.setPassword({ ...app, password: "A-new_passw0rd~of.ours" });
        const pair = { base: app.username, clone: `${app.username}_clone`, next: `${app.username}_clone` };
        await session.alternate({ pair, password: "The-cl0ne~of.ours", grants: "sync" });
        expect(await session.isSuperuser()).toBe(false);
      },
      owner.database,
    );
    expect(await as(owner, `SELECT who FROM ${own("log")}`)).toEqual([]);
  });

  it("the server's own settings of quotes and characters do not change what a statement says", async () => {
    const admin = await createAdmin();
    const settings = {
      sql_mode: "'ANSI,ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT,IGNORE_SPACE,PAD_CHAR_TO_FULL_LENGTH'",
      init_connect: `'SET NAMES gbk'`,
      sql_quote_show_create: "0",
    };
    const names = Object.keys(settings);
    const [found = {}] = await sql(`SELECT ${names.map((name) => `@@global.${name} AS ${name}`).join(", ")}`);
    await sql(...Object.entries(settings).map(([name, value]) => `SET GLOBAL ${name} = ${value}`));
    try {
      for (const hostile of ["縗' OR 1=1 -- ", "縗\\' OR 1=1 #", "\\", "'", '"', "`"]) {
        const app = await createLogin(`${hostile}${stage.fresh("")}`);
        const before = await stage.everyone([app.username, `${app.username}_clone`]);
        await inSession(admin, (session) => session.setPassword({ ...app, password: "A-new_passw0rd~縗'\\" }));
        const next = { ...app, password: "A-new_passw0rd~縗'\\" };
        expect([await accepts(next), await accepts(app)]).toEqual([true, false]);
        const pair = await inSession(next, (session) => session.pair());
        await inSession(admin, (session) => session.alternate({ pair, password: "縗' -- \\", grants: "sync" }));
        expect(await accepts({ username: pair.clone, password: "縗' -- \\" })).toBe(true);
        const after = await stage.everyone([app.username, pair.clone]);
        expect(after).toEqual(before);
      }
    } finally {
      await sql(
        ...names.map((name) =>
          `SET GLOBAL ${name} = ${stage.quote(String(found[name] ?? ""))}`
            .replace("create = '", "create = ")
            .replace(/(create = \d)'/, "$1"),
        ),
      );
    }
  });

  describe("a probe", () => {
    const made = async () => {
      const owner = await createOwner();
      const own = (name: string) => `\`${owner.database}\`.\`${name}\``;
      const file = join(tmpdir(), stage.fresh("keyturn-probe"));
      await as(
        owner,
        `CREATE TABLE ${own("t")} (id int)`,
        `INSERT INTO ${own("t")} VALUES (1)`,
        `CREATE TABLE ${own("m")} (id int) ENGINE=MyISAM`,
        `CREATE PROCEDURE ${own("p")}() BEGIN COMMIT; CREATE TABLE ${own("made")} (id int); END`,
        `CREATE FUNCTION ${own("f")}() RETURNS int DETERMINISTIC BEGIN INSERT INTO ${own("t")} VALUES (2); RETURN 1; END`,
        `CREATE FUNCTION ${own("g")}() RETURNS int DETERMINISTIC BEGIN INSERT INTO ${own("m")} VALUES (2); RETURN 1; END`,
        `CREATE FUNCTION ${own("h")}() RETURNS int DETERMINISTIC RETURN (SELECT COUNT(*) FROM ${own("t")})`,
      );
      if (stage.name === "mariadb") await as(owner, `CREATE SEQUENCE ${own("s")}`);
      await sql(`GRANT FILE ON *.* TO '${owner.username}'@'%'`);
      return { owner, own, file };
    };

    it("that reads is run, in whatever form", async () => {
      const { owner, own } = await made();
      const values =
        stage.name === "mysql" ? ["VALUES ROW(1)", `TABLE ${own("t")}`] : ["VALUES (1)", "SELECT LASTVAL(s)"];
      const statements = [
        ...["SELECT 1", "select 1;", "(SELECT 1)", "SELECT 1, 1 -- ja", "/* a */ SELECT 1 # b", "/*! SELECT */ 1"],
        ...[
          `SELECT * FROM t ORDER BY id LIMIT 1`,
          "WITH a AS (SELECT 1 AS n) SELECT n FROM a",
          "SELECT 1 UNION SELECT 2",
        ],
        ...[`SELECT ${own("h")}()`, "SELECT h()", ...values],
      ];
      await inSession(owner, (session) => session.probe(statements), owner.database);
      await inSession(owner, (session) => session.probe(statements), owner.database);
    });

    it.each([
      ...["DROP TABLE t", "TRUNCATE t", "DELETE FROM t", "INSERT INTO t VALUES (2)", "REPLACE INTO t VALUES (2)"],
      ...["INSERT INTO t VALUES (2) RETURNING id", "DELETE FROM t RETURNING id", "CALL p()", "DO f()", "SELECT f()"],
      ...[
        "SELECT g()",
        "SELECT 1 FROM t WHERE f()",
        "SELECT NEXTVAL(s)",
        "SELECT SETVAL(s, 50)",
        "SELECT NEXT VALUE FOR s",
      ],
      ...[
        "/*! DROP TABLE t */",
        "/*M! DROP TABLE t */",
        "/*!50000 DROP */ TABLE t",
        "SELECT 1; DROP TABLE t",
        ";DROP TABLE t",
      ],
      ...["SELECT 1;; DROP TABLE t", "SELECT 1); DROP TABLE t; -- ", "SELECT * FROM t FOR UPDATE"],
      ...[
        "SELECT 1 INTO @x",
        "SELECT 1 INTO OUTFILE '%f'",
        "SELECT 1 INTO DUMPFILE '%f'",
        "(SELECT 1) INTO OUTFILE '%f'",
      ],
      ...["SELECT 1) INTO OUTFILE '%f' -- ", "SELECT 1) INTO OUTFILE '%f' /*", "SELECT 1) INTO OUTFILE '%f' #"],
      "SELECT 1) UNION SELECT 2 INTO OUTFILE '%f' FROM (SELECT 3) x WHERE (SELECT 1",
      "SELECT 1), (SELECT 1",
      "SELECT 1) UNION (SELECT 1",
      ...[
        "ANALYZE TABLE t",
        "OPTIMIZE TABLE t",
        "CHECK TABLE t",
        "REPAIR TABLE m",
        "ANALYZE SELECT f()",
        "ANALYZE DELETE FROM t",
      ],
      ...[
        "EXPLAIN ANALYZE SELECT 1",
        "EXPLAIN SELECT 1",
        "SHOW TABLES",
        "DESCRIBE t",
        "HANDLER t OPEN",
        "LOCK TABLES t WRITE",
      ],
      ...[
        "SET STATEMENT max_statement_time=1 FOR DELETE FROM t",
        "EXECUTE IMMEDIATE 'DROP TABLE t'",
        "PREPARE a FROM 'DROP TABLE t'",
      ],
      ...[
        "BEGIN NOT ATOMIC DROP TABLE t; END",
        "COMMIT",
        "ROLLBACK",
        "SET autocommit = 1",
        "SET TRANSACTION READ WRITE",
      ],
      ...[
        "START TRANSACTION READ WRITE",
        "XA START 'x'",
        "KILL 1",
        "FLUSH TABLES",
        "LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE t",
      ],
      ...[
        "LOAD DATA INFILE '/etc/passwd' INTO TABLE t",
        "CREATE TEMPORARY TABLE x (id int)",
        "CREATE TABLE x AS SELECT 1",
      ],
      ...[
        "SET PASSWORD = ''",
        "ALTER USER CURRENT_USER() IDENTIFIED BY 'x'",
        "GRANT ALL ON t TO superuser",
        "SELECT ?",
        "",
        "-- ",
      ],
      "SELECT 1\0; DROP TABLE t",
    ])("that is no query is not run: %j", async (statement) => {
      const { owner, own, file } = await made();
      const run = inSession(
        owner,
        (session) => session.probe(["SELECT 1", statement.replace("%f", file)]),
        owner.database,
      );
      const error = await run.then(
        () => undefined,
        (refusal) => refusal,
      );
      // A form that only the other server has is a mistake here: a function that is not there, say.
      const mistakes =
        /NEXT|SETVAL/.test(statement) && stage.name === "mysql"
          ? /ProbeRefused|UnexpectedDriverError/
          : /^ProbeRefused$/;
      expect(error?.code).toMatch(mistakes);
      expect(existsSync(file)).toBe(false);
      const [count] = await as(owner, `SELECT COUNT(*) AS n, (SELECT COUNT(*) FROM ${own("m")}) AS m FROM ${own("t")}`);
      expect([Number(count?.n), Number(count?.m)]).toEqual([1, 0]);
      const tables = await as(owner, `SHOW TABLES FROM \`${owner.database}\``);
      expect(tables).toHaveLength(stage.name === "mysql" ? 2 : 3);
      if (stage.name === "mariadb") expect((await as(owner, `SELECT NEXTVAL(${own("s")}) AS n`))[0]).toEqual({ n: 1 });
      expect(await accepts(owner)).toBe(true);
    });
  });
}
