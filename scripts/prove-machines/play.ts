import { TaskError } from "../../src/local/step-functions/dispatch.js";
import type { Machine } from "../../src/local/step-functions/machine.js";
import { type Progress, run } from "../../src/local/step-functions/run.js";
import { insideOf } from "./machines.js";
import { type Outcome, type Outcomes, outcomesFor, type Scenario } from "./scenario.js";
import { type Trace, trace } from "./trace.js";

export interface Played {
  readonly trace: Trace;
  /** The outcomes that were asked for, by state and what it called. */
  readonly asked: Readonly<Record<string, Outcomes>>;
  readonly tries: readonly Tries[];
}

/** What became of a task each time that its state was entered. */
interface Tries {
  readonly state: string;
  count: number;
  /** Of what the first of them failed, which are all, or all but the last. */
  readonly failed: string[];
}

/** The execution's name, on every interpreter. */
export const EXECUTION = "scenario";

/** Plays a scenario on the interpreter of the embedded cloud. Waits pass in no time. */
export async function play(machine: Machine, { input, script }: Scenario): Promise<Played> {
  const tasks = scripted(script);
  const { history, ended } = await run(
    machine,
    { arn: executionArn(machine), name: EXECUTION, input, startDate: new Date() },
    {
      clock: () => new Date(),
      roleCaller: () => ({ arn: machine.roleArn }),
      speed: 1e6,
      region: "eu-central-1",
      call: nothing,
    },
    nothing,
    tasks.watch,
    tasks.perform,
  );
  const end = await ended;
  const entered = history.events().flatMap(({ stateEnteredEventDetails: details }) => {
    const { name, input: given } = (details ?? {}) as { name?: string; input: string };
    return name === undefined ? [] : [{ state: name, input: JSON.parse(given) }];
  });
  const read = end.status === "SUCCEEDED" ? { ...end, output: JSON.parse(end.output) } : end;
  return {
    trace: trace({ entered, tried: tasks.tried, end: read }, insideOf(machine.definition)),
    asked: Object.fromEntries(tasks.asked),
    tries: [...tasks.tries.values()],
  };
}

/** Tasks that answer by a script, and note what was asked of them. */
function scripted(script: Scenario["script"]) {
  const tried: Array<Trace["tried"][number]> = [];
  const asked = new Map<string, Outcomes>();
  const used = new Map<string, number>();
  const tries = new Map<string, Tries>();
  let state = "";
  let entry = 0;

  function next(parameters: unknown): Outcome {
    tried.push({ state, parameters });
    const key = keyOf(state, parameters);
    const outcomes = outcomesFor(script, state, key);
    if (!outcomes) throw new TaskError("States.Runtime", `The script has nothing for ${key}.`, false);
    asked.set(key, outcomes);
    const index = used.get(key) ?? 0;
    used.set(key, index + 1);
    const outcome = outcomes[Math.min(index, outcomes.length - 1)] as Outcome;

    const counted = tries.get(`${entry} ${key}`) ?? { state, count: 0, failed: [] };
    counted.count += 1;
    if ("error" in outcome) counted.failed.push(outcome.error);
    tries.set(`${entry} ${key}`, counted);
    return outcome;
  }

  return {
    ...{ tried, asked, tries },
    /** A task's start is told right before the task is done. */
    watch({ type, state: name }: Pick<Progress, "type" | "state">): void {
      if (type === "TaskStarted") state = name;
      if (type === "StateEntered") entry += 1;
    },
    async perform(_: string, parameters: unknown): Promise<unknown> {
      const outcome = next(parameters);
      if ("error" in outcome) throw new TaskError(outcome.error, outcome.cause);
      return structuredClone(outcome.result);
    },
  };
}

function executionArn({ arn }: Machine): string {
  return `${arn.replace(":stateMachine:", ":execution:")}:${EXECUTION}`;
}

async function nothing(): Promise<never> {
  throw new Error("A scenario calls nothing.");
}

/** As the second interpreter has it: `second.py`. */
function keyOf(state: string, parameters: unknown): string {
  const { FunctionName, Name } = parameters as { FunctionName?: string; Name?: string };
  return `${state} | ${FunctionName ?? Name ?? ""}`;
}
