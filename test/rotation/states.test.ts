import { GetExecutionHistoryCommand, type HistoryEvent } from "@aws-sdk/client-sfn";
import { describe, expect, it } from "vitest";
import { useCloud } from "../tools/cloud.js";
import { createAdmin, createLogin } from "../tools/postgres.js";

const keyturn = useCloud();

/** Dollars for a state transition of a standard workflow: https://aws.amazon.com/step-functions/pricing/ */
const TRANSITION = 0.000025;

async function historyOf(executionArn: string): Promise<HistoryEvent[]> {
  const { events = [], nextToken } = await keyturn
    .sfn()
    .send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1_000 }));
  expect(nextToken).toBeUndefined();
  return events;
}

function statesIn(events: readonly HistoryEvent[]): string[] {
  return events.flatMap(({ stateEnteredEventDetails: entered }) => (entered?.name ? [entered.name] : []));
}

/** Each step is one, and each time that it is tried again is another. */
function transitionsIn(events: readonly HistoryEvent[]): number {
  const count = (type: string) => events.filter((event) => event.type === type).length;
  return statesIn(events).length + count("TaskScheduled") - count("TaskStateEntered");
}

async function singleUser() {
  return keyturn.secretFor(await createLogin());
}

async function alternatingUsers() {
  const login = await createLogin();
  const masterarn = await keyturn.adminSecretFor(await createAdmin(login.username));
  return keyturn.secretFor(login, { masterarn });
}

describe("a good rotation", () => {
  it.each([
    ["of a single user", singleUser],
    ["of alternating users", alternatingUsers],
  ])("%s enters so many states, and costs so much", async (_, make) => {
    const secret = await make();
    // The second is as the first.
    for (let turn = 0; turn < 2; turn += 1) {
      const { executionArn, output } = await keyturn.rotate(secret);
      expect(output.outcome).toBe("succeeded");
      const events = await historyOf(executionArn);
      expect(statesIn(events)).toEqual([
        "Plan",
        "Decide",
        "Create secret",
        "Set secret",
        "Test secret",
        "Finish secret",
        "Record",
        "Announce",
        "Give the lock back",
        "How did it end?",
        "Rotation ended",
      ]);
      expect(transitionsIn(events)).toBeLessThanOrEqual(12);
      expect(transitionsIn(events) * TRANSITION).toBeLessThan(0.0004);
    }
  });
});

describe("a start that has nothing to do", () => {
  it("ends without the states of a rotation", async () => {
    const secret = await singleUser();
    await keyturn.rotate(secret);
    const { executionArn, output } = await keyturn.rotate(secret, { dueAfterDays: 30 });
    expect(output).toMatchObject({ outcome: "skipped", reason: "NotDue" });
    expect(statesIn(await historyOf(executionArn))).toEqual([
      "Plan",
      "Decide",
      "Record outcome",
      "Anything to tell?",
      "Announce outcome",
      "Is the lock held?",
      "Give the lock back",
      "How did it end?",
      "Rotation ended",
    ]);
  });
});
