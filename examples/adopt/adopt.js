// Takes billing/app over from AWS's rotation function. The README has each step by hand, and what it is for.
import { setTimeout as sleep } from "node:timers/promises";
import { CancelRotateSecretCommand, SecretsManagerClient, TagResourceCommand } from "@aws-sdk/client-secrets-manager";
import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { connected, read } from "./database.js";

const APP = "billing/app";
const ADMIN = "billing/admin";

const secrets = new SecretsManagerClient();
const sfn = new SFNClient();
const before = await read(secrets, APP);
const [, , , region, account] = before.masterarn.split(":");

console.log("1. Say whose they are");
await tag(APP, { "keyturn:stage": "dev", "keyturn:schedule": "nightly" });
await tag(ADMIN, { "keyturn:stage": "dev", "keyturn:admin": "billing/" });

console.log("2. Ask what a rotation would do now");
await dryRun();

console.log("3. Say in the database that the two users are a pair");
await connected(await read(secrets, ADMIN), (client) =>
  client.query(`COMMENT ON ROLE "billing_clone" IS 'keyturn: clone of "billing"'`),
);
await dryRun();

console.log("4. Turn AWS's rotation off");
await secrets.send(new CancelRotateSecretCommand({ SecretId: APP }));
if (!(await dryRun())) throw new Error("Something is wrong still. No password was changed.");

console.log("5. Rotate");
const { outcome, reason } = await run("rotate-secret", { secretId: APP });
const after = await read(secrets, APP);
const login = await connected(
  after,
  async (client) => (await client.query("SELECT session_user AS login")).rows[0].login,
);
console.log(`   ${outcome} (${reason}): ${before.username} before, and now AWSCURRENT logs in as ${login}`);

async function tag(secretId, tags) {
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  await secrets.send(new TagResourceCommand({ SecretId: secretId, Tags }));
}

/** Whether a rotation would work now. */
async function dryRun() {
  const { ok, checks } = await run("check-secret", { secretId: APP });
  for (const { ok, code, message } of checks) if (ok === false) console.log(`   ✘ ${code}: ${message}`);
  if (ok) console.log(`   ✔ it would work, by ${checks.length} checks`);
  return ok;
}

/** Starts a state machine of Keyturn's and waits for its output. */
async function run(machine, input) {
  const stateMachineArn = `arn:aws:states:${region}:${account}:stateMachine:keyturn-dev-${machine}`;
  const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) }));
  for (;;) {
    const { status, output, cause } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    if (status === "SUCCEEDED") return JSON.parse(output);
    if (status !== "RUNNING") throw new Error(`The execution ${status}: ${cause}`);
    await sleep(200);
  }
}
