import { describe, expect, it } from "vitest";
import {
  type Caller,
  FunctionError,
  type Store,
  type Surroundings,
  type Taker,
  type Touched,
} from "../../../src/local/service.js";
import type { Definition } from "../../../src/local/step-functions/machine.js";
import { type StepFunctions, stepFunctions } from "../../../src/local/step-functions/service.js";
import { gate } from "../../tools/barriers.js";

const arn = "arn:aws:states:eu-central-1:1:stateMachine:m";
const root: Caller = { arn: "root" };

function memory(): Store {
  const values = new Map<string, unknown>();
  return {
    get: async (key) => values.get(key),
    put: async (key, value) => void values.set(key, value),
    del: async (key) => void values.delete(key),
    batch: async () => undefined,
    async *entries() {
      yield* values;
    },
  };
}

/** A machine whose functions are closures. */
function machine(
  States: Definition["States"],
  StartAt: string,
  lambda: (payload: never) => unknown = () => null,
  stores = new Map<string, Store>(),
  authorize: Surroundings["authorize"] = () => undefined,
) {
  const emitted: string[] = [];
  const called: Array<{ operation: string; caller: Caller }> = [];
  const surroundings = {
    clock: () => new Date(),
    region: "eu-central-1",
    store: (name: string) => stores.get(name) ?? stores.set(name, memory()).get(name),
    async call(name: string, operation: string, input: { Payload: never }, caller: Caller) {
      called.push({ operation, caller });
      return name === "states"
        ? service.handle({ operation, input, caller: root })
        : { Payload: await lambda(input.Payload) };
    },
    emit: (event: { detail: { status: string } }) => emitted.push(event.detail.status),
    accountId: "1",
    roleCaller: (roleArn: string, _: string, { service: by, sourceArn }: Taker) => ({
      arn: `${roleArn} by ${by} for ${sourceArn}`,
    }),
    authorize,
    speed: 1_000,
  } as unknown as Surroundings;
  const service: StepFunctions = stepFunctions(surroundings, [
    { name: "m", arn, roleArn: "role", type: "STANDARD", definition: { StartAt, States } },
  ]);
  const call = (operation: string, input: object) =>
    service.handle({ operation, input: input as Record<string, unknown>, caller: root });
  return {
    service,
    emitted,
    called,
    call,
    async run(input: unknown = {}, name?: string) {
      const { executionArn } = await call("StartExecution", {
        stateMachineArn: arn,
        input: JSON.stringify(input),
        ...(name ? { name } : {}),
      });
      await service.settled();
      return call("DescribeExecution", { executionArn });
    },
  };
}

const task = (Payload: unknown, more: object = {}) => ({
  Type: "Task",
  Resource: "arn:aws:states:::lambda:invoke",
  Parameters: { FunctionName: "f", Payload },
  TimeoutSeconds: 100,
  ...more,
});

describe("an execution", () => {
  it("knows its machine's definition", async () => {
    const { run, call } = machine({ A: { Type: "Pass", End: true } }, "A", () => undefined);
    const { executionArn } = await run();
    const found = await call("DescribeStateMachineForExecution", { executionArn });
    expect(JSON.parse(String(found.definition))).toMatchObject({ States: { A: { Type: "Pass" } } });
    const missing = call("DescribeStateMachineForExecution", { executionArn: `${executionArn}x` });
    await expect(missing).rejects.toMatchObject({ code: "ExecutionDoesNotExist" });
  });

  it("tells its tasks the retry count, and itself by name", async () => {
    const seen: unknown[] = [];
    const { run } = machine(
      {
        A: task(
          { "count.$": "$$.State.RetryCount", "state.$": "$$.State.Name", "execution.$": "$$.Execution.Name" },
          {
            Retry: [{ ErrorEquals: ["Nope"], IntervalSeconds: 1, MaxAttempts: 2 }],
            Next: "B",
          },
        ),
        B: task({ "count.$": "$$.State.RetryCount", "state.$": "$$.State.Name" }, { End: true }),
      },
      "A",
      (payload: { state: string }) => {
        seen.push(payload);
        if (seen.length < 3) throw new FunctionError("Nope", "not yet");
        return payload;
      },
    );
    expect(await run({}, "me")).toMatchObject({ status: "SUCCEEDED" });
    expect(seen).toEqual([
      { count: 0, state: "A", execution: "me" },
      { count: 1, state: "A", execution: "me" },
      { count: 2, state: "A", execution: "me" },
      { count: 0, state: "B" },
    ]);
  });

  it("is one however often it is started while it runs, and its name is taken afterwards", async () => {
    let finish = () => undefined as unknown;
    const work = new Promise((resolve) => {
      finish = () => resolve(null);
    });
    const { call, run, service } = machine({ A: task({}, { End: true }) }, "A", () => work);
    const start = () => call("StartExecution", { stateMachineArn: arn, name: "one", input: "{}" });
    expect((await start()).executionArn).toBe((await start()).executionArn);
    await expect(
      call("StartExecution", { stateMachineArn: arn, name: "one", input: '{"other":1}' }),
    ).rejects.toMatchObject({ code: "ExecutionAlreadyExists" });
    finish();
    await service.settled();
    await expect(start()).rejects.toMatchObject({ code: "ExecutionAlreadyExists" });
    expect((await run()).status).toBe("SUCCEEDED");
  });

  it.each([
    [{ name: "with space" }, "InvalidName"],
    [{ name: "a/b" }, "InvalidName"],
    [{ name: "x".repeat(81) }, "InvalidName"],
    [{ input: "no JSON" }, "InvalidExecutionInput"],
    [{ input: JSON.stringify("x".repeat(262_144)) }, "InvalidExecutionInput"],
    [{ stateMachineArn: "arn:other" }, "StateMachineDoesNotExist"],
  ])("that is started with %j is refused", async (given, code) => {
    const { call } = machine({ A: { Type: "Succeed" } }, "A");
    await expect(call("StartExecution", { stateMachineArn: arn, input: "{}", ...given })).rejects.toMatchObject({
      code,
    });
  });

  it("fails of a task's answer over the data limit, and no Catch sees it", async () => {
    const { run, emitted } = machine(
      { A: task({}, { Catch: [{ ErrorEquals: ["States.ALL"], Next: "B" }], End: true }), B: { Type: "Succeed" } },
      "A",
      () => "x".repeat(300_000),
    );
    expect(await run()).toMatchObject({ status: "FAILED", error: "States.DataLimitExceeded" });
    expect(emitted).toEqual(["RUNNING", "FAILED"]);
  });

  // https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
  it.each([
    ["in what a task is given", { Parameters: { FunctionName: "f", "Payload.$": "$.nowhere" } }],
    ["in what is taken of its answer", { ResultSelector: { "taken.$": "$.Payload.nowhere" } }],
  ])("fails of a path that is missing %s, and no Catch sees it", async (_, more) => {
    const { run } = machine(
      {
        A: task({}, { Catch: [{ ErrorEquals: ["States.ALL"], Next: "B" }], End: true, ...more }),
        B: { Type: "Succeed" },
      },
      "A",
      () => ({ somewhere: 1 }),
    );
    expect(await run()).toMatchObject({ status: "FAILED", error: "States.Runtime" });
  });

  it("that is over its task's time is caught as such", async () => {
    const { run } = machine(
      {
        A: task({}, { TimeoutSeconds: 1, Catch: [{ ErrorEquals: ["States.Timeout"], Next: "B" }], End: true }),
        B: { Type: "Succeed" },
      },
      "A",
      () => new Promise(() => undefined),
    );
    expect(await run()).toMatchObject({ status: "SUCCEEDED" });
  });

  it("keeps a history in the order in which things happened", async () => {
    const { call, run } = machine({ A: task({}, { Next: "B" }), B: { Type: "Pass", End: true } }, "A", () => "done");
    const { executionArn } = await run();
    const { events } = (await call("GetExecutionHistory", { executionArn })) as {
      events: Array<{ type: string; taskScheduledEventDetails?: object }>;
    };
    // https://docs.aws.amazon.com/step-functions/latest/apireference/API_TaskScheduledEventDetails.html
    expect(events[2]?.taskScheduledEventDetails).toEqual({
      resourceType: "lambda",
      resource: "arn:aws:states:::lambda:invoke",
      region: "eu-central-1",
      parameters: '{"FunctionName":"f","Payload":{}}',
    });
    expect(events.map(({ type }) => type)).toEqual([
      "ExecutionStarted",
      "TaskStateEntered",
      "TaskScheduled",
      "TaskSucceeded",
      "TaskStateExited",
      "PassStateEntered",
      "PassStateExited",
      "ExecutionSucceeded",
    ]);
  });

  it("waits until the moment that its input names, as much sooner as waits pass faster, and passes its input on", async () => {
    const { call, run, service } = machine(
      {
        A: { Type: "Wait", TimestampPath: "$.until", Next: "B" },
        B: task({ "until.$": "$.until" }, { OutputPath: "$.Payload", End: true }),
      },
      "A",
      (payload) => payload,
    );
    const past = { until: "2020-01-01T00:00:00.000Z" };
    expect(JSON.parse(String((await run(past)).output))).toEqual(past);
    // Five minutes: at full speed the test would be over its time.
    const { executionArn, status } = await run({ until: new Date(Date.now() + 300_000).toISOString() });
    expect(status).toBe("SUCCEEDED");
    const { events } = (await call("GetExecutionHistory", { executionArn })) as { events: Array<{ type: string }> };
    expect(events.map(({ type }) => type)).toContain("WaitStateEntered");
    const input = JSON.stringify({ until: new Date(Date.now() + 1e9).toISOString() });
    const waiting = await call("StartExecution", { stateMachineArn: arn, input });
    await call("StopExecution", { executionArn: waiting.executionArn });
    await service.settled();
    expect(await call("DescribeExecution", { executionArn: waiting.executionArn })).toMatchObject({
      status: "ABORTED",
    });
  });

  it("merges objects, and shows both in its history as they were", async () => {
    const given = { a: { one: 1, both: 1 }, b: { two: 2, both: 2 } };
    const merge = { Type: "Pass", Parameters: { "merged.$": "States.JsonMerge($.a, $.b, false)" }, End: true };
    const { call, run } = machine({ A: merge }, "A");
    const { executionArn, output } = await run(given);
    expect(JSON.parse(String(output))).toEqual({ merged: { one: 1, two: 2, both: 2 } });
    const { events } = (await call("GetExecutionHistory", { executionArn })) as {
      events: Array<{ stateEnteredEventDetails?: { input: string } }>;
    };
    expect(
      events.flatMap(({ stateEnteredEventDetails: entered }) => (entered ? [JSON.parse(entered.input)] : [])),
    ).toEqual([given]);
  });

  it("waits for as long as its input says, as much sooner as waits pass faster", async () => {
    const { run } = machine({ A: { Type: "Wait", SecondsPath: "$.seconds", End: true } }, "A");
    // Half an hour.
    expect(await run({ seconds: 1_800 })).toMatchObject({ status: "SUCCEEDED" });
    expect(await run({ seconds: "many" })).toMatchObject({ status: "FAILED", error: "States.Runtime" });
  });

  it("waits so inside a Map, too", async () => {
    const wait = { Type: "Wait", SecondsPath: "$.seconds", End: true };
    const each = { StartAt: "B", States: { B: wait } };
    const { run } = machine({ A: { Type: "Map", ItemsPath: "$", ItemProcessor: each, End: true } }, "A");
    const items = [{ seconds: 1_800 }, { seconds: 900 }];
    const { status, output } = await run(items);
    expect({ status, output: JSON.parse(String(output)) }).toEqual({ status: "SUCCEEDED", output: items });
  });

  it("that waits for what is no moment fails, as on AWS", async () => {
    const { run } = machine(
      {
        A: { Type: "Wait", TimestampPath: "$.until", End: true },
      },
      "A",
    );
    expect(await run({ until: "soon" })).toMatchObject({ status: "FAILED", error: "States.Runtime" });
  });

  it("has the executions that it waits for stopped when an iteration of its Map fails, and when it is stopped itself", async () => {
    const { call, run, service } = machine(
      {
        "Which?": {
          Type: "Choice",
          Choices: [{ Variable: "$.child", IsPresent: true, Next: "Hang" }],
          Default: "Each",
        },
        Hang: task({}, { End: true }),
        Each: {
          Type: "Map",
          ItemsPath: "$.items",
          ItemProcessor: {
            StartAt: "One",
            States: {
              One: {
                Type: "Task",
                Resource: "arn:aws:states:::states:startExecution.sync:2",
                Parameters: { "StateMachineArn.$": "$.machine", "Name.$": "$.name", Input: { child: true } },
                TimeoutSeconds: 60,
                End: true,
              },
            },
          },
          End: true,
        },
      },
      "Which?",
      () => new Promise(() => undefined),
    );
    const waited = { machine: arn, name: "waited-for" };
    const ended = (name: string) =>
      call("DescribeExecution", { executionArn: `${arn.replace(":stateMachine:", ":execution:")}:${name}` });
    // The second cannot be started: nothing has its name.
    const failed = await run({ items: [waited, { machine: arn }] });
    expect(failed).toMatchObject({ status: "FAILED", error: "States.Runtime" });
    expect(await ended("waited-for")).toMatchObject({ status: "ABORTED" });

    const input = JSON.stringify({ items: [{ machine: arn, name: "waited-for-too" }] });
    const begun = new Promise<void>((resolve) => {
      service.onHistory(({ type, state }) => type === "TaskStarted" && state === "Hang" && resolve());
    });
    const parent = await call("StartExecution", { stateMachineArn: arn, input });
    await begun;
    await call("StopExecution", { executionArn: parent.executionArn });
    await service.settled();
    expect(await ended("waited-for-too")).toMatchObject({ status: "ABORTED" });
  });

  it("that ran when the process died is ABORTED at the next start", async () => {
    const stores = new Map<string, Store>();
    const first = machine({ A: task({}, { End: true }) }, "A", () => new Promise(() => undefined), stores);
    const { executionArn } = await first.call("StartExecution", { stateMachineArn: arn, input: "{}" });
    await first.service.stop();
    const second = machine({ A: task({}, { End: true }) }, "A", () => null, stores);
    await second.service.abortOrphans();
    expect(await second.call("DescribeExecution", { executionArn })).toMatchObject({ status: "ABORTED" });
    expect(second.emitted).toEqual(["ABORTED"]);
  });

  it("that was being begun when the machines were stopped tells nobody and runs nothing", async () => {
    const stores = new Map<string, Store>();
    const written = gate();
    const begins = gate();
    const put = () => {
      begins.open();
      return written.opened;
    };
    stores.set("executions", { ...memory(), put });
    const { service, call, emitted, called } = machine({ A: task({}, { End: true }) }, "A", () => null, stores);
    const begun = call("StartExecution", { stateMachineArn: arn, input: "{}" });
    await begins.opened;
    await service.stop();
    written.open();
    expect(await begun).toHaveProperty("executionArn");
    expect([emitted, called]).toEqual([[], []]);
  });
});

describe("a machine that waits for executions", () => {
  const waits = {
    Child: {
      Type: "Task",
      Resource: "arn:aws:states:::states:startExecution.sync:2",
      Parameters: { StateMachineArn: arn, Input: { leaf: true } },
      TimeoutSeconds: 60,
      End: true,
    },
    Leaf: { Type: "Pass", End: true },
    "Which?": { Type: "Choice", Choices: [{ Variable: "$.leaf", IsPresent: true, Next: "Leaf" }], Default: "Child" },
  };

  // https://docs.aws.amazon.com/step-functions/latest/dg/service-integration-iam-templates.html
  it("asks how they ended as its own role, which Step Functions has taken on for it", async () => {
    const { run, called } = machine(waits, "Which?");
    expect(await run({})).toMatchObject({ status: "SUCCEEDED" });
    const caller = { arn: `role by states.amazonaws.com for ${arn}` };
    expect(called).toEqual([
      { operation: "StartExecution", caller },
      { operation: "DescribeExecution", caller },
    ]);
  });

  it("is not created where its role may not keep the rule that hears of their end", () => {
    const asked: Touched[] = [];
    const refusing = () =>
      machine(waits, "Which?", undefined, undefined, (_, touched) => {
        asked.push(...touched);
        throw new Error("not authorized");
      });
    expect(refusing).toThrow("not authorized");
    expect(asked.map(({ action }) => action)).toEqual(["events:PutRule", "events:PutTargets", "events:DescribeRule"]);
    expect(() => machine({ A: task({}, { End: true }) }, "A", undefined, undefined, refusing)).not.toThrow();
  });
});

describe("a machine that would run otherwise than on AWS", () => {
  it.each([
    [{ Type: "Pass", Assign: { a: 1 }, End: true }, "Assign"],
    [{ Type: "Pass", QueryLanguage: "JSONata", End: true }, "QueryLanguage"],
    [{ ...task({}, { End: true }), TimeoutSeconds: undefined }, "TimeoutSeconds"],
    [{ ...task({}, { End: true }), HeartbeatSeconds: 5 }, "HeartbeatSeconds"],
    [{ ...task({}, { End: true }), Resource: "arn:aws:states:::lambda:invoke.waitForTaskToken" }, "waitForTaskToken"],
    [
      {
        Type: "Map",
        ItemProcessor: {
          ProcessorConfig: { Mode: "DISTRIBUTED" },
          StartAt: "B",
          States: { B: { Type: "Pass", End: true } },
        },
        End: true,
      },
      "distributed",
    ],
    [{ Type: "Choice", Choices: [{ Not: { Variable: "$.a", IsNull: false }, Next: "A" }] }, "Is…: false"],
  ])("is refused when it is loaded: %j", (state, said) => {
    expect(() => machine({ A: state as Definition["States"][string] }, "A")).toThrow(said);
  });
});
