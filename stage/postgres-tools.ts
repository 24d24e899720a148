import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import pg from "pg";
import { type Logins, loginsIn } from "../src/local/postgres/log.js";
import type { PostgresServer } from "../src/local/postgres/server.js";

export interface Login {
  readonly username: string;
  readonly password: string;
}

/** A name of its own for each test, so that all can share the server. */
export function freshName(prefix = "app"): string {
  return `${prefix}_${randomBytes(5).toString("hex")}`;
}

/** What tests do to a server that no session of an engine's does. */
export function toolsFor(
  server: Pick<PostgresServer, "host" | "port" | "superuser" | "superuserPassword" | "logFile"> & { caFile: string },
) {
  /** Makes a login. `attributes`: what CREATE ROLE takes. */
  async function createLogin(attributes = "", username = freshName()): Promise<Login> {
    const password = randomBytes(12).toString("hex");
    await asSuperuser((client) =>
      client.query(
        `CREATE ROLE ${client.escapeIdentifier(username)} LOGIN PASSWORD ${client.escapeLiteral(password)} ${attributes}`,
      ),
    );
    return { username, password };
  }

  /** An admin that may manage these roles, and no superuser. */
  async function createAdmin(...users: readonly string[]): Promise<Login> {
    const admin = await createLogin("CREATEROLE", freshName("admin"));
    await asSuperuser(async (client) => {
      for (const user of users) {
        await client.query(
          `GRANT ${client.escapeIdentifier(user)} TO ${client.escapeIdentifier(admin.username)} WITH ADMIN OPTION`,
        );
      }
    });
    return admin;
  }

  function asSuperuser<Result>(work: (client: pg.Client) => Promise<Result>, database?: string): Promise<Result> {
    return connected({ username: server.superuser, password: server.superuserPassword }, work, database);
  }

  async function connected<Result>(
    { username, password }: Login,
    work: (client: pg.Client) => Promise<Result>,
    database = "postgres",
  ): Promise<Result> {
    const client = new pg.Client({
      host: server.host,
      port: server.port,
      user: username,
      password,
      database,
      ssl: { ca: await readFile(server.caFile, "utf8"), host: server.host } as object,
      application_name: "test",
    });
    client.on("error", () => undefined);
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  }

  async function letsIn(login: Login): Promise<boolean> {
    try {
      await connected(login, async () => undefined);
      return true;
    } catch (error) {
      if ((error as { code?: string }).code === "28P01") return false;
      throw error;
    }
  }

  /** Logins since then, by the server's own log. */
  async function logins(since: Date): Promise<Logins> {
    return loginsIn(await readFile(server.logFile, "utf8"), since);
  }

  return { createLogin, createAdmin, asSuperuser, connected, letsIn, logins };
}
