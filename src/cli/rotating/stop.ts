import { ledger } from "../../aws/ledger.js";
import { fleetExecutions } from "../../aws/overview/runs.js";
import { secretStore } from "../../aws/secret-store.js";
import { KeyturnError } from "../../errors.js";
import type { NextCommand } from "../../overview/next.js";
import { machineOf } from "../../rotation/ended.js";
import type { Answer, Work } from "../command.js";
import { confirmed } from "../confirm.js";
import { EXIT } from "../exit.js";
import { UsageError } from "../failure.js";
import { plain } from "../style.js";
import { lineOf } from "./again.js";
import { callerArn } from "./asked.js";
import { called } from "./elsewhere.js";
import { nextLines } from "./ending.js";

export interface StopOptions {
  readonly reason?: string;
  readonly yes?: boolean;
}

/** Stops a secret's rotation, a schedule's run, or an execution of either. */
export async function stop(work: Work<StopOptions>, what: string): Promise<Answer> {
  if (what.includes(":execution:")) return stopExecution(work, what);
  const secret = await secretOf(work, what);
  const { RotateFleetArn, TableName } = await work.deployment.outputs();
  const run = await runOf(work, RotateFleetArn, what);
  // Anybody may call a secret like a schedule.
  if (run && secret) throw new UsageError(`${what} is a schedule and a secret. Say which: ${run}, or ${secret.arn}`);
  if (run) return stopRun(work, run, ["resume", what]);
  if (secret) {
    const { holder } = await ledger(await work.deployment.dynamodb(), TableName).look(secret.arn);
    if (!holder) return idle(work, secret.name);
    return stopped(work, holder.executionArn, AFTER[holder.purpose], ["show", secret.name]);
  }
  throw new UsageError(`${what} is no secret here, and no schedule of which a run goes on.`);
}

async function runOf({ deployment }: Work<unknown>, machine: string, schedule: string): Promise<string | undefined> {
  for await (const { input, executionArn } of fleetExecutions(await deployment.states(), machine, "RUNNING"))
    if (input.schedule === schedule) return executionArn;
  return undefined;
}

async function secretOf({ deployment }: Work<unknown>, what: string) {
  try {
    return await called(deployment, what, await secretStore(await deployment.secrets()).describe(what));
  } catch (error) {
    // Not known is the answer; not allowed is not.
    if (error instanceof KeyturnError && error.name === "InvalidSecretError") return undefined;
    throw error;
  }
}

async function stopExecution(work: Work<StopOptions>, executionArn: string): Promise<Answer> {
  const outputs = await work.deployment.outputs();
  const machine = machineOf(executionArn);
  if (machine === outputs.RotateFleetArn) return stopRun(work, executionArn, ["resume", executionArn]);
  if (machine === outputs.RotateSecretArn) return stopped(work, executionArn, AFTER.rotation, ["status"]);
  if (machine === outputs.RetireSecretArn) return stopped(work, executionArn, AFTER.retirement, ["status"]);
  if (machine === outputs.CheckSecretArn) return stopped(work, executionArn, AFTER.check, ["status"]);
  throw new UsageError("That execution is none of this deployment's.");
}

async function stopRun(work: Work<StopOptions>, executionArn: string, next: NextCommand): Promise<Answer> {
  const does = "stops a run, and with it each rotation of it that is under way, in its middle";
  await confirmed(work.host, { yes: work.options.yes ?? false, does, word: "stop" });
  return stopped(work, executionArn, AFTER.run, next);
}

async function stopped(
  work: Work<StopOptions>,
  executionArn: string,
  after: string,
  command: NextCommand,
): Promise<Answer> {
  const { deployment, options } = work;
  const { StopExecutionCommand } = await import("@aws-sdk/client-sfn");
  const by = await callerArn(deployment);
  const cause = `${by}${options.reason ? `: ${options.reason}` : ""}`.slice(0, 1_000);
  await (await deployment.states()).send(new StopExecutionCommand({ executionArn, error: "Stopped", cause }));
  const next = [lineOf(command, options)];
  return {
    json: { executionArn, status: "stopped", message: after, next },
    text: (style) =>
      [
        `${style.yellow("■")} It was stopped.`,
        `  ${plain(executionArn)}`,
        `  ${after}`,
        ...nextLines(next, style),
      ].join("\n"),
  };
}

/** What happens then, by itself. */
const AFTER = {
  rotation:
    "A recovery waits 75 seconds for what may still be at work, then brings secret and database to where AWSCURRENT logs in, and records it.",
  retirement: "The retirement is started again by itself, three times at most.",
  check: "It was a dry run: there is nothing to bring to rest.",
  run: "Its secrets that were not begun are untouched; of those that were, recoveries bring each to rest in a minute or two.",
} as const;

function idle({ options }: Work<unknown>, name: string): Answer {
  const next = [lineOf(["show", name], options)];
  return {
    json: { secret: name, status: "idle", next },
    text: (style) => [`Nothing rotates ${style.bold(plain(name))} now.`, ...nextLines(next, style)].join("\n"),
    exit: EXIT.skipped,
  };
}
