import { parseArgs } from "node:util";
import pc from "picocolors";
import { ensurePackage } from "../infra/package.mjs";
import { castActors, currentLogin, letsIn } from "../stage/actors.js";
import { clearStage, type Stage, setStage } from "../stage/stage.js";
import { type Rotated, rotateBySchedule } from "./demo/rotation.js";
import { show } from "./demo/show.js";

const USAGE = `npm start -- [--strategy single-user|alternating-users] [--json]

Rotates the password of a PostgreSQL user on this machine, by the package that deploys to AWS.
  --strategy   single-user (the default), or alternating-users: rotates twice
  --json       one JSON document instead of the show; with npm start --silent, nothing else`;

const SCHEDULE = "demo";
const DATA = ".keyturn/demo";

const TEXTS: Readonly<Record<string, string>> = {
  newPasswordAccepted: "the credential under AWSCURRENT gets in",
  previousPasswordAccepted: "the credential before it still gets in, so no application notices",
  oldPasswordRefused: "the one before it is refused",
  oldestPasswordRefused: "the one before that is refused",
};

// The newest SDK that Node.js 20 can use says so at every start.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";

const options = readOptions();
const screen = show(options.json ? process.stderr : process.stdout);
const alternating = options.strategy === "alternating-users";
let stage: Stage | undefined;

// A second Ctrl-C does not wait for a clean end.
process.once("SIGINT", () => {
  void (stage?.stop() ?? Promise.resolve()).finally(() => process.exit(130));
});

try {
  process.exitCode = (await run()) ? 0 : 1;
} catch (error) {
  console.error(`${pc.red("✘")} ${(error as Error).message}`);
  process.exitCode = 1;
} finally {
  await stage?.stop();
}

async function run(): Promise<boolean> {
  screen.line(pc.bold("Keyturn rotates the password of a PostgreSQL user: here, by the package that deploys.\n"));
  await screen.step("package", ensurePackage, (made) => `serverless package: ${made}`);
  await clearStage(DATA);
  const { database, cloud } = await screen.step(
    "start",
    async () => (stage = await setStage({ dataDir: DATA })),
    (set) =>
      `PostgreSQL ${set.database.version} with TLS on port ${set.database.port}, the cloud at ${set.cloud.endpoint}`,
  );
  const actors = { database, cloud };
  const { secretArn, secretName, username } = await screen.step(
    "secret",
    () => castActors(actors, { schedule: SCHEDULE, alternating }),
    (cast) => `${cast.secretName} for the user ${cast.username}, tagged keyturn:schedule = ${SCHEDULE}`,
  );
  const machine = cloud.resource("RotateSecret").ref;
  cloud.onHistory((progress) => {
    if (progress.executionArn.startsWith(machine.replace(":stateMachine:", ":execution:"))) screen.progress(progress);
  });

  const logins = [await currentLogin(cloud, secretArn)];
  let rotated: Rotated | undefined;
  for (let turn = 1; turn <= (alternating ? 2 : 1); turn += 1) {
    screen.title(alternating ? `The schedule fires, ${turn} of 2` : "The schedule fires");
    rotated = await rotateBySchedule({ database, cloud, stop: async () => undefined }, secretArn, SCHEDULE);
    logins.unshift(await currentLogin(cloud, secretArn));
  }
  const proof = await prove(logins.map((login) => letsIn(database, login)));
  screen.title("Asked of the database itself");
  for (const [text, holds] of Object.entries(TEXTS)) if (text in proof) screen.proof(holds, proof[text] as boolean);
  screen.left(rotated as Rotated);
  const good = rotated?.audit.outcome === "succeeded" && Object.values(proof).every(Boolean);
  if (options.json) printJson(rotated as Rotated, proof, database.version);
  else if (good) whatNext(secretName, username);
  return good;
}

async function prove(accepted: ReadonlyArray<Promise<boolean>>): Promise<Readonly<Record<string, boolean>>> {
  const [now = false, before = false, first = false] = await Promise.all(accepted);
  return alternating
    ? { newPasswordAccepted: now, previousPasswordAccepted: before, oldestPasswordRefused: !first }
    : { newPasswordAccepted: now, oldPasswordRefused: !before };
}

function printJson({ audit, event, message, apiCalls, logins }: Rotated, proof: object, serverVersion: string): void {
  const { outcome, engine, strategy, trigger, phases } = audit;
  console.log(
    JSON.stringify(
      { outcome, engine, serverVersion, strategy, trigger, phases, proof, apiCalls, logins, event, message, audit },
      null,
      2,
    ),
  );
}

function whatNext(secretName: string, username: string): void {
  screen.title("What next");
  screen.line(`  npm start -- --strategy alternating-users   two users take turns: ${username} and ${username}_clone`);
  screen.line(
    `  npm run local                               the same, kept running, for the aws command line and your code`,
  );
  screen.line(
    `  npx serverless deploy                       to your account; then tag a secret as ${secretName} is tagged`,
  );
}

function readOptions(): { strategy: string; json: boolean } {
  try {
    const { values } = parseArgs({
      options: {
        strategy: { type: "string", default: "single-user" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    if (values.help) {
      console.log(USAGE);
      process.exit(0);
    }
    if (!["single-user", "alternating-users"].includes(values.strategy))
      throw new Error(`--strategy ${values.strategy} is none`);
    return values;
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`);
    process.exit(2);
  }
}
