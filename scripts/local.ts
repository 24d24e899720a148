import { parseArgs } from "node:util";
import { ListSecretsCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import pc from "picocolors";
import { ensurePackage } from "../infra/package.mjs";
import { sdkEnvironment } from "../src/local/sdk-environment.js";
import { castActors } from "../stage/actors.js";
import { clearStage, type Stage, setStage } from "../stage/stage.js";

const USAGE = `npm run local -- [--fresh] [--port 4566] [--database-port 54320]

Keeps the embedded cloud and a PostgreSQL up until Ctrl-C, and their data for the next time.
  --fresh           forgets the data first
  --port            of the cloud's endpoint
  --database-port   of PostgreSQL`;

const DATA = ".keyturn/local";

// The newest SDK that Node.js 20 can use says so at every start.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";

const options = readOptions();
let stage: Stage | undefined;
let stopping = false;

for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => void stop());
// Keeps the process until it is stopped: servers and timers do not.
const alive = setInterval(() => undefined, 2 ** 30);

try {
  await ensurePackage();
  if (options.fresh) await clearStage(DATA);
  stage = await setStage({ dataDir: DATA, endpointPort: options.port, databasePort: options.databasePort });
  const secret = await firstSecret(stage);
  printHelp(stage, secret);
} catch (error) {
  console.error(`${pc.red("✘")} ${(error as Error).message}`);
  process.exitCode = 1;
  await stop();
}

async function stop(): Promise<void> {
  if (stopping) process.exit(130);
  stopping = true;
  clearInterval(alive);
  await stage?.stop();
  if (stage) console.log("\nStopped; the data is kept.");
}

/** The application's secret, made at the first start. */
async function firstSecret({ cloud, database }: Stage): Promise<string> {
  const secrets = new SecretsManagerClient(cloud.clientConfig);
  const { SecretList = [] } = await secrets.send(new ListSecretsCommand({}));
  const known = SecretList.find(({ Name }) => Name === "shop/orders")?.Name;
  return known ?? (await castActors({ cloud, database }, { schedule: "nightly", alternating: true })).secretName;
}

function printHelp({ cloud, database }: Stage, secret: string): void {
  const machine = cloud.resource("RotateSecret").ref;
  const variables = Object.entries(sdkEnvironment(cloud.clientConfig)).map(([name, value]) => `${name}=${value}`);
  console.log(`${pc.bold("The embedded cloud is up")} at ${pc.cyan(cloud.endpoint)}, PostgreSQL ${database.version} at ${database.host}:${database.port}. Ctrl-C stops both.

${pc.dim("# the aws command line, or any SDK, from another terminal; the key is this cloud's own, kept in")}
${pc.dim(`# ${DATA}/cloud/credentials`)}
unset AWS_PROFILE AWS_SESSION_TOKEN
export ${variables.join(" ")}
${pc.dim("# what vouches for PostgreSQL's certificate, for psql and for examples/")}
export PGSSLROOTCERT='${database.caFile}'
aws secretsmanager get-secret-value --secret-id ${secret} --query SecretString --output text
aws stepfunctions start-execution --state-machine-arn ${machine} --input '{"secretId":"${secret}"}'
aws secretsmanager list-secret-version-ids --secret-id ${secret}

${pc.dim("// in Node.js, with the lines above exported")}
import { SecretsManagerClient, GetSecretValueCommand } from "@aws-sdk/client-secrets-manager";
console.log(await new SecretsManagerClient().send(new GetSecretValueCommand({ SecretId: "${secret}" })));`);
}

function readOptions(): { fresh: boolean; port: number; databasePort: number } {
  try {
    const { values } = parseArgs({
      options: {
        fresh: { type: "boolean", default: false },
        port: { type: "string", default: "4566" },
        "database-port": { type: "string", default: "54320" },
        help: { type: "boolean", default: false },
      },
    });
    if (values.help) {
      console.log(USAGE);
      process.exit(0);
    }
    return { fresh: values.fresh, port: port(values.port), databasePort: port(values["database-port"]) };
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`);
    process.exit(2);
  }
}

function port(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 0 && number <= 65_535) return number;
  throw new Error(`${text} is no port`);
}
