// Gives billing/app back to AWS's rotation function.
import { RotateSecretCommand, SecretsManagerClient, UntagResourceCommand } from "@aws-sdk/client-secrets-manager";
import { connected, read } from "./database.js";

const APP = "billing/app";
const secrets = new SecretsManagerClient();

console.log("1. Take the tags off: Keyturn can no longer read it");
await secrets.send(new UntagResourceCommand({ SecretId: APP, TagKeys: ["keyturn:stage", "keyturn:schedule"] }));

console.log("2. Turn AWS's rotation on, by the function and the schedule that Secrets Manager remembers");
await secrets.send(new RotateSecretCommand({ SecretId: APP, RotateImmediately: false }));

const { rows } = await connected(await read(secrets, APP), (client) => client.query("SELECT session_user AS login"));
console.log(`   AWSCURRENT logs in as ${rows[0].login}, as before`);
