import { GetExecutionHistoryCommand } from "@aws-sdk/client-sfn";
import { expect, it } from "vitest";
import { BEGINNING, CHECK, LOOK, RECOVERY, ROTATION, RUN, type Usage } from "../../scripts/costs/usage.js";
import { useCloud } from "../tools/cloud.js";
import { createLogin } from "../tools/postgres.js";

const keyturn = useCloud();

const READS = ["GetItem", "Query", "BatchGetItem"];

/** As test/rotation/states.test.ts counts them: what is entered, and a task once more for each time that it is tried again. */
async function transitionsIn(executionArn: string): Promise<number> {
  const { events = [] } = await keyturn.sfn().send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1_000 }));
  const count = (name: string) => events.filter(({ type }) => type === name).length;
  const entered = events.filter(({ type = "" }) => type.endsWith("StateEntered")).length;
  return entered + count("TaskScheduled") - count("TaskStateEntered");
}

/** What was used until all was quiet again. */
async function usedBy(machine: string, input: object): Promise<Usage> {
  const before = keyturn.cloud.calls().length;
  const executions = new Set<string>();
  const listenNoMore = keyturn.cloud.onHistory(({ executionArn }) => executions.add(executionArn));
  await keyturn.start(machine, { scheduledAt: new Date().toISOString(), concurrency: 10, namePrefixes: [], ...input });
  await keyturn.cloud.settled();
  listenNoMore();
  const calls = keyturn.cloud.calls().slice(before);
  const count = (service: string, isThat: (operation: string) => boolean = () => true) =>
    calls.filter((call) => call.service === service && isThat(call.operation)).length;
  return {
    transitions: (await Promise.all([...executions].map(transitionsIn))).reduce((all, some) => all + some, 0),
    invocations: count("lambda"),
    secretCalls: count("secretsmanager"),
    reads: count("dynamodb", (operation) => READS.includes(operation)),
    writes: count("dynamodb", (operation) => !READS.includes(operation)),
    events: count("events"),
  };
}

const sum = (some: Usage, times: number, more: Usage): Usage =>
  Object.fromEntries(
    Object.entries(some).map(([of, count]) => [of, count * times + more[of as keyof Usage]]),
  ) as unknown as Usage;

it("the table of costs counts what is used", async () => {
  const schedule = "usage";
  for (let made = 0; made < 2; made++)
    await keyturn.secretFor(await createLogin(), {}, { "keyturn:schedule": schedule });
  await usedBy("RotateFleet", { schedule });
  // One after the other, so that none has to wait for its place in line.
  expect(await usedBy("RotateFleet", { schedule, concurrency: 1 })).toEqual(sum(ROTATION, 2, sum(BEGINNING, 1, RUN)));
  expect(await usedBy("RotateFleet", { schedule, dueAfterDays: 30 })).toEqual(RUN);
  expect(await usedBy("RotateFleet", { schedule: "doctor", dryRun: true })).toEqual(sum(CHECK, 2, RUN));
  expect(await usedBy("RotateFleet", { schedule: "overdue" })).toEqual(LOOK);
  expect(await usedBy("RotateFleet", { schedule: "recovery" })).toEqual(RECOVERY);
});
