import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, expect, inject, it } from "vitest";
import { type ErrorName, RETRYABLE } from "../../src/errors.js";
import type { Definition, State } from "../../src/local/step-functions/machine.js";
import { unsupported } from "../../src/local/step-functions/unsupported.js";

const validate = createRequire(import.meta.url)("asl-validator") as (definition: unknown) => {
  isValid: boolean;
  errors: unknown[];
};

const machines = readdirSync("statemachines").map((file) => {
  const text = readFileSync(`statemachines/${file}`, "utf8");
  return { file, text, definition: JSON.parse(text) as Definition };
});
const template = JSON.parse(readFileSync(inject("template"), "utf8")) as {
  Resources: Record<string, { Type: string; Properties: { Timeout?: number; FunctionName?: string } }>;
};

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

/** The states of a machine, those inside its branches too. */
function statesOf({ States }: Pick<Definition, "States">): Array<[string, State]> {
  return Object.entries(States).flatMap(([name, state]) => [
    [name, state],
    ...((state.Branches as Definition[] | undefined) ?? []).flatMap(statesOf),
  ]);
}

const tasks = machines.flatMap(({ file, definition }) =>
  statesOf(definition)
    .filter(([, { Type }]) => Type === "Task")
    .map(([name, state]) => ({ name: `${file}: ${name}`, state: state as Task })),
);
const lambdas = tasks.filter(({ state }) => state.Resource?.endsWith("lambda:invoke"));

describe.each(machines)("$file", ({ text, definition }) => {
  it("is valid", () => {
    // A copy: the validator writes its defaults into what it is given.
    expect(validate(structuredClone(definition))).toMatchObject({ isValid: true, errors: [] });
  });

  it("has nothing that would be run otherwise here than on AWS", () => {
    expect(unsupported(definition)).toEqual([]);
  });

  it("has no null: osls drops them, and a ResultPath of null would become none at all", () => {
    expect(text).not.toMatch(/:\s*null/);
  });

  it("has States.ALL alone and last", () => {
    for (const list of [...text.matchAll(/"ErrorEquals":\s*(\[[^\]]*\])/g)].map(
      ([, found = "[]"]) => JSON.parse(found) as string[],
    )) {
      if (list.includes("States.ALL")) expect(list).toEqual(["States.ALL"]);
    }
  });
});

describe("every function that a machine invokes", () => {
  it.each(lambdas)("$name: is tried again for exactly the retryable errors and Lambda's own", ({ state }) => {
    const [again, once] = state.Retry;
    expect(again?.ErrorEquals).toEqual([
      ...RETRYABLE,
      "Lambda.ServiceException",
      "Lambda.AWSLambdaException",
      "Lambda.SdkClientException",
      "Lambda.TooManyRequestsException",
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

  it.each(lambdas)("$name: gives up later than the function does, so that nothing writes after it", ({ state }) => {
    const logicalId = `${state.Parameters.FunctionName?.replace(/[${}]/g, "")}LambdaFunction`;
    const timeout = template.Resources[logicalId]?.Properties.Timeout;
    expect(timeout).toBeGreaterThan(0);
    expect(timeout).toBeLessThan(state.TimeoutSeconds);
  });

  it.each(lambdas.filter(({ name }) => !/^(rotate-fleet|notice-move)/.test(name)))("$name: is caught", ({ state }) => {
    expect(state.Catch?.at(-1)?.ErrorEquals).toEqual(["States.ALL"]);
  });
});
