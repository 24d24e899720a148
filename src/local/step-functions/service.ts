import { randomUUID } from "node:crypto";
import { setImmediate as immediate } from "node:timers/promises";
import { type Call, type Service, ServiceError, type Surroundings, unknownOperation } from "../service.js";
import { type Execution, executions } from "./executions.js";
import type { Machine } from "./machine.js";
import { checkRole } from "./role.js";
import { type Progress, type Run, run } from "./run.js";
import { unsupported } from "./unsupported.js";
import { checkName, described, parseInput, text, withoutData } from "./wire.js";

export interface StepFunctions extends Service {
  /** As StartExecution, for the targets of rules and schedules. */
  start(request: { machineArn: string; name?: string; input: string }): Promise<Execution>;
  /** Ends what was running when an earlier process died: ABORTED, with the event that tells of it. */
  abortOrphans(): Promise<void>;
  /** Tells of every step of every execution; gives a function that ends it. */
  onHistory(listener: (progress: Progress & { executionArn: string; machine: string }) => void): () => void;
  /** Waits until the execution has ended; at once for one that is not running. */
  ended(executionArn: string): Promise<void>;
  /** Waits until nothing is running; whether nothing was. */
  settled(): Promise<boolean>;
  stop(): Promise<void>;
}

/** Step Functions with the machines of a template. Throws for a machine that would not run here as it does on AWS. */
export function stepFunctions(surroundings: Surroundings, machines: readonly Machine[]): StepFunctions {
  for (const machine of machines) {
    const problems = unsupported(machine.definition);
    if (problems.length > 0)
      throw new Error(`The state machine ${machine.name} cannot be run here:\n${problems.join("\n")}`);
    checkRole(machine, surroundings);
  }
  const stored = executions(surroundings);
  const running = new Map<string, { run: Run; over: Promise<Execution> }>();
  const listeners = new Set<Parameters<StepFunctions["onHistory"]>[0]>();
  let stopped = false;

  async function start({
    machineArn,
    name = randomUUID(),
    input,
  }: Parameters<StepFunctions["start"]>[0]): Promise<Execution> {
    const machine = machines.find(({ arn }) => arn === machineArn);
    if (!machine) throw new ServiceError("StateMachineDoesNotExist", `State Machine Does Not Exist: '${machineArn}'`);
    checkName(name);
    const arn = `${machine.arn.replace(":stateMachine:", ":execution:")}:${name}`;
    const parsed = parseInput(input);
    const earlier = await stored.get(arn);
    if (earlier) {
      // The same start twice while it runs is one start. https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
      if (earlier.status === "RUNNING" && earlier.input === input) return earlier;
      throw new ServiceError("ExecutionAlreadyExists", `Execution Already Exists: '${arn}'`);
    }
    const startDate = surroundings.clock();
    const execution: Execution = { arn, machineArn, name, status: "RUNNING", startDate: startDate.getTime(), input };
    await stored.begin(execution);
    // Meanwhile: the next start of the cloud aborts it, as it does those that were at work.
    if (stopped) return execution;
    stored.announce(execution);
    const begun = await run(machine, { arn, name, input: parsed, startDate }, surroundings, childEnd, (progress) => {
      for (const listener of listeners) listener({ ...progress, executionArn: arn, machine: machine.name });
    });
    running.set(arn, { run: begun, over: over(execution, begun) });
    return execution;
  }

  async function over(execution: Execution, begun: Run): Promise<Execution> {
    const end = await begun.ended;
    // Stopped from outside: StopExecution has written the end.
    if (end.status === "ABORTED") return (await stored.get(execution.arn)) ?? execution;
    if (stopped) return execution;
    const ended = { ...execution, ...end, stopDate: surroundings.clock().getTime() };
    await stored.end(ended, begun.history.events());
    running.delete(execution.arn);
    return ended;
  }

  function definitionOf(machineArn: string) {
    const machine = machines.find(({ arn }) => arn === machineArn);
    if (!machine) throw new ServiceError("StateMachineDoesNotExist", `State Machine Does Not Exist: '${machineArn}'`);
    const { arn, name, type, roleArn, definition } = machine;
    return { stateMachineArn: arn, name, type, roleArn, definition: JSON.stringify(definition) };
  }

  async function childEnd(arn: string): Promise<void> {
    await running.get(arn)?.over;
  }

  async function stop(arn: string, error?: string, cause?: string): Promise<Execution> {
    const execution = await stored.required(arn);
    const current = running.get(arn);
    if (!current) return execution;
    current.run.abort();
    current.run.stopChildren();
    const stopDate = surroundings.clock();
    current.run.history.aborted(stopDate, error, cause);
    const ended: Execution = {
      ...execution,
      status: "ABORTED",
      stopDate: stopDate.getTime(),
      ...(error ? { error } : {}),
      ...(cause ? { cause } : {}),
    };
    await stored.end(ended, current.run.history.events());
    running.delete(arn);
    return ended;
  }

  const OPERATIONS: Readonly<Record<string, (input: Call["input"]) => Promise<Readonly<Record<string, unknown>>>>> = {
    async StartExecution({ stateMachineArn, name, input = "{}" }) {
      const { arn, startDate } = await start({
        machineArn: String(stateMachineArn),
        input: String(input),
        ...(name === undefined ? {} : { name: String(name) }),
      });
      return { executionArn: arn, startDate: startDate / 1000 };
    },
    DescribeExecution: async ({ executionArn }) => described(await stored.required(String(executionArn))),
    async StopExecution({ executionArn, error, cause }) {
      const ended = await stop(String(executionArn), text(error), text(cause));
      return { stopDate: (ended.stopDate ?? 0) / 1000 };
    },
    async GetExecutionHistory({
      executionArn,
      reverseOrder,
      maxResults = 100,
      nextToken,
      includeExecutionData = true,
    }) {
      const arn = String(executionArn);
      const events = [...(running.get(arn)?.run.history.events() ?? (await stored.history(arn)))];
      if (reverseOrder) events.reverse();
      const from = nextToken === undefined ? 0 : Number(nextToken);
      const size = Number(maxResults) || 100;
      const page = events.slice(from, from + size).map((event) => (includeExecutionData ? event : withoutData(event)));
      return { events: page, ...(from + size < events.length ? { nextToken: String(from + size) } : {}) };
    },
    async ListExecutions({ stateMachineArn, statusFilter, maxResults = 100, nextToken }) {
      const found = (await stored.of(String(stateMachineArn))).filter(
        ({ status }) => !statusFilter || status === statusFilter,
      );
      const from = nextToken === undefined ? 0 : Number(nextToken);
      const size = Number(maxResults) || 100;
      return {
        executions: found.slice(from, from + size).map((execution) => {
          const { executionArn, stateMachineArn: machine, name, status, startDate, stopDate } = described(execution);
          return { executionArn, stateMachineArn: machine, name, status, startDate, ...(stopDate ? { stopDate } : {}) };
        }),
        ...(from + size < found.length ? { nextToken: String(from + size) } : {}),
      };
    },
    ListStateMachines: async () => ({
      stateMachines: machines.map(({ arn, name, type }) => ({ stateMachineArn: arn, name, type, creationDate: 0 })),
    }),
    DescribeStateMachine: async ({ stateMachineArn }) => ({
      ...definitionOf(String(stateMachineArn)),
      status: "ACTIVE",
      creationDate: 0,
    }),
    /** As it is now: the definition that an older execution had is not kept. */
    async DescribeStateMachineForExecution({ executionArn }) {
      const { machineArn } = await stored.required(String(executionArn));
      const { type: _, ...definition } = definitionOf(machineArn);
      return { ...definition, updateDate: 0 };
    },
  };

  return {
    name: "states",
    async touches({ operation, input }) {
      const resource = String(input.executionArn ?? input.stateMachineArn ?? "*");
      return [{ action: `states:${operation}`, resource, conditions: {} }];
    },
    async handle({ operation, input }) {
      const handler = OPERATIONS[operation];
      if (!handler) throw unknownOperation("states", operation);
      return handler(input);
    },
    start,
    async abortOrphans() {
      for (const execution of await stored.running()) {
        if (running.has(execution.arn)) continue;
        await stored.end(
          { ...execution, status: "ABORTED", stopDate: surroundings.clock().getTime() },
          await stored.history(execution.arn),
        );
      }
    },
    onHistory(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async ended(executionArn) {
      await running.get(executionArn)?.over;
    },
    async settled() {
      const quiet = running.size === 0;
      while (running.size > 0) {
        await Promise.all([...running.values()].map(({ over: ended }) => ended));
        // One that is being stopped is over before that is written, which takes a turn of the event loop.
        await immediate();
      }
      return quiet;
    },
    async stop() {
      stopped = true;
      for (const { run: begun } of running.values()) begun.abort();
      running.clear();
    },
  };
}
