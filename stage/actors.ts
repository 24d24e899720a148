import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { CreateSecretCommand, GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import pg from "pg";
import type { Cloud } from "../src/local/cloud.js";
import type { PostgresServer } from "../src/local/postgres/server.js";

export interface Login {
  readonly username: string;
  readonly password: string;
}

/** Makes the application's user, its table, an admin, and the secrets of both. Gives the ARN of the application's. */
export async function castActors(
  { database, cloud }: { database: PostgresServer; cloud: Cloud },
  { schedule, alternating }: { schedule: string; alternating: boolean },
): Promise<{ secretArn: string; secretName: string; username: string }> {
  const [app, admin] = [randomBytes(18), randomBytes(18)].map((bytes) => bytes.toString("base64url")) as [
    string,
    string,
  ];
  await asSuperuser(database, async (client) => {
    await client.query(`CREATE ROLE orders LOGIN PASSWORD ${client.escapeLiteral(app)}`);
    await client.query(`CREATE ROLE keyturn_admin LOGIN CREATEROLE PASSWORD ${client.escapeLiteral(admin)}`);
    await client.query("GRANT orders TO keyturn_admin WITH ADMIN OPTION");
    await client.query("CREATE DATABASE shop OWNER orders");
  });
  const secrets = new SecretsManagerClient(cloud.clientConfig);
  const target = { engine: "postgres", host: database.host, port: database.port, dbname: "shop" };
  const { ARN: masterarn } = await secrets.send(
    new CreateSecretCommand({
      Name: "shop/admin",
      Description: "Makes and updates the clones of alternating users",
      SecretString: JSON.stringify({ ...target, username: "keyturn_admin", password: admin }),
      Tags: tags({ "keyturn:admin": "shop/" }),
    }),
  );
  const { ARN = "" } = await secrets.send(
    new CreateSecretCommand({
      Name: "shop/orders",
      Description: "What the orders service logs in with",
      SecretString: JSON.stringify({
        ...target,
        username: "orders",
        password: app,
        ...(alternating ? { masterarn } : {}),
      }),
      Tags: tags({ "keyturn:schedule": schedule }),
    }),
  );
  return { secretArn: ARN, secretName: "shop/orders", username: "orders" };
}

/** With the stage that the package is made for. */
function tags(ours: Readonly<Record<string, string>>) {
  return Object.entries({ "keyturn:stage": "dev", ...ours }).map(([Key, Value]) => ({ Key, Value }));
}

/** What an application finds under AWSCURRENT. */
export async function currentLogin(cloud: Cloud, secretArn: string): Promise<Login> {
  const secrets = new SecretsManagerClient(cloud.clientConfig);
  const { SecretString = "{}" } = await secrets.send(new GetSecretValueCommand({ SecretId: secretArn }));
  return JSON.parse(SecretString) as Login;
}

/** Whether the database lets this login in. Throws when it gives no answer. */
export async function letsIn(database: PostgresServer, login: Login): Promise<boolean> {
  try {
    await withClient(database, { ...login, database: "shop" }, async () => undefined);
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === "28P01") return false;
    throw error;
  }
}

export function asSuperuser<Result>(
  database: PostgresServer,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  return withClient(
    database,
    { username: database.superuser, password: database.superuserPassword, database: "postgres" },
    work,
  );
}

async function withClient<Result>(
  server: PostgresServer,
  { username, password, database }: Login & { database: string },
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({
    host: "localhost",
    port: server.port,
    user: username,
    password,
    database,
    ssl: server.caFile ? { ca: await readFile(server.caFile, "utf8") } : false,
    application_name: "demo",
  });
  client.on("error", () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
