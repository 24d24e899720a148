import { createConnection } from "mysql2/promise";
import pg from "pg";
import { afterAll, describe, expect, inject, it } from "vitest";
import { type MariadbServer, startMariadb } from "../../stage/servers/mariadb.js";
import { startMysql } from "../../stage/servers/mysql.js";

/** Logins that every server of a kind had in earlier versions, or has until somebody takes them away. */
const KNOWN = [
  { user: "root", password: "" },
  { user: "superuser", password: "" },
  { user: "superuser", password: "the superuser's password" },
  { user: "mariadb.sys", password: "" },
  { user: "", password: "" },
];

const letsIn = async ({ host, port }: MariadbServer, login: { user: string; password: string }) => {
  try {
    await (await createConnection({ host, port, ...login, ssl: { rejectUnauthorized: false } })).end();
    return true;
  } catch (error) {
    // Refused, or locked.
    if ([1045, 1698, 3118, 4151].includes((error as { errno?: number }).errno ?? 0)) return false;
    throw error;
  }
};

// The tests' servers listen on loopback, where everybody on the machine may knock; a superuser there runs programs and
// writes files as whoever runs the tests.
describe("the servers of the tests let nobody in by a login that he can know", () => {
  it("PostgreSQL", async () => {
    const { host, port, superuser, superuserPassword } = inject("postgres");
    const connect = async (password: string) => {
      const client = new pg.Client({ host, port, user: superuser, password, ssl: { rejectUnauthorized: false } });
      await client.connect();
      await client.end();
    };
    await connect(superuserPassword);
    for (const password of ["", "postgres", "the superuser's password"])
      await expect(connect(password), password).rejects.toThrow();
  });

  describe.each([
    ["MariaDB", startMariadb],
    ["MySQL", startMysql],
  ] as const)("%s", async (_, start) => {
    const server = await start().catch((error: Error) => error);
    if (server instanceof Error) {
      it.skip(`(optional: ${server.message.split("\n")[0]})`, () => undefined);
      return;
    }
    afterAll(() => server.stop());
    it("its superuser only", async () => {
      expect(await letsIn(server, { user: "superuser", password: server.superuserPassword })).toBe(true);
      const open = await Promise.all(KNOWN.map(async (login) => [login, await letsIn(server, login)] as const));
      expect(open.filter(([, yes]) => yes)).toEqual([]);
    });
  });
});
