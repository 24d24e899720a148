import pg from "pg";

/** A secret's value. */
export interface Value {
  readonly engine: string;
  readonly host: string;
  readonly port: number;
  readonly dbname: string;
  readonly username: string;
  readonly password: string;
  readonly masterarn?: string;
}

/** Whether the new password is the one already. */
export async function letsIn(ca: string, value: Value): Promise<boolean> {
  try {
    await (await opened(ca, value)).end();
    return true;
  } catch (error) {
    if (isRefusal(error)) return false;
    throw error;
  }
}

export async function setByItself(
  ca: string,
  current: Value,
  previous: Value | undefined,
  pending: Value,
): Promise<void> {
  const client = await opened(ca, current).catch((error) => {
    if (!previous || !isRefusal(error)) throw error;
    return opened(ca, previous);
  });
  await inTransaction(client, async () => {
    const [name] = await quoted(client, pending.username);
    await client.query(`ALTER USER ${name} WITH PASSWORD ${client.escapeLiteral(pending.password)}`);
  });
  await client.end();
}

/** The current credential has to get in first. */
export async function setByAdmin(
  ca: string,
  current: Value,
  pending: Value,
  readAdmin: () => Promise<Value>,
): Promise<void> {
  await (await opened(ca, current)).end();
  const client = await opened(ca, { ...(await readAdmin()), dbname: current.dbname });
  await inTransaction(client, async () => {
    const [base, clone] = await quoted(client, current.username, pending.username);
    const password = client.escapeLiteral(pending.password);
    const { rowCount } = await client.query("SELECT 1 FROM pg_roles WHERE rolname = $1", [pending.username]);
    if (rowCount) await client.query(`ALTER USER ${clone} WITH PASSWORD ${password}`);
    else {
      await client.query(`CREATE ROLE ${clone} WITH LOGIN PASSWORD ${password}`);
      await client.query(`GRANT ${base} TO ${clone}`);
    }
  });
  await client.end();
}

export async function testLogin(ca: string, pending: Value): Promise<void> {
  const client = await opened(ca, pending);
  await inTransaction(client, () => client.query("SELECT NOW()"));
  await client.end();
}

/** With TLS, verified; where that fails, without. */
async function opened(ca: string, value: Value): Promise<pg.Client> {
  return connected(value, { ca }).catch(() => connected(value, false));
}

async function connected(
  { host, port, dbname, username, password }: Value,
  ssl: pg.ClientConfig["ssl"],
): Promise<pg.Client> {
  const client = new pg.Client({ host, port, database: dbname, user: username, password, ssl });
  client.on("error", () => undefined);
  await client.connect();
  return client;
}

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

function isRefusal(error: unknown): boolean {
  return (error as { code?: string }).code === "28P01";
}
