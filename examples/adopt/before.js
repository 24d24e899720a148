// Makes on `npm run local` what AWS's function for alternating users leaves: two users in the database, the secret of the
// application and the admin's, and Secrets Manager's own rotation turned on.
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  RotateSecretCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { connected, read } from "./database.js";

const secrets = new SecretsManagerClient();
const password = () => randomBytes(18).toString("base64url");

/** Of `npm run local`: it may make roles. */
const host = await read(secrets, process.env.HOST_ADMIN ?? "shop/admin");
const admin = { ...host, username: "billing_admin", password: password() };
const app = { ...host, username: "billing", password: password() };

await connected(host, (client) =>
  client.query(`CREATE ROLE billing_admin LOGIN CREATEROLE PASSWORD ${client.escapeLiteral(admin.password)}`),
);
await connected(admin, async (client) => {
  await client.query(`CREATE ROLE billing LOGIN PASSWORD ${client.escapeLiteral(app.password)}`);
  // As AWS's function makes it, at its first rotation.
  await client.query(`CREATE ROLE billing_clone LOGIN PASSWORD ${client.escapeLiteral(password())}`);
  await client.query("GRANT billing TO billing_clone");
});

const store = (Name, value) => secrets.send(new CreateSecretCommand({ Name, SecretString: JSON.stringify(value) }));
const { ARN: masterarn } = await store("billing/admin", admin);
const { ARN, VersionId } = await store("billing/app", { ...app, masterarn });

// The embedded cloud has no function of AWS's. Any will do: by RotateImmediately it is tried out and rotates nothing.
const [, , , region, account] = ARN.split(":");
await secrets.send(
  new RotateSecretCommand({
    SecretId: ARN,
    RotationLambdaARN: `arn:aws:lambda:${region}:${account}:function:keyturn-dev-test-secret`,
    RotationRules: { AutomaticallyAfterDays: 30 },
    RotateImmediately: false,
  }),
);
// The version that it is tried out on goes away by itself.
const versions = async () => {
  const { VersionIdsToStages } = await secrets.send(new DescribeSecretCommand({ SecretId: ARN }));
  return Object.keys(VersionIdsToStages);
};
while ((await versions()).some((version) => version !== VersionId)) await sleep(100);
console.log("billing/app is rotated by AWS's function, as far as anybody can see.");
