import { TagResourceCommand } from "@aws-sdk/client-secrets-manager";
import { StopExecutionCommand } from "@aws-sdk/client-sfn";
import { describe, expect, it } from "vitest";
import type { Workload } from "../../src/local/workloads/workload.js";
import { entered, invokes } from "../tools/barriers.js";
import { useCloud } from "../tools/cloud.js";
import { createLogin } from "../tools/postgres.js";

// Whoever may tag, store or rotate a secret of his own wants somebody's service restarted, or his own left alone.
const at = (service: string, rest: string) => `arn:aws:${service}:eu-central-1:000000000000:${rest}`;
const SERVICE = at("ecs", "service/shop/api");
const THEIRS = at("ecs", "service/payroll/api");

const keyturn = useCloud({
  settings: `
schedules:
  nightly: { manual: true }
  everybody: { manual: true, consumers: [api, payroll] }
consumers:
  api: { for: [test/], ecs: { service: "${SERVICE}" }, gatherSeconds: 0, everyMinutes: 1440 }
  payroll: { for: [payroll/], ecs: { service: "${THEIRS}" }, gatherSeconds: 0 }
`,
});

function told(...arns: readonly string[]): Workload[] {
  const made = arns.map((arn): Workload => ({ arn, told: [] }));
  keyturn.cloud.workloads.splice(0, keyturn.cloud.workloads.length, ...made);
  return made;
}
const tag = (secret: string, value: string) =>
  keyturn
    .secrets()
    .send(new TagResourceCommand({ SecretId: secret, Tags: [{ Key: "keyturn:consumers", Value: value }] }));

/** The execution that a rotation has its consumers told by. */
async function refreshOf(secret: string) {
  const refresh = entered(keyturn.cloud, "Plan refresh");
  const { output } = await keyturn.over(await keyturn.startRotation({ secretId: secret }));
  expect(output.outcome).toBe("succeeded");
  return refresh;
}

/** Once a task has succeeded so many times from now on. */
function succeeded(state: string, times: number): Promise<void> {
  let left = times;
  return new Promise((resolve) => {
    const off = keyturn.cloud.onHistory((progress) => {
      if (progress.type !== "TaskSucceeded" || progress.state !== state) return;
      left -= 1;
      if (left > 0) return;
      off();
      resolve();
    });
  });
}

describe("a tag", () => {
  it.each(["rotate", "check"] as const)("has nobody told who is declared for other secrets (%s)", async (run) => {
    const services = told(SERVICE, THEIRS);
    const secret = await keyturn.secretFor(await createLogin(), {}, { "keyturn:consumers": "payroll" });
    const { output, cause } = await keyturn[run](secret);
    if (run === "check") expect(output).toMatchObject({ ok: false, reason: "ConsumerNotAllowed" });
    else expect(cause).toMatch(/^ConsumerNotAllowed/);
    expect(services.map((service) => service.told)).toEqual([[], []]);
  });

  it("has nobody of theirs told by a schedule that names them", async () => {
    const [own, theirs] = told(SERVICE, THEIRS);
    const secret = await keyturn.secretFor(await createLogin(), {}, { "keyturn:schedule": "everybody" });
    const execution = await refreshOf(secret);
    await keyturn.cloud.ended(execution);
    expect(own?.told.length).toBe(1);
    expect(theirs?.told).toEqual([]);
  });

  it("has nobody told that is set between the rotation and its refresh", async () => {
    const services = told(SERVICE, THEIRS);
    const secret = await keyturn.secretFor(await createLogin());
    const rotation = await keyturn.rotate(secret);
    await tag(secret, "payroll");
    const { executionArn } = rotation;
    const refresh = await keyturn.start("RefreshConsumers", { rotation: { secretArn: secret, executionArn } });
    expect((await keyturn.over(refresh)).output).toMatchObject({ decision: "skip", reason: "NobodyToTell" });
    await tag(secret, "../payroll @payroll payroll:api");
    const again = await keyturn.start("RefreshConsumers", { rotation: { secretArn: secret, executionArn } });
    expect((await keyturn.over(again)).output).toMatchObject({ decision: "skip" });
    expect(services.map((service) => service.told)).toEqual([[], []]);
  });
});

describe("a start of refresh-consumers", () => {
  it.each(["of no rotation", "of another secret's rotation"])("%s tells nobody", async (which) => {
    const services = told(SERVICE, THEIRS);
    const secret = await keyturn.secretFor(await createLogin(), {}, { "keyturn:consumers": "none" });
    const { executionArn } = await keyturn.rotate(secret);
    const mine = await keyturn.secretFor(await createLogin(), {}, { "keyturn:consumers": "api" });
    const rotation = which === "of no rotation" ? `${executionArn}x` : executionArn;
    const input = { rotation: { secretArn: mine, executionArn: rotation } };
    const { output } = await keyturn.over(await keyturn.start("RefreshConsumers", input));
    expect(output).toMatchObject({ decision: "skip", reason: "NotOnRecord" });
    expect(services.map((service) => service.told)).toEqual([[], []]);
  });

  it("with anything else in it tells nobody", async () => {
    const services = told(SERVICE, THEIRS);
    for (const input of [{}, { rotation: "all" }, { plan: { decision: "refresh", consumers: ["payroll"] } }])
      expect(await keyturn.over(await keyturn.start("RefreshConsumers", input))).toMatchObject({ status: "FAILED" });
    expect(services.map((service) => service.told)).toEqual([[], []]);
  });
});

it("a flood of rotations restarts nobody more often than the deployment lets them", async () => {
  const [service] = told(SERVICE);
  const consumers = { "keyturn:consumers": "api" };
  const secrets = await Promise.all(
    Array.from({ length: 3 }, async () => keyturn.secretFor(await createLogin(), {}, consumers)),
  );
  const refreshes: string[] = [];
  // The last time was in a test before: a day has not passed since.
  const asked = succeeded("Refresh consumer", 6);
  for (const secret of [...secrets, ...secrets]) refreshes.push(await refreshOf(secret));
  await asked;
  expect(service?.told).toEqual([]);
  for (const executionArn of refreshes) await keyturn.sfn().send(new StopExecutionCommand({ executionArn }));
  await keyturn.cloud.settled();
});

it("no execution and no function is told a value", async () => {
  const hang = keyturn.cloud.inject({ match: invokes("refresh-consumer"), kind: "hang", when: "before", times: 1 });
  const login = await createLogin();
  const secret = await keyturn.secretFor(login, {}, { "keyturn:consumers": "api" });
  const execution = await refreshOf(secret);
  await hang.hit;
  await keyturn.sfn().send(new StopExecutionCommand({ executionArn: execution }));
  await keyturn.cloud.settled();
  const reads = keyturn.cloud
    .calls()
    .filter(({ caller }) => /-(plan-refresh|refresh-consumer)$|RefreshConsumer|PlanRefresh/.test(caller))
    .map(({ operation }) => operation);
  expect(reads).toContain("DescribeSecret");
  expect(reads.filter((operation) => /SecretValue/.test(operation))).toEqual([]);
});
