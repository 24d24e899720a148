import { describe, expect, it } from "vitest";
import { deliverTo } from "../../../src/local/delivery/targets.js";
import type { Sender } from "../../../src/local/gateway/resource-policies.js";
import type { Surroundings, Taker, Touched } from "../../../src/local/service.js";

const MACHINE = "arn:aws:states:eu-central-1:1:stateMachine:m";
const QUEUE = "arn:aws:sqs:eu-central-1:1:dead-letters";
const KEY = "arn:aws:kms:eu-central-1:1:key/k";
const SCHEDULE = "arn:aws:scheduler:eu-central-1:1:schedule/group/nightly";
const RULE = "arn:aws:events:eu-central-1:1:rule/r";

const rule: Sender = { service: "events.amazonaws.com", arn: RULE, sourceArn: RULE };
const schedule: Sender = {
  service: "scheduler.amazonaws.com",
  arn: SCHEDULE,
  sourceArn: "arn:aws:scheduler:eu-central-1:1:schedule-group/group",
  key: KEY,
};

/** Delivers, and tells who took the role on, what it asked for first, and what was called. */
async function delivered(targetArn: string, sender: Sender) {
  const takers: Taker[] = [];
  const asked: Touched[] = [];
  const calls: string[] = [];
  const surroundings = {
    speed: 1_000,
    roleCaller: (arn: string, session: string, taker: Taker) => {
      takers.push(taker);
      return { arn: `${arn}/${session}`, statements: [] };
    },
    authorize: (_: unknown, touched: readonly Touched[]) => asked.push(...touched),
    call: async (service: string, operation: string) => calls.push(`${service}:${operation}`),
  } as unknown as Surroundings;
  const template = { ofType: () => [] };
  const deliver = deliverTo({ surroundings, template, keyOf: () => undefined } as never);
  await deliver({ targetArn, roleArn: "role", input: "{}", sender });
  return { takers, asked, calls };
}

describe("a role", () => {
  it("is taken on by EventBridge for the sake of the rule", async () => {
    const { takers, asked, calls } = await delivered(MACHINE, rule);
    expect(takers).toEqual([{ service: "events.amazonaws.com", sourceArn: RULE }]);
    expect(asked).toEqual([]);
    expect(calls).toEqual(["states:StartExecution"]);
  });

  // https://docs.aws.amazon.com/scheduler/latest/UserGuide/encryption-rest.html
  it.each([
    [MACHINE, "states:StartExecution"],
    [QUEUE, "sqs:SendMessage"],
  ])(
    "is taken on by the Scheduler for the sake of the schedule's group, and opens its input: %s",
    async (target, call) => {
      const { takers, asked, calls } = await delivered(target, schedule);
      expect(takers).toEqual([{ service: "scheduler.amazonaws.com", sourceArn: schedule.sourceArn }]);
      const conditions = { "kms:EncryptionContext:aws:scheduler:schedule:arn": SCHEDULE };
      expect(asked).toEqual([{ action: "kms:Decrypt", resource: KEY, conditions }]);
      expect(calls).toEqual([call]);
    },
  );
});
