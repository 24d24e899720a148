import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, expect, inject, it } from "vitest";
import { parse } from "yaml";
import { type ErrorName, RETRYABLE } from "../../src/errors.js";
import type { Definition, State } from "../../src/local/step-functions/machine.js";
import { unsupported } from "../../src/local/step-functions/unsupported.js";

const validate = createRequire(import.meta.url)("asl-validator") as (definition: unknown) => {
  isValid: boolean;
  errors: unknown[];
};

const { Resources } = JSON.parse(readFileSync(inject("template"), "utf8")) as {
  Resources: Record<
    string,
    { Type: string; Properties: { Definition?: Definition; Timeout?: number; StateMachineName?: string } }
  >;
};
/** As they are deployed, not as they are written. */
const machines = Object.values(Resources)
  .filter(({ Type }) => Type === "AWS::StepFunctions::StateMachine")
  .map(({ Properties: { Definition, StateMachineName = "" } }) => ({
    machine: StateMachineName.replace("keyturn-dev-", ""),
    definition: Definition as Definition,
  }));

interface Task extends State {
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
function statesOf({ States }: Pick<Definition, "States">): Array<[string, State]> {
  return Object.entries(States).flatMap(([name, state]) => [
    [name, state],
    ...[...((state.Branches as Definition[] | undefined) ?? []), state.ItemProcessor as Definition | undefined]
      .filter((inner) => inner !== undefined)
      .flatMap(statesOf),
  ]);
}

/** Every name of a field in it, however deep. */
function fieldsIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  const own = Array.isArray(value) ? [] : Object.keys(value);
  return [...own, ...Object.values(value).flatMap(fieldsIn)];
}

/** The functions that a Map goes through. */
function listedIn(definition: Definition): string[] {
  return [...JSON.stringify(definition).matchAll(/"function":"([^"]+)"/g)].map(([, name = ""]) => name);
}

const tasks = machines.flatMap(({ machine, definition }) =>
  statesOf(definition)
    .filter(([, { Type }]) => Type === "Task")
    .map(([name, state]) => ({ name: `${machine}: ${name}`, state: state as Task, definition })),
);
/** What a function says by failing: replicas lag. */
const WAITING = "rotate-secret: Wait for replicas";

/**
 * An environment's start comes before the function's time-out: ten seconds, and more in a VPC.
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-ib
 */
const START_SECONDS = 15;

const lambdas = tasks.filter(({ state }) => state.Resource?.endsWith("lambda:invoke"));

it("every file of statemachines/ is deployed as the machine of its name", () => {
  const written = readdirSync("statemachines").map((file) => file.replace(/\.asl\.yml$/, ""));
  expect(written.sort()).toEqual(machines.map(({ machine }) => machine).sort());
});

describe.each(machines)("$machine", ({ machine, definition }) => {
  const written = parse(readFileSync(`statemachines/${machine}.asl.yml`, "utf8"), { merge: true });

  it("is valid", () => {
    // A copy: the validator writes its defaults into what it is given.
    expect(validate(structuredClone(definition))).toMatchObject({ isValid: true, errors: [] });
  });

  it("has nothing that would be run otherwise here than on AWS", () => {
    expect(unsupported(definition)).toEqual([]);
  });

  it("is packaged as it is written, with nothing left of YAML", () => {
    expect(definition).toEqual(written);
    const known = ["Comment", "StartAt", "TimeoutSeconds", "States"];
    expect(Object.keys(definition).filter((field) => !known.includes(field))).toEqual([]);
    expect(fieldsIn(definition).filter((field) => field === "<<" || field.startsWith("x-"))).toEqual([]);
  });

  it("has no null: osls drops them, and a ResultPath of null would become none at all", () => {
    expect(JSON.stringify(written)).not.toContain(":null");
  });

  it("has States.ALL alone and last", () => {
    for (const [, { Retry = [], Catch = [] }] of statesOf(definition)) {
      for (const list of [Retry, Catch] as Array<Array<{ ErrorEquals: string[] }>>) {
        const all = list.findIndex(({ ErrorEquals }) => ErrorEquals.includes("States.ALL"));
        if (all < 0) continue;
        expect(list[all]?.ErrorEquals).toEqual(["States.ALL"]);
        expect(all).toBe(list.length - 1);
      }
    }
  });
});

// A wildcard retrier would try again for minutes what only a Catch can answer.
it.each(tasks)("$name: what is caught by name is not tried again", ({ state: { Retry = [], Catch = [] } }) => {
  for (const name of Catch.flatMap(({ ErrorEquals }) => ErrorEquals)) {
    if (name.startsWith("States.")) continue;
    const first = Retry.find(({ ErrorEquals }) => ErrorEquals.some((one) => one === name || one === "States.ALL"));
    expect(first?.MaxAttempts ?? 0).toBe(0);
  }
});

// Under its names in botocore's model and in what Step Functions was seen to say.
it("a fleet waits where Step Functions takes no more executions", () => {
  const start = tasks.find(({ name }) => name === "rotate-fleet: Rotate one");
  expect(start?.state.Retry.flatMap(({ ErrorEquals }) => ErrorEquals)).toEqual([
    "StepFunctions.ThrottlingException",
    "StepFunctions.SdkClientException",
    "StepFunctions.ExecutionLimitExceeded",
    "StepFunctions.ExecutionLimitExceededException",
    "StepFunctions.AWSStepFunctionsException",
  ]);
});

// A path that is missing fails the Map, and with it every rotation that is under way.
it.each(["rotate-secret", "check-secret"])(
  "%s says how it ended wherever it ends well, because a fleet reads that",
  (name) => {
    const [{ definition } = { definition: { StartAt: "", States: {} } as Definition }] = machines.filter(
      ({ machine }) => machine === name,
    );
    const ends = Object.values(definition.States).filter(({ Type, End }) => Type === "Succeed" || End === true);
    expect(ends.length).toBeGreaterThan(0);
    for (const { OutputPath, Result } of ends) {
      if (OutputPath === undefined) expect(Result).toEqual({ outcome: expect.any(String), reason: expect.any(String) });
    }
  },
);

describe("every function that a machine invokes", () => {
  it.each(lambdas)("$name: is tried again for exactly the retryable errors and Lambda's own", ({ name, state }) => {
    const [again, once, ...more] = name === WAITING ? state.Retry.slice(1) : state.Retry;
    expect(more).toEqual([]);
    expect(again?.ErrorEquals).toEqual([
      ...RETRYABLE,
      "Lambda.ServiceException",
      "Lambda.AWSLambdaException",
      "Lambda.SdkClientException",
      "Lambda.TooManyRequestsException",
      "Lambda.ResourceNotReadyException",
      "Lambda.ClientExecutionTimeoutException",
    ]);
    expect(again).toMatchObject({ JitterStrategy: "FULL", MaxDelaySeconds: expect.any(Number), BackoffRate: 2 });
    expect(once).toMatchObject({
      ErrorEquals: ["Lambda.Unknown", "Sandbox.Timedout", "Runtime.ExitError", "States.Timeout"],
      MaxAttempts: 1,
    });
    const final: ErrorName[] = [
      "InvalidSecretError",
      "AccessDeniedError",
      "CredentialRejectedError",
      "ConflictError",
      "UnsupportedError",
      "InternalError",
    ];
    for (const name of final) expect(state.Retry.flatMap(({ ErrorEquals }) => ErrorEquals)).not.toContain(name);
  });

  it.each(lambdas)(
    "$name: gives up later than the function does and its environment takes to start, so that nothing writes after it",
    ({ state, definition }) => {
      const { FunctionName } = state.Parameters;
      const functions = FunctionName ? [FunctionName] : listedIn(definition);
      expect(functions.length).toBeGreaterThan(0);
      for (const name of functions.map((one) => one.replace(/[${}]/g, ""))) {
        const timeout = Resources[`${name}LambdaFunction`]?.Properties.Timeout;
        expect(timeout).toBeGreaterThan(0);
        expect(state.TimeoutSeconds).toBeGreaterThanOrEqual((timeout ?? 0) + START_SECONDS);
      }
    },
  );

  it("is waited for by whoever takes over from an execution that ended", () => {
    const { definition } = machines.find(({ machine }) => machine === "rotate-secret") ?? {};
    const waits = Object.values(definition?.States ?? {}).filter(({ Type }) => Type === "Wait");
    const longest = Math.max(
      ...lambdas.filter(({ name }) => name.startsWith("rotate-secret")).map(({ state }) => state.TimeoutSeconds),
    );
    expect(waits).toHaveLength(2);
    for (const { Seconds } of waits) expect(Seconds).toBeGreaterThan(longest);
  });

  it.each(lambdas.filter(({ name }) => !/^(rotate-fleet|notice-move)/.test(name)))("$name: is caught", ({ state }) => {
    expect(state.Catch?.at(-1)?.ErrorEquals).toEqual(["States.ALL"]);
  });
});
