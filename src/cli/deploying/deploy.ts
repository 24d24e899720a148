import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseSettings } from "../../../infra/settings.js";
import { type DeployerStatement, principalOf, refusedActions } from "../../aws/deployer.js";
import { KeyturnError } from "../../errors.js";
import type { NextCommand } from "../../overview/next.js";
import type { Answer, Work } from "../command.js";
import { EXIT, type ExitCode } from "../exit.js";
import { failureOf, UsageError } from "../failure.js";
import { lineOf } from "../rotating/again.js";
import { nextLines } from "../rotating/ending.js";
import { CHECKOUT, outputOf, runProgram } from "../running.js";
import { plain } from "../style.js";

export interface DeployOptions {
  readonly skipPermissions?: true;
}

type DeployWork = Work<DeployOptions>;

/** What it runs, so that a test may look on. */
export interface Programs {
  readonly run: typeof runProgram;
  readonly output: typeof outputOf;
}

/**
 * Looks at the settings and at the deployer's permissions, changes nothing where either is wrong, and runs `serverless deploy`
 * then; gives its exit code. Whether the permissions are enough IAM alone can say, and may not be asked by everybody: then it goes
 * on.
 */
export async function deploy(
  work: DeployWork,
  programs: Programs = { run: runProgram, output: outputOf },
): Promise<Answer> {
  const { host, options, style } = work;
  if (options.local)
    throw new UsageError("The embedded cloud runs the package by itself: keyturn local. Leave --local out.");
  const settings = checkSettings(work);
  work.progress(`${style.green("✔")} ${settings.says}`);
  const region = options.region ?? (host.env.AWS_REGION || "eu-central-1");
  const place = await whereTo(work, region);
  work.progress(
    `${style.green("✔")} keyturn-${options.stage} goes to ${place.account}, ${region}, as ${plain(place.caller)}`,
  );
  if (settings.accounts.includes(place.account))
    throw new UsageError(
      `keyturn.yml:\n  accounts: ${place.account} is the deployment's own, and they are the others; take it out\nNothing was deployed.`,
    );
  if (!options.skipPermissions) await checkPermissions(work, { ...place, region }, programs);
  host.interrupted.throwIfAborted();
  const env = { ...host.env, AWS_REGION: region, ...(options.profile ? { AWS_PROFILE: options.profile } : {}) };
  const code = await programs.run(
    { ...host, env },
    [process.execPath, SERVERLESS, "deploy", "--stage", options.stage, "--region", region],
    { to: options.json ? "stderr" : "stdout" },
  );
  const next = code === 0 ? NEXT.map((line) => lineOf(line, options)) : [];
  return {
    json: { stage: options.stage, region, account: place.account, exit: code, next },
    text: (ours) =>
      code === 0
        ? [`${ours.green("✔")} keyturn-${options.stage} is deployed.`, ...nextLines(next, ours)].join("\n")
        : "",
    exit: code === 0 ? EXIT.done : (code as ExitCode),
  };
}

const SERVERLESS = `${CHECKOUT}node_modules/serverless/bin/serverless.js`;
const NEXT: readonly NextCommand[] = [["store"], ["adopt", "SECRET", "--schedule", "SCHEDULE"], ["status"], ["doctor"]];

/** Throws `UsageError` with every mistake, each with its place. */
function checkSettings({ host }: DeployWork): { readonly accounts: readonly string[]; readonly says: string } {
  const file = resolve(CHECKOUT, host.env.KEYTURN_SETTINGS ?? "keyturn.yml");
  try {
    const { schedules, accounts } = parseSettings(
      readFileSync(file, "utf8"),
      readFileSync(resolve(CHECKOUT, "keyturn.schema.json"), "utf8"),
    );
    const names = Object.keys(schedules);
    return { accounts, says: `keyturn.yml is right; its schedules: ${names.join(", ") || "none"}` };
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\nNothing was deployed.`);
  }
}

async function whereTo({ deployment }: DeployWork, region: string): Promise<{ account: string; caller: string }> {
  const { GetCallerIdentityCommand, STSClient } = await import("@aws-sdk/client-sts");
  const sts = new STSClient({ region, ...deployment.clientConfig });
  try {
    const { Account = "", Arn = "" } = await sts.send(new GetCallerIdentityCommand({}));
    return { account: Account, caller: Arn };
  } finally {
    sts.destroy();
  }
}

interface Place {
  readonly account: string;
  readonly region: string;
  readonly caller: string;
}

async function checkPermissions(work: DeployWork, place: Place, { output }: Programs): Promise<void> {
  const { host, options, progress, style } = work;
  const statements = await neededBy(work, place, output);
  const { IAMClient } = await import("@aws-sdk/client-iam");
  const iam = new IAMClient({ region: place.region, ...work.deployment.clientConfig });
  try {
    const principal = await principalOf(iam, place.caller);
    if (!principal)
      return progress(
        `${style.yellow("–")} whose permissions are not looked at: ${plain(place.caller)} has no policies`,
      );
    const { asked, refused, unknown } = await refusedActions(iam, principal, statements);
    if (refused.length > 0) throw lacking(plain(principal), refused, place, options.stage);
    progress(
      `${style.green("✔")} the permissions are enough, by IAM: ${asked} actions${unknown.length > 0 ? `, of which it could not judge ${unknown.join(", ")}` : ""}`,
    );
  } catch (error) {
    const { code, message } = failureOf(error, host, options);
    if (code !== "NoPermission") throw error;
    progress(`${style.yellow("–")} the permissions could not be looked at, and it goes on. ${message}`);
  } finally {
    iam.destroy();
  }
}

/** What `npm run deployer-policy` prints for this checkout. */
async function neededBy(
  { host, options }: DeployWork,
  { account, region }: Place,
  output: Programs["output"],
): Promise<readonly DeployerStatement[]> {
  const script = ["--import", "tsx", "scripts/deployer-policy.ts"];
  const printed = await output(host, [
    process.execPath,
    ...script,
    ...["--account", account, "--stage", options.stage, "--region", region],
  ]);
  return (JSON.parse(printed) as Array<{ Statement: DeployerStatement[] }>).flatMap(({ Statement }) => Statement);
}

function lacking(
  principal: string,
  refused: readonly string[],
  { account, region }: Place,
  stage: string,
): KeyturnError {
  return new KeyturnError("AccessDeniedError", {
    code: "DeployerLacks",
    message:
      `Nothing was deployed: ${principal} may not do what it takes: ${refused.join(", ")}. ` +
      `The policies that are enough: npm run -s deployer-policy -- --account ${account} --stage ${stage} --region ${region}. ` +
      "IAM's simulation may be wrong about conditions and boundaries: --skip-permissions deploys all the same.",
  });
}
