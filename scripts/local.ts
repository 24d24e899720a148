import { once } from "node:events";
import { join } from "node:path";
import { parseArgs } from "node:util";
import pc from "picocolors";
import { ensurePackage } from "../infra/package.mjs";
import { table } from "../src/cli/style.js";
import { IN_USE } from "../src/local/disk/store.js";
import { sdkEnvironment } from "../src/local/sdk-environment.js";
import { castActors } from "../stage/actors.js";
import { commandLine, program } from "../stage/program.js";
import { clearStage, type Stage, setStage } from "../stage/stage.js";

const USAGE = `npm run local -- [--fresh] [--data .keyturn/local] [--port 4566] [--database-port 54320]

Keeps the embedded cloud and a PostgreSQL up until Ctrl-C, and their data for the next time. Each region has data of its
own: AWS_REGION says which, eu-central-1 unless it is set.
  --fresh           forgets the region's data first
  --data            the folder that the data is kept in
  --port            of the cloud's endpoint
  --database-port   of PostgreSQL`;

const DATA = ".keyturn/local";
const REGION = "eu-central-1";

const options = readOptions();
await program(run);

/** Gives 0 after Ctrl-C, and throws where that came before all was up. */
async function run(interrupted: AbortSignal): Promise<number> {
  const { region, dataDir, fresh, port: endpointPort, databasePort } = options;
  let stage: Stage | undefined;
  try {
    console.error(pc.dim("Packages the service, and starts PostgreSQL and the embedded cloud …"));
    await ensurePackage();
    interrupted.throwIfAborted();
    if (fresh) await clearStage(dataDir);
    stage = await setStage({ dataDir, endpointPort, databasePort, region });
    interrupted.throwIfAborted();
    const { secretName } = await castActors(stage, { schedule: "nightly", alternating: true });
    interrupted.throwIfAborted();
    printHelp(stage, secretName);
    const ended = await Promise.race([stage.database.ended, once(interrupted, "abort").then(() => undefined)]);
    if (ended === undefined) return 0;
    throw new Error(`PostgreSQL has ended by itself (${ended}). What it said is in ${stage.database.logFile}`);
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    throw code === IN_USE ? new Error(`${message} Or choose another folder with --data.`) : error;
  } finally {
    await stage?.stop();
    if (stage) console.log(`\nStopped; the data is kept in ${dataDir}, PostgreSQL's in ${stage.database.dataDir}.`);
  }
}

function printHelp({ cloud, database }: Stage, secret: string): void {
  const rotate = cloud.resource("RotateSecret").ref;
  const check = cloud.resource("CheckSecret").ref;
  const variables = Object.entries(sdkEnvironment(cloud.clientConfig)).map(([name, value]) => `${name}=${value}`);
  console.log(`${pc.bold("The embedded cloud is up")} at ${pc.cyan(cloud.endpoint)}, PostgreSQL ${database.version} at ${database.host}:${database.port}. Ctrl-C stops both.

${pc.bold("From another terminal")}, in this folder${elsewhere()}:
${table([
  ["  npx keyturn store --local", pc.dim("a secret of a database of yours, by questions")],
  ["  npx keyturn status --local", pc.dim(`what there is; ${secret} is there to try`)],
  [`  npx keyturn rotate ${secret} --local`, pc.dim("and watch it")],
])}

${pc.dim("# the aws command line, or any SDK, from another terminal; the key is this cloud's own, kept in")}
${pc.dim(`# ${join(options.dataDir, "cloud", "credentials")}`)}
unset AWS_PROFILE AWS_DEFAULT_PROFILE AWS_SESSION_TOKEN
export ${variables.join(" ")}
${pc.dim("# what vouches for PostgreSQL's certificate, for psql and for examples/")}
export PGSSLROOTCERT='${database.caFile}'
aws secretsmanager get-secret-value --secret-id ${secret} --query SecretString --output text
aws stepfunctions start-execution --state-machine-arn ${rotate} --input '{"secretId":"${secret}"}'
aws secretsmanager list-secret-version-ids --secret-id ${secret}
${pc.dim("# what the next rotation would do, without a change; the answer is the output of the execution that it starts")}
aws stepfunctions start-execution --state-machine-arn ${check} --input '{"secretId":"${secret}"}'
aws stepfunctions describe-execution --query output --output text --execution-arn <executionArn>

${pc.dim("// in Node.js, with the lines above exported")}
import { SecretsManagerClient, GetSecretValueCommand } from "@aws-sdk/client-secrets-manager";
console.log(await new SecretsManagerClient().send(new GetSecretValueCommand({ SecretId: "${secret}" })));`);
}

/** How the command finds data that are not where they usually are. */
function elsewhere(): string {
  const { data, region } = options;
  const named = [
    ...(data === DATA ? [] : [`KEYTURN_LOCAL=${data}`]),
    ...(region === REGION ? [] : [`AWS_REGION=${region}`]),
  ];
  return named.length > 0 ? `, with ${named.join(" ")}` : "";
}

interface Options {
  readonly help: boolean;
  readonly fresh: boolean;
  readonly region: string;
  readonly data: string;
  /** The region's. */
  readonly dataDir: string;
  readonly port: number;
  readonly databasePort: number;
}

function readOptions(): Options {
  return commandLine(USAGE, () => {
    const { values } = parseArgs({
      options: {
        fresh: { type: "boolean", default: false },
        data: { type: "string", default: DATA },
        port: { type: "string", default: "4566" },
        "database-port": { type: "string", default: "54320" },
        help: { type: "boolean", default: false },
      },
    });
    const region = process.env.AWS_REGION || REGION;
    if (!/^[a-z]{2}(-[a-z]+)+-\d+$/.test(region)) throw new Error(`AWS_REGION: ${region} is no region`);
    return {
      help: values.help,
      fresh: values.fresh,
      region,
      data: values.data,
      dataDir: join(values.data, region),
      port: port(values.port),
      databasePort: port(values["database-port"]),
    };
  });
}

function port(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 0 && number <= 65_535) return number;
  throw new Error(`${text} is no port`);
}
