import { readFileSync } from "node:fs";
import { GetSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import pg from "pg";

/** The login that a secret holds under AWSCURRENT, in AWS's own format. */
export async function read(secrets, secretId) {
  const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: secretId }));
  return JSON.parse(SecretString);
}

/** Runs the work in a session of that login. */
export async function connected({ host, port, dbname, username, password }, work) {
  const ssl = { ca: readFileSync(process.env.PGSSLROOTCERT) };
  const client = new pg.Client({ host, port, database: dbname, user: username, password, ssl });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
