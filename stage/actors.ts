import { randomBytes } from "node:crypto";
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  RestoreSecretCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import type pg from "pg";
import type { Cloud } from "../src/local/cloud.js";
import type { PostgresServer } from "../src/local/postgres/server.js";
import { type Login, toolsFor } from "./postgres-tools.js";
import { storeSecret } from "./store-secret.js";

/**
 * Makes the application's user, its database, an admin, and the secrets of both. What is there already is kept; a secret
 * that was deleted is restored or made anew, with a new password for its user. Gives the ARNs of both.
 */
export async function castActors(
  { database, cloud }: { database: PostgresServer; cloud: Cloud },
  { schedule, alternating }: { schedule: string; alternating: boolean },
): Promise<{ secretArn: string; adminArn: string; secretName: string; username: string }> {
  const secrets = new SecretsManagerClient(cloud.clientConfig);
  const target = { engine: "postgres", host: database.host, port: database.port, dbname: "shop" };

  async function cast(role: Role, more: object = {}): Promise<string> {
    const found = await findSecret(secrets, role.secret);
    if (found) {
      await keepTrue(secrets, found, { ...target, ...more });
      return found;
    }
    const password = randomBytes(18).toString("base64url");
    await asSuperuser(database, (client) => letLogIn(client, role, password));
    return storeSecret(secrets, {
      name: role.secret,
      description: role.description,
      value: { ...target, username: role.username, password, ...more },
      tags: role.tags,
    });
  }

  const adminArn = await cast(ADMIN);
  const secretArn = await cast(
    { ...APPLICATION, tags: { "keyturn:schedule": schedule } },
    alternating ? { masterarn: adminArn } : {},
  );
  await asSuperuser(database, async (client) => {
    await client.query(`GRANT ${APPLICATION.username} TO ${ADMIN.username} WITH ADMIN OPTION`);
    const { rowCount } = await client.query("SELECT FROM pg_database WHERE datname = 'shop'");
    if (rowCount === 0) await client.query(`CREATE DATABASE shop OWNER ${APPLICATION.username}`);
  });
  return { secretArn, adminArn, secretName: APPLICATION.secret, username: APPLICATION.username };
}

interface Role {
  readonly secret: string;
  readonly description: string;
  readonly username: string;
  readonly attributes: string;
  /** Besides the stage that the package is made for. */
  readonly tags: Readonly<Record<string, string>>;
}

const ADMIN: Role = {
  secret: "shop/admin",
  description: "Makes and updates the clones of alternating users",
  username: "keyturn_admin",
  attributes: "LOGIN CREATEROLE",
  tags: { "keyturn:admin": "shop/" },
};

const APPLICATION: Omit<Role, "tags"> = {
  secret: "shop/orders",
  description: "What the orders service logs in with",
  username: "orders",
  attributes: "LOGIN",
};

/** The ARN of a secret that is there, or was: it is restored where its deletion is still to come. */
async function findSecret(secrets: SecretsManagerClient, SecretId: string): Promise<string | undefined> {
  try {
    const { ARN, DeletedDate } = await secrets.send(new DescribeSecretCommand({ SecretId }));
    if (DeletedDate) await secrets.send(new RestoreSecretCommand({ SecretId }));
    return ARN;
  } catch (error) {
    if ((error as Error).name === "ResourceNotFoundException") return undefined;
    throw error;
  }
}

/** The database's port may be another than at the last start, and the admin's secret a new one. */
async function keepTrue(secrets: SecretsManagerClient, SecretId: string, facts: object): Promise<void> {
  const { SecretString = "{}" } = await secrets.send(new GetSecretValueCommand({ SecretId }));
  const value = JSON.parse(SecretString) as Record<string, unknown>;
  if (Object.entries(facts).every(([key, fact]) => value[key] === fact)) return;
  await secrets.send(new PutSecretValueCommand({ SecretId, SecretString: JSON.stringify({ ...value, ...facts }) }));
}

async function letLogIn(client: pg.Client, { username, attributes }: Role, password: string): Promise<void> {
  const { rowCount } = await client.query("SELECT FROM pg_roles WHERE rolname = $1", [username]);
  const verb = rowCount === 0 ? "CREATE" : "ALTER";
  await client.query(`${verb} ROLE ${username} ${attributes} PASSWORD ${client.escapeLiteral(password)}`);
}

/** What an application finds under AWSCURRENT. */
export async function currentLogin(cloud: Cloud, secretArn: string): Promise<Login> {
  const secrets = new SecretsManagerClient(cloud.clientConfig);
  const { SecretString = "{}" } = await secrets.send(new GetSecretValueCommand({ SecretId: secretArn }));
  return JSON.parse(SecretString) as Login;
}

/** Whether the database lets this login in. Throws when it gives no answer. */
export function letsIn(database: PostgresServer, login: Login): Promise<boolean> {
  return toolsOf(database).letsIn(login);
}

export function asSuperuser<Result>(
  database: PostgresServer,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  return toolsOf(database).asSuperuser(work);
}

/** A stage's database has TLS. */
function toolsOf(database: PostgresServer) {
  return toolsFor({ ...database, caFile: database.caFile ?? "" });
}
