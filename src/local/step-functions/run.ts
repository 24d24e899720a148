import { setTimeout as sleep } from "node:timers/promises";
import type { Surroundings } from "../service.js";
import { dispatch, type Reach, TaskError } from "./dispatch.js";
import { type End, type History, history } from "./history.js";
import { type Interpreted, loadInterpreter } from "./interpreter.js";
import { DATA_LIMIT, type Definition, type Machine, prepared, type State, waitsAsSaid } from "./machine.js";
import { machineCaller } from "./role.js";
import { stateNow } from "./state-now.js";
import { capitalized } from "./wire.js";

export interface Run {
  readonly history: History;
  readonly ended: Promise<End>;
  /** Ends it at once, and its timers; a task that is under way may finish, but nothing follows from it. */
  abort(): void;
  /** Stops the executions that it waits for. */
  stopChildren(): void;
}

export interface Started {
  readonly arn: string;
  readonly name: string;
  readonly input: unknown;
  readonly startDate: Date;
}

/** What someone who watches is told, at the moment it happens. */
export interface Progress {
  readonly type: "StateEntered" | "TaskStarted" | "TaskSucceeded" | "TaskFailed";
  readonly state: string;
  readonly retryCount: number;
  readonly at: Date;
  readonly error?: string;
}

/** Runs one execution in the interpreter. `perform`: does what a task says. */
export async function run(
  machine: Machine,
  started: Started,
  surroundings: Pick<Surroundings, "call" | "clock" | "region" | "roleCaller" | "speed">,
  childEnd: (executionArn: string) => Promise<void>,
  watch: (progress: Progress) => void,
  perform: typeof dispatch = dispatch,
): Promise<Run> {
  const { StateMachine } = await loadInterpreter();
  const log = history(started.startDate, new Set(Object.keys(machine.definition.States)));
  const now = stateNow();
  const caller = machineCaller(machine, started.name, surroundings);
  const definition = prepared(machine.definition, surroundings.speed);
  const states = statesOf(machine.definition.States);
  const over = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    over.signal.addEventListener("abort", () =>
      reject(new TaskError("States.Runtime", "The execution was aborted.", false)),
    );
  });
  aborted.catch(() => undefined);

  const children = new Set<string>();
  let stops = 0;
  const stopChild = (executionArn: string) =>
    void surroundings.call("states", "StopExecution", { executionArn }, caller).catch(() => undefined);
  /**
   * What `.sync` waits for is stopped when the execution is, or when another iteration of its Map fails, if the machine's
   * role may. https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html#connect-sync
   */
  const stopChildren = () => {
    stops += 1;
    for (const executionArn of children) stopChild(executionArn);
  };
  /** For one task: the child's start may have been under way when all were stopped. */
  const childOfTask = (): Reach["child"] => {
    const before = stops;
    return (executionArn) => {
      if (stops > before) stopChild(executionArn);
      children.add(executionArn);
      return childEnd(executionArn)
        .then(() => surroundings.call("states", "DescribeExecution", { executionArn }, caller))
        .then(capitalized)
        .finally(() => children.delete(executionArn));
    };
  };

  /** Until a moment, or for some seconds, as much sooner as waits pass faster. */
  const wait = async (input: unknown) => {
    const { until, seconds } = input as { until?: string; seconds?: unknown };
    const length = typeof seconds === "number" ? seconds * 1_000 : Number.NaN;
    const ms = until === undefined ? length : Date.parse(until) - surroundings.clock().getTime();
    if (Number.isNaN(ms)) throw new TaskError("States.Runtime", `${until ?? seconds} is nothing to wait for.`, false);
    await sleep(Math.max(ms / surroundings.speed, 0), undefined, { signal: over.signal });
    return {};
  };

  const task = (name: string) => async (input: unknown) => {
    if (over.signal.aborted) return aborted;
    const attempt = now.begin(name);
    const resource = states.get(name)?.Resource ?? "";
    const tell = (type: Progress["type"], error?: string) =>
      watch({
        type,
        state: name,
        retryCount: attempt.retryCount,
        at: surroundings.clock(),
        ...(error ? { error } : {}),
      });
    log.task(attempt.entry, "TaskScheduled", { resource, region: surroundings.region, parameters: input });
    tell("TaskStarted");
    try {
      within(input);
      const output = await Promise.race([
        perform(resource, input, { surroundings, caller, child: childOfTask() }),
        aborted,
      ]);
      within(output);
      attempt.succeeded();
      log.task(attempt.entry, "TaskSucceeded", { resource, output });
      tell("TaskSucceeded");
      return output;
    } catch (error) {
      if (over.signal.aborted) throw error;
      const { name: code, message } = error as TaskError;
      log.task(attempt.entry, "TaskFailed", { resource, error: code, cause: message });
      tell("TaskFailed", code);
      throw error;
    }
  };

  const execution = new StateMachine(
    {
      ...definition,
      States: watched(definition.States, (name) => {
        now.enter(name, surroundings.clock());
        watch({ type: "StateEntered", state: name, retryCount: 0, at: surroundings.clock() });
      }),
    },
    { validationOptions: { noValidate: true } },
  ).run(started.input, {
    overrides: {
      taskResourceLocalHandlers: new Proxy(
        {},
        { get: (_, name: string) => (waitsAsSaid(states.get(name)) ? wait : task(name)) },
      ),
    },
    context: {
      Execution: { Id: started.arn, Name: started.name, RoleArn: machine.roleArn },
      StateMachine: { Id: machine.arn, Name: machine.name },
      State: now.context,
      StartTime: started.startDate.toISOString(),
    },
  });
  const ended = finish(execution, log, states, () => {
    if (!over.signal.aborted) stopChildren();
  });
  return {
    history: log,
    ended,
    abort() {
      over.abort();
      execution.abort();
    },
    stopChildren,
  };
}

async function finish(
  { result, eventLogs }: Interpreted,
  log: History,
  states: ReadonlyMap<string, State>,
  stopChildren: () => void,
): Promise<End> {
  const settled = result.then(
    (output): End => ({ status: "SUCCEEDED", output: JSON.stringify(output) }),
    () => undefined,
  );
  let end: End | undefined;
  for await (const event of eventLogs) {
    const state = event.state && { ...event.state, type: states.get(event.state.name)?.Type ?? event.state.type };
    if (STOPS_CHILDREN.has(event.type)) stopChildren();
    end = log.interpreted({ ...event, ...(state ? { state } : {}) }) ?? end;
  }
  return (await settled) ?? end ?? { status: "FAILED", error: "States.Runtime" };
}

const STOPS_CHILDREN: ReadonlySet<string> = new Set(["MapIterationFailed", "ParallelBranchFailed", "ExecutionTimeout"]);

/** The states, telling when the interpreter takes one up. */
function watched(
  states: Readonly<Record<string, State>>,
  enter: (name: string) => void,
): Readonly<Record<string, State>> {
  return new Proxy(states, {
    get(target, name: string) {
      const state = target[name];
      if (state) enter(name);
      return state;
    },
  });
}

/** Every state, those inside a Map or a Parallel too. */
function statesOf(states: Readonly<Record<string, State>>, found = new Map<string, State>()): Map<string, State> {
  for (const [name, state] of Object.entries(states)) {
    found.set(name, state);
    const processor = (state.ItemProcessor ?? state.Iterator) as Pick<Definition, "States"> | undefined;
    const branches = (state.Branches as readonly Pick<Definition, "States">[] | undefined) ?? [];
    for (const inner of [...(processor ? [processor] : []), ...branches]) statesOf(inner.States, found);
  }
  return found;
}

function within(value: unknown): void {
  if (Buffer.byteLength(JSON.stringify(value) ?? "null") <= DATA_LIMIT) return;
  throw new TaskError(
    "States.DataLimitExceeded",
    "The state/task returned a result with a size exceeding the maximum number of bytes service limit.",
    false,
  );
}
