import { describe, expect, it } from "vitest";
import type { FaultyCall } from "../../src/local/gateway/faults.js";
import { call } from "../local/signed.js";
import { invokes } from "../tools/barriers.js";
import { useCloud } from "../tools/cloud.js";

// The queue is encrypted: its own policy and its key's decide whether a start that was lost can be seen.
const keyturn = useCloud();

const start = (machine: string) => ({
  match: ({ operation, input }: FaultyCall) =>
    operation === "StartExecution" && input.stateMachineArn === keyturn.cloud.resource(machine).ref,
  kind: "deny" as const,
  when: "before" as const,
});

async function deadLetters(): Promise<string[]> {
  const { body } = await call(keyturn.cloud.clientConfig, {
    service: "sqs",
    headers: { "content-type": "application/x-amz-json-1.0", "x-amz-target": "AmazonSQS.ReceiveMessage" },
    body: JSON.stringify({ QueueUrl: keyturn.cloud.resource("DeadLetters").ref, MaxNumberOfMessages: 10 }),
  });
  return (JSON.parse(body).Messages as Array<{ Body: string }>).map(({ Body }) => Body);
}

describe("a start that is refused", () => {
  it("of a rule's is left in the queue of dead letters", async () => {
    const refused = keyturn.cloud.inject(start("RotateSecret"));
    await keyturn.request({ secretId: "asked-by-event" });
    refused.lift();
    expect(await deadLetters()).toContainEqual(expect.stringContaining("asked-by-event"));
  });

  it("of a schedule's is left there, too", async () => {
    const refused = keyturn.cloud.inject(start("RotateFleet"));
    keyturn.cloud.fireSchedule("nightly", new Date("2026-11-24T02:00:00Z"));
    await keyturn.cloud.settled();
    refused.lift();
    expect(await deadLetters()).toContainEqual(expect.stringContaining('"schedule":"nightly"'));
  });
});

describe("an announcement of which people could not be told", () => {
  it("is left there by Lambda, after it was tried again twice", async () => {
    const dead = keyturn.cloud.inject({ match: invokes("tell-people"), kind: "exit", when: "before" });
    const { executionArn } = await keyturn.rotate(
      await keyturn.storeSecret("not JSON", { "keyturn:schedule": "nightly" }),
    );
    dead.lift();
    expect(dead.struck()).toBe(3);
    expect(await deadLetters()).toContainEqual(expect.stringContaining(executionArn));
  });
});
