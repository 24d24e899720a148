import type { ExecutionStatus } from "@aws-sdk/client-sfn";
import { type FleetExecution, fleetExecution, fleetExecutions } from "../../aws/overview/runs.js";
import { REQUEST } from "../../fleet/request.js";
import { machineOf } from "../../rotation/ended.js";
import type { Answer, Work } from "../command.js";
import { confirmed } from "../confirm.js";
import { EXIT } from "../exit.js";
import { UsageError } from "../failure.js";
import { plain } from "../style.js";
import { lineOf } from "./again.js";
import { nextLines } from "./ending.js";
import { answerOf, goesOn, watched } from "./many.js";
import { start } from "./one.js";

export interface ResumeOptions {
  readonly yes?: boolean;
  readonly detach?: boolean;
}

/**
 * Starts a run that stopped itself, or was stopped, again with its own input: what was rotated since its time is left out, so
 * that it goes on with what is left.
 */
export async function resume(work: Work<ResumeOptions>, what: string): Promise<Answer> {
  const { deployment, host, options, progress, style } = work;
  const { RotateFleetArn } = await deployment.outputs();
  const states = await deployment.states();
  const run = what.includes(":execution:") ? await known(work, what, RotateFleetArn) : await newest(work, what);
  if (run.status === "RUNNING" || run.status === "SUCCEEDED") return nothing(work, what, run);
  for await (const other of fleetExecutions(states, RotateFleetArn, "RUNNING"))
    if (isSame(other, run)) return nothing(work, what, other);
  const of = String(run.input.schedule ?? REQUEST);
  const at = run.startedAt.toISOString();
  progress(`The run of ${style.bold(plain(of))} that began ${at} ended as ${run.status.toLowerCase()}.`);
  const does = "goes on with all of its secrets that were not rotated since";
  await confirmed(host, { yes: options.yes ?? false, does, word: "resume" });
  const executionArn = await start(work, RotateFleetArn, asAsked(run));
  if (options.detach) return goesOn(work, executionArn);
  const followed = await watched(work, executionArn);
  return followed?.end ? answerOf(work, [followed]) : { ...goesOn(work, executionArn), exit: EXIT.interrupted };
}

async function known({ deployment }: Work<unknown>, arn: string, machine: string): Promise<FleetExecution> {
  if (machineOf(arn) !== machine) throw new UsageError("That execution is none of this deployment's runs.");
  return fleetExecution(await deployment.states(), arn);
}

/** The schedule's run that ended last without having come through. */
async function newest({ deployment }: Work<unknown>, schedule: string): Promise<FleetExecution> {
  const { RotateFleetArn } = await deployment.outputs();
  const states = await deployment.states();
  const found: FleetExecution[] = [];
  for (const status of ENDED) {
    for await (const run of fleetExecutions(states, RotateFleetArn, status)) {
      if (run.input.schedule !== schedule) continue;
      found.push(run);
      break;
    }
  }
  const [last] = found.sort((a, b) => Number(b.startedAt) - Number(a.startedAt));
  if (last) return last;
  throw new UsageError(`No run of ${schedule} was stopped, as far as Step Functions remembers.`);
}

const ENDED: readonly ExecutionStatus[] = ["FAILED", "ABORTED", "TIMED_OUT"];

function isSame({ input }: FleetExecution, other: FleetExecution): boolean {
  return input.schedule !== undefined && input.schedule === other.input.schedule;
}

/** Whoever asks for many need not say when: it was when that began. */
function asAsked({ input, startedAt }: FleetExecution): object {
  if (input.selection === undefined || input.askedAt !== undefined) return input;
  return { ...input, askedAt: startedAt.toISOString() };
}

function nothing({ options }: Work<unknown>, what: string, { executionArn, status }: FleetExecution): Answer {
  const next = [lineOf(["status"], options)];
  const message = status === "RUNNING" ? "A run of it goes on." : "It has come through: nothing is left to go on with.";
  return {
    json: { executionArn, status: status === "RUNNING" ? "running" : "succeeded", message, next },
    text: (style) => [`${plain(what)}: ${message}`, `  ${plain(executionArn)}`, ...nextLines(next, style)].join("\n"),
    exit: EXIT.skipped,
  };
}
