import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetRandomPasswordCommand,
  GetSecretValueCommand,
  type GetSecretValueCommandInput,
  PutSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";
import type { Cloud } from "../../src/local/cloud.js";
import { type Rotation, stopwatch } from "../rotation.js";
import type { AwsDatabase, Value } from "./database.js";
import { mariadb } from "./mariadb.js";
import { postgres } from "./postgres.js";

/**
 * What AWS's rotation functions do, in a straight line: their calls and logins in their order, written from
 * what AWS says of them. https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html
 * Spared are the four invocations, a client of the SDK for each, and what RotateSecret itself does. Each step looks at the
 * secret first. Set tries the new password before it changes anything; a secret that says nothing of TLS is tried without,
 * too, wherever a login with TLS failed.
 */
export async function rotateAsAws(secrets: SecretsManagerClient, secret: AwsSecret): Promise<Rotation> {
  const run = { ...secret, secrets, token: randomUUID() };
  const watch = stopwatch();
  watch.note("create");
  await create(run);
  watch.note("set");
  await set(run);
  await test(run);
  await finish(run);
  watch.note("finished");
  return watch.stop();
}

/** The same as the function that Secrets Manager invokes: what its event asks for. */
export function awsRotationFunction(
  secrets: () => SecretsManagerClient,
  settings: Pick<AwsSecret, "alternating" | "ca">,
): (event: unknown) => Promise<void> {
  return async (event) => {
    const { Step, SecretId, ClientRequestToken } = event as Record<string, string>;
    const step = STEPS[Step ?? ""];
    if (!step) throw new Error(`There is no step ${Step}.`);
    await step({ ...settings, secrets: secrets(), secretId: SecretId ?? "", token: ClientRequestToken ?? "" });
  };
}

interface Run extends AwsSecret {
  readonly secrets: SecretsManagerClient;
  /** Of the new version. */
  readonly token: string;
}

async function create(run: Run): Promise<void> {
  await guard(run);
  const { secrets, secretId, token } = run;
  const current = await read(run, "AWSCURRENT");
  if (await readPending(run).catch(absent)) return;
  const { RandomPassword: password = "" } = await secrets.send(
    new GetRandomPasswordCommand({ PasswordLength: 32, ExcludeCharacters: ":/@\"'\\" }),
  );
  const username = current.masterarn ? other(current.username) : current.username;
  await secrets.send(
    new PutSecretValueCommand({
      SecretId: secretId,
      ClientRequestToken: token,
      SecretString: JSON.stringify({ ...current, username, password }),
      VersionStages: ["AWSPENDING"],
    }),
  );
}

async function set(run: Run): Promise<void> {
  await guard(run);
  const previous = run.alternating ? undefined : await read(run, "AWSPREVIOUS").catch(absent);
  const current = await read(run, "AWSCURRENT");
  const pending = await readPending(run);
  const { letsIn, setByAdmin, setByItself } = databaseOf(pending);
  if (await letsIn(run.ca, pending)) return;
  if (run.alternating) await setByAdmin(run.ca, current, pending, () => readAdmin(run, current));
  else await setByItself(run.ca, current, previous, pending);
}

async function test(run: Run): Promise<void> {
  await guard(run);
  const pending = await readPending(run);
  await databaseOf(pending).testLogin(run.ca, pending);
}

async function finish(run: Run): Promise<void> {
  await guard(run);
  const { secrets, secretId, token } = run;
  const { VersionIdsToStages: stages = {} } = await secrets.send(new DescribeSecretCommand({ SecretId: secretId }));
  const [from] = Object.entries(stages).find(([, labels]) => labels.includes("AWSCURRENT")) ?? [];
  await secrets.send(
    new UpdateSecretVersionStageCommand({
      SecretId: secretId,
      VersionStage: "AWSCURRENT",
      MoveToVersionId: token,
      RemoveFromVersionId: from,
    }),
  );
}

const STEPS: Readonly<Record<string, (run: Run) => Promise<void>>> = {
  createSecret: create,
  setSecret: set,
  testSecret: test,
  finishSecret: finish,
};

/** A secret of these functions. */
export interface AwsSecret {
  readonly secretId: string;
  readonly alternating: boolean;
  /** The authority that the server's certificate is verified by. */
  readonly ca: string;
}

/** Makes a secret for them of a user that they may have for themselves, beside Keyturn's own. */
export async function secretForAws(cloud: Cloud, value: Value, caFile: string): Promise<AwsSecret> {
  const secrets = new SecretsManagerClient(cloud.clientConfig);
  const { ARN: secretId = "" } = await secrets.send(
    new CreateSecretCommand({ Name: "aws/orders", SecretString: JSON.stringify(value) }),
  );
  return { secretId, alternating: value.masterarn !== undefined, ca: await readFile(caFile, "utf8") };
}

const DATABASES: Readonly<Record<string, AwsDatabase>> = { postgres, mariadb };

function databaseOf({ engine }: Value): AwsDatabase {
  const database = DATABASES[engine];
  if (!database) throw new Error(`What AWS's functions do on ${engine} is not written here.`);
  return database;
}

/** RotateSecret would have made the version; here `create` does. */
async function guard({ secrets, secretId, token }: Run): Promise<void> {
  const description = await secrets.send(new DescribeSecretCommand({ SecretId: secretId }));
  if (description.RotationEnabled === false) throw new Error("Rotation is off.");
  if (description.VersionIdsToStages?.[token]?.includes("AWSCURRENT")) throw new Error("It was rotated already.");
}

function read({ secrets, secretId }: Run, VersionStage: string): Promise<Value> {
  return readSecret(secrets, { SecretId: secretId, VersionStage });
}

function readPending({ secrets, secretId, token }: Run): Promise<Value> {
  return readSecret(secrets, { SecretId: secretId, VersionId: token, VersionStage: "AWSPENDING" });
}

function readAdmin({ secrets }: Run, { masterarn }: Value): Promise<Value> {
  return readSecret(secrets, { SecretId: masterarn, VersionStage: "AWSCURRENT" });
}

async function readSecret(secrets: SecretsManagerClient, which: GetSecretValueCommandInput): Promise<Value> {
  const { SecretString = "" } = await secrets.send(new GetSecretValueCommand(which));
  return JSON.parse(SecretString) as Value;
}

/** The other of two that alternate. */
function other(username: string): string {
  return username.endsWith("_clone") ? username.slice(0, -"_clone".length) : `${username}_clone`;
}

function absent(error: unknown): undefined {
  if (!(error instanceof ResourceNotFoundException)) throw error;
}
