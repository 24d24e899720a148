import type { Definition, State } from "../../../src/local/step-functions/machine.js";
import { machinesOf, type Template } from "./template.js";

export interface Task extends State {
  readonly TimeoutSeconds: number;
  readonly Parameters: { readonly FunctionName?: string };
  readonly Retry: ReadonlyArray<{
    ErrorEquals: string[];
    MaxAttempts: number;
    MaxDelaySeconds?: number;
    JitterStrategy: string;
  }>;
  readonly Catch?: ReadonlyArray<{ ErrorEquals: string[] }>;
}

/** The states of a machine, those inside its branches and maps too. */
export function statesOf({ States }: Pick<Definition, "States">): Array<[string, State]> {
  return Object.entries(States).flatMap(([name, state]) => [
    [name, state],
    ...[...((state.Branches as Definition[] | undefined) ?? []), state.ItemProcessor as Definition | undefined]
      .filter((inner) => inner !== undefined)
      .flatMap(statesOf),
  ]);
}

/** Every Task of every machine. */
export function tasksOf(template: Template): Array<{ name: string; state: Task; definition: Definition }> {
  return machinesOf(template).flatMap(({ machine, definition }) =>
    statesOf(definition)
      .filter(([, { Type }]) => Type === "Task")
      .map(([name, state]) => ({ name: `${machine}: ${name}`, state: state as Task, definition })),
  );
}

export function lambdasOf(template: Template) {
  return tasksOf(template).filter(({ state }) => state.Resource?.endsWith("lambda:invoke"));
}

/**
 * An environment's start comes before the function's time-out: ten seconds, and more in a VPC.
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-ib
 */
const START_SECONDS = 15;

/** The states that give up before the function that they wait for has, and could be overtaken by what it still writes. */
export function hasty(template: Template): string[] {
  return lambdasOf(template).flatMap(({ name, state, definition }) => {
    const { FunctionName } = state.Parameters;
    // A Map goes through a list of them.
    const listed = [...JSON.stringify(definition).matchAll(/"function":"([^"]+)"/g)].map(([, one = ""]) => one);
    const functions = FunctionName ? [FunctionName] : listed;
    if (functions.length === 0) return [`${name} invokes no function that is known`];
    return functions.flatMap((one) => {
      const id = `${one.replace(/[${}]/g, "")}LambdaFunction`;
      const timeout = Number(template.Resources[id]?.Properties?.Timeout);
      return state.TimeoutSeconds >= timeout + START_SECONDS
        ? []
        : [`${name} gives up after ${state.TimeoutSeconds} s, ${id} may take ${timeout} s after its start`];
    });
  });
}

/** Where a failure is to end the execution: nothing is half done there, and an alarm says it. */
const MAY_FAIL = [
  "rotate-fleet: List due secrets",
  "rotate-fleet: Sum up",
  // Whatever of it is not known by name.
  "rotate-fleet: Carry on anew",
  "notice-move: Notice move",
  "notice-move: Announce",
  "refresh-consumers: Plan refresh",
  "refresh-consumers: Refresh each",
  // Each of its iterations catches what fails.
  "check-secret: Check phases",
];

/** The states that can fail and of which nobody catches whatever it is; and those that may fail, and cannot any more. */
export function uncaught(template: Template): string[] {
  const failing = machinesOf(template).flatMap(({ machine, definition }) =>
    statesOf(definition)
      .filter(([, { Type }]) => ["Task", "Map", "Parallel"].includes(Type))
      .filter(([, state]) => !(state as Task).Catch?.at(-1)?.ErrorEquals.includes("States.ALL"))
      .map(([name]) => `${machine}: ${name}`),
  );
  return [
    ...failing.filter((name) => !MAY_FAIL.includes(name)),
    ...MAY_FAIL.filter((name) => !failing.includes(name)).map((name) => `${name} is caught or gone`),
  ];
}
