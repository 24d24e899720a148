import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { type ErrorName, RETRYABLE } from "../../src/errors.js";
import type { Definition } from "../../src/local/step-functions/machine.js";
import { unsupported } from "../../src/local/step-functions/unsupported.js";
import { LAST_FUNCTION_SECONDS } from "../../src/rotation/plan/plan.js";
import { missingPaths } from "./checks/paths.js";
import { hasty, lambdasOf, statesOf, tasksOf, uncaught } from "./checks/states.js";
import { machinesOf, packagedTemplate } from "./checks/template.js";

const validate = createRequire(import.meta.url)("asl-validator") as (definition: unknown) => {
  isValid: boolean;
  errors: unknown[];
};

const template = packagedTemplate();
/** As they are deployed, not as they are written. */
const machines = machinesOf(template);

/** Every name of a field in it, however deep. */
function fieldsIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  const own = Array.isArray(value) ? [] : Object.keys(value);
  return [...own, ...Object.values(value).flatMap(fieldsIn)];
}

const tasks = tasksOf(template);
/** What a function says by failing: replicas lag. */
const WAITING = "rotate-secret: Wait for replicas";

const lambdas = lambdasOf(template);

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

/** Machines whose functions log in to databases. */
const mayBeInVpc = (name: string) => /^(rotate|check|retire)-secret/.test(name);

describe("every function that a machine invokes", () => {
  it.each(lambdas)("$name: is tried again for exactly the retryable errors and Lambda's own", ({ name, state }) => {
    const [again, once, ...more] = state.Retry.slice((name === WAITING ? 1 : 0) + (mayBeInVpc(name) ? 1 : 0));
    expect(more).toEqual([]);
    expect(again?.ErrorEquals).toEqual([
      ...RETRYABLE,
      "Lambda.ServiceException",
      "Lambda.AWSLambdaException",
      "Lambda.SdkClientException",
      "Lambda.TooManyRequestsException",
      ...(mayBeInVpc(name) ? [] : ["Lambda.ResourceNotReadyException"]),
      "Lambda.ClientExecutionTimeoutException",
    ]);
    if (mayBeInVpc(name))
      expect(
        state.Retry.find(({ ErrorEquals }) => ErrorEquals[0] === "Lambda.ResourceNotReadyException"),
      ).toMatchObject({
        ErrorEquals: [
          "Lambda.ResourceNotReadyException",
          "Lambda.ENINotReadyException",
          "Lambda.EC2ThrottledException",
        ],
        IntervalSeconds: 10,
        MaxAttempts: 12,
        BackoffRate: 1,
      });
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

  it("gives up sooner than the state that waits for it, its environment's start included, so that nothing writes after it", () =>
    expect(hasty(template)).toEqual([]));

  it("is waited for by whoever takes over from an execution that ended", () => {
    const { definition } = machines.find(({ machine }) => machine === "rotate-secret") ?? {};
    const waits = Object.values(definition?.States ?? {}).filter(({ Type }) => Type === "Wait");
    const longest = Math.max(
      ...lambdas.filter(({ name }) => name.startsWith("rotate-secret")).map(({ state }) => state.TimeoutSeconds),
    );
    // The other is told by Plan how long.
    expect(waits.map(({ Seconds, SecondsPath }) => Seconds ?? SecondsPath)).toEqual([
      "$.plan.seconds",
      LAST_FUNCTION_SECONDS,
    ]);
    expect(LAST_FUNCTION_SECONDS).toBeGreaterThan(longest);
  });
});

it("whatever fails is caught, but where it is to end the execution", () => expect(uncaught(template)).toEqual([]));

it("no state reads what may be missing", () => expect(missingPaths(template)).toEqual([]));
