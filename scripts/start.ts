import { parseArgs } from "node:util";
import pc from "picocolors";
import { ensurePackage } from "../infra/package.mjs";
import { castActors, currentLogin, letsIn } from "../stage/actors.js";
import { commandLine, program } from "../stage/program.js";
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

const options = readOptions();
const screen = show(options.json ? process.stderr : process.stdout);
const alternating = options.strategy === "alternating-users";

await program(run);

async function run(interrupted: AbortSignal): Promise<number> {
  let stage: Stage | undefined;
  try {
    stage = await setUp(interrupted);
    return (await rotate(stage, interrupted)) ? 0 : 1;
  } finally {
    await stage?.stop();
  }
}

async function setUp(interrupted: AbortSignal): Promise<Stage> {
  screen.line(pc.bold("Keyturn rotates the password of a PostgreSQL user: here, by the package that deploys.\n"));
  await screen.step("package", ensurePackage, (made) => `serverless package: ${made}`);
  interrupted.throwIfAborted();
  await clearStage(DATA);
  return screen.step(
    "start",
    () => setStage({ dataDir: DATA }),
    ({ database, cloud }) =>
      `PostgreSQL ${database.version} with TLS on port ${database.port}, the cloud at ${cloud.endpoint}`,
  );
}

/** Whether all went as it should. */
async function rotate(stage: Stage, interrupted: AbortSignal): Promise<boolean> {
  const { database, cloud } = stage;
  interrupted.throwIfAborted();
  const { secretArn, secretName, username } = await screen.step(
    "secret",
    () => castActors(stage, { schedule: SCHEDULE, alternating }),
    (cast) => `${cast.secretName} for the user ${cast.username}, tagged keyturn:schedule = ${SCHEDULE}`,
  );
  const machine = cloud.resource("RotateSecret").ref;
  cloud.onHistory((progress) => {
    if (progress.executionArn.startsWith(machine.replace(":stateMachine:", ":execution:"))) screen.progress(progress);
  });

  const logins = [await currentLogin(cloud, secretArn)];
  let rotated: Rotated | undefined;
  for (let turn = 1; turn <= (alternating ? 2 : 1); turn += 1) {
    interrupted.throwIfAborted();
    screen.title(alternating ? `The schedule fires, ${turn} of 2` : "The schedule fires");
    rotated = await rotateBySchedule(stage, secretArn, SCHEDULE);
    logins.unshift(await currentLogin(cloud, secretArn));
  }
  interrupted.throwIfAborted();
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
  return commandLine(USAGE, () => {
    const { values } = parseArgs({
      options: {
        strategy: { type: "string", default: "single-user" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    if (!["single-user", "alternating-users"].includes(values.strategy))
      throw new Error(`--strategy ${values.strategy} is none`);
    return values;
  });
}
