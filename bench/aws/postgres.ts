import pg from "pg";
import { awsDatabase } from "./database.js";

export const postgres = awsDatabase<pg.Client>({
  async connected({ host, port, dbname, username, password }, tls) {
    const client = new pg.Client({ host, port, database: dbname, user: username, password, ssl: tls ?? false });
    client.on("error", () => undefined);
    await client.connect();
    return client;
  },

  isRefusal: (error) => (error as { code?: string }).code === "28P01",

  setOwn: (client, pending) =>
    inTransaction(client, async () => {
      const [name] = await quoted(client, pending.username);
      await client.query(`ALTER USER ${name} WITH PASSWORD ${client.escapeLiteral(pending.password)}`);
    }),

  setOther: (admin, current, pending) =>
    inTransaction(admin, async () => {
      const [base, clone] = await quoted(admin, current.username, pending.username);
      const password = admin.escapeLiteral(pending.password);
      const { rowCount } = await admin.query("SELECT 1 FROM pg_roles WHERE rolname = $1", [pending.username]);
      if (rowCount) await admin.query(`ALTER USER ${clone} WITH PASSWORD ${password}`);
      else {
        await admin.query(`CREATE ROLE ${clone} WITH LOGIN PASSWORD ${password}`);
        await admin.query(`GRANT ${base} TO ${clone}`);
      }
    }),

  test: (client) => inTransaction(client, () => client.query("SELECT NOW()")),
});

async function quoted(client: pg.Client, ...names: string[]): Promise<string[]> {
  const found: string[] = [];
  for (const name of names) found.push((await client.query("SELECT quote_ident($1) AS name", [name])).rows[0]?.name);
  return found;
}

/** As Python's drivers do by themselves. */
async function inTransaction(client: pg.Client, work: () => Promise<unknown>): Promise<void> {
  await client.query("BEGIN");
  await work();
  await client.query("COMMIT");
}
