import { describe, expect, it } from "vitest";
import { consumerResources } from "../../infra/consumers.js";
import { roleResources } from "../../infra/roles.js";
import { OWNERS_VALUE } from "../../src/local/functions/service.js";
import type { Workload } from "../../src/local/workloads/workload.js";
import { reportOn } from "../../stage/permissions/report.js";
import { rolesAmong } from "../../stage/permissions/roles.js";
import { entered, gate, invokes } from "../tools/barriers.js";
import { STAGE, useCloud } from "../tools/cloud.js";
import { createAdmin, createLogin, letsIn } from "../tools/postgres.js";
import { settingsFrom } from "../tools/settings.js";

const at = (service: string, rest: string, account = "000000000000") =>
  `arn:aws:${service}:eu-central-1:${account}:${rest}`;
const SERVICE = at("ecs", "service/shop/orders-api");
const FUNCTION = at("lambda", "function:orders");
const INSTANCES = [at("ec2", "instance/i-0a1b2c3d4e5f60001"), at("ssm", "managed-instance/mi-0a1b2c3d4e5f60002")];
const DESTINATION = at("events", "api-destination/orders/11111111-2222-3333-4444-555555555555");

const SETTINGS = `
schedules:
  nightly: { manual: true, consumers: [api] }
  retiring: { manual: true, consumers: [api] }
consumers:
  api: { for: [test/], ecs: { service: "${SERVICE}" } }
  orders: { for: [test/], lambda: { function: "${FUNCTION}" } }
  hosts: { for: [test/], ssm: { document: "${at("ssm", "document/reload")}", instances: ${JSON.stringify(INSTANCES)} } }
  hook: { for: [test/], webhook: { apiDestination: "${DESTINATION}" } }
notifications: { on: [consumer failed] }
`;
const keyturn = useCloud({
  settings: SETTINGS,
  pace: { gatherSeconds: 0, everyMinutes: 0 },
  retireAfterMinutes: { retiring: 0 },
});

/** What the account has, told nothing yet. */
function workloads(...arns: readonly string[]): Workload[] {
  const made = arns.map((arn): Workload => ({ arn, told: [] }));
  keyturn.cloud.workloads.splice(0, keyturn.cloud.workloads.length, ...made);
  return made;
}
const secretWith = async (consumers: string) =>
  keyturn.secretFor(await createLogin(), {}, { "keyturn:consumers": consumers });

/** What was announced of consumers for a secret, the oldest first. */
async function announcedOf(secretArn: string) {
  const ours = (await keyturn.cloud.events()).filter(({ event }) => event["detail-type"].startsWith("Consumer "));
  return ours
    .filter(({ event }) => event.detail.secretArn === secretArn)
    .map(({ event: { "detail-type": type, detail } }) => `${type}: ${detail.consumer} ${detail.reason}`);
}

async function pairOn(schedule: string) {
  const login = await createLogin();
  const masterarn = await keyturn.adminSecretFor(await createAdmin(login.username));
  return { login, secret: await keyturn.secretFor(login, { masterarn }, { "keyturn:schedule": schedule }) };
}

describe("after a rotation", () => {
  it("an ECS service of the schedule is deployed anew, as it is", async () => {
    const [service] = workloads(SERVICE);
    const secret = await keyturn.secretFor(await createLogin());
    expect((await keyturn.rotate(secret)).output.outcome).toBe("succeeded");
    expect(service?.told).toEqual([{ cluster: "shop", service: "orders-api", forceNewDeployment: true }]);
    expect(await announcedOf(secret)).toEqual(["Consumer Refreshed: api Refreshed"]);
  });

  it("a Lambda function runs in new environments, its description kept, and nothing of its own is read on", async () => {
    // Looked for in every history, log, event and record when all tests are over.
    await keyturn.storeSecret({ password: OWNERS_VALUE }, {});
    const [fn] = workloads(FUNCTION);
    if (fn) fn.description = "Takes orders";
    const secret = await secretWith("orders");
    for (const times of [1, 2]) {
      await keyturn.rotate(secret);
      expect(fn?.told).toHaveLength(times);
      expect(fn?.description).toMatch(/^Takes orders \(Keyturn: take up the credential of [0-9TZ:.-]+\)$/);
      expect(Object.keys(fn?.told.at(-1) ?? {}).sort()).toEqual(["Description", "FunctionName", "RevisionId"]);
    }
  });

  it("a command runs on each of the instances, without parameters", async () => {
    const instances = workloads(...INSTANCES);
    const secret = await secretWith("hosts");
    await keyturn.rotate(secret);
    for (const { told } of instances)
      expect(told).toEqual([
        {
          DocumentName: "reload",
          InstanceIds: ["i-0a1b2c3d4e5f60001", "mi-0a1b2c3d4e5f60002"],
          Comment: "Keyturn: take up the new credential",
        },
      ]);
    expect(await announcedOf(secret)).toEqual(["Consumer Refreshed: hosts Refreshed"]);
  });

  it("an API destination is called, and hears which consumer and since when, and no more", async () => {
    const [hook] = workloads(DESTINATION);
    await keyturn.rotate(await secretWith("hook"));
    expect(hook?.told).toEqual([{ consumer: "hook", credentialsOf: expect.stringMatching(/^\d{4}-.*Z$/) }]);
  });

  it("several are told side by side", async () => {
    const all = workloads(SERVICE, FUNCTION, DESTINATION);
    const secret = await secretWith("api orders hook");
    await keyturn.rotate(secret);
    expect(all.map(({ told }) => told.length)).toEqual([1, 1, 1]);
    expect((await announcedOf(secret)).sort()).toEqual([
      "Consumer Refreshed: api Refreshed",
      "Consumer Refreshed: hook Refreshed",
      "Consumer Refreshed: orders Refreshed",
    ]);
  });

  it("nobody is told where the secret's tag says none", async () => {
    const [service] = workloads(SERVICE);
    await keyturn.rotate(await secretWith("none"));
    expect(service?.told).toEqual([]);
  });

  it("nobody is told of one that was rolled back", async () => {
    const [service] = workloads(SERVICE);
    const secret = await keyturn.secretFor(await createLogin(), {}, { "keyturn:probe": "select no_such_column" });
    expect((await keyturn.rotate(secret)).status).toBe("FAILED");
    expect(service?.told).toEqual([]);
  });
});

describe("a consumer", () => {
  it.each([
    ["failed", SERVICE, "api", "NotTakenUp"],
    ["rolled back", SERVICE, "api", "NotTakenUp"],
    ["failed", FUNCTION, "orders", "NotTakenUp"],
    ["failed", INSTANCES[0] ?? "", "hosts", "NotTakenUp"],
  ] as const)(
    "that %s (%s) is announced and told people of; the rotation is none the worse",
    async (becomes, arn, name, reason) => {
      const [first] = workloads(arn, ...INSTANCES.slice(1));
      if (first) first.becomes = becomes;
      const secret = await secretWith(name);
      const { output, executionArn } = await keyturn.rotate(secret);
      expect(output.outcome).toBe("succeeded");
      expect((await keyturn.records(secret))[0]).toMatchObject({ executionArn, outcome: "succeeded" });
      expect(await announcedOf(secret)).toEqual([`Consumer Refresh Failed: ${name} ${reason}`]);
      const [message] = (await keyturn.cloud.messages()).slice(-1);
      expect(message).toMatchObject({
        subject: `Keyturn: the consumer ${name} could not be told to take up new credentials`,
        message: expect.stringContaining(reason),
      });
    },
  );

  it("that is not there is a failure of its own", async () => {
    workloads();
    const secret = await secretWith("api");
    expect((await keyturn.rotate(secret)).output.outcome).toBe("succeeded");
    expect(await announcedOf(secret)).toEqual(["Consumer Refresh Failed: api ConsumerGone"]);
  });

  it("is told once for all that was rotated before it is", async () => {
    const [service] = workloads(SERVICE);
    const secrets = await Promise.all(Array.from({ length: 4 }, async () => keyturn.secretFor(await createLogin())));
    const { open, opened } = gate();
    const held = keyturn.cloud.inject({
      match: invokes("refresh-consumer"),
      kind: "hold",
      when: "before",
      until: opened,
    });
    const rotations = await Promise.all(secrets.map((secretId) => keyturn.startRotation({ secretId })));
    for (const rotation of rotations) expect((await keyturn.over(rotation)).output.outcome).toBe("succeeded");
    held.lift();
    open();
    await keyturn.cloud.settled();
    expect(service?.told).toHaveLength(1);
    const announced = await Promise.all(secrets.map(announcedOf));
    expect(announced.flat()).toEqual(["Consumer Refreshed: api Refreshed"]);
  });

  it("is told again where the answer was lost, and announced once", async () => {
    const [service] = workloads(SERVICE);
    const lost = keyturn.cloud.inject({
      match: ({ operation }) => operation === "UpdateService",
      kind: "kill",
      when: "after",
      times: 1,
    });
    const secret = await keyturn.secretFor(await createLogin());
    await keyturn.rotate(secret);
    expect(lost.struck()).toBe(1);
    expect(service?.told).toHaveLength(2);
    expect(await announcedOf(secret)).toEqual(["Consumer Refreshed: api Refreshed"]);
  });

  it("is announced although the function died behind its last note", async () => {
    workloads(SERVICE);
    const lost = keyturn.cloud.inject({
      match: ({ operation, input }) =>
        operation === "UpdateItem" && JSON.stringify(input).includes('{"S":"refreshed"}'),
      kind: "kill",
      when: "after",
      times: 1,
    });
    const secret = await keyturn.secretFor(await createLogin());
    await keyturn.rotate(secret);
    expect(lost.struck()).toBe(1);
    expect(await announcedOf(secret)).toEqual(["Consumer Refreshed: api Refreshed"]);
  });

  it("is given up, and that is said, where its function dies again and again", async () => {
    const [service] = workloads(SERVICE);
    const dead = keyturn.cloud.inject({
      match: ({ operation }) => operation === "UpdateService",
      kind: "kill",
      when: "before",
    });
    const secret = await keyturn.secretFor(await createLogin());
    await keyturn.rotate(secret);
    dead.lift();
    expect(service?.told).toEqual([]);
    expect(await announcedOf(secret)).toEqual(["Consumer Refresh Failed: api Runtime.ExitError"]);
  });
});

describe("the old credential", () => {
  it("is retired when the consumers have taken up the new one", async () => {
    const [service] = workloads(SERVICE);
    if (service) service.becomes = "under way";
    const { login, secret } = await pairOn("retiring");
    const waiting = entered(keyturn.cloud, "Wait for consumers", 2);
    await keyturn.over(await keyturn.startRotation({ secretId: secret }));
    await waiting;
    expect(await letsIn(login)).toBe(true);
    expect(await keyturn.retirements(secret)).toEqual([]);
    if (service) service.becomes = "done";
    await keyturn.cloud.settled();
    expect(await letsIn(login)).toBe(false);
    const [record] = await keyturn.retirements(secret);
    expect(record).toMatchObject({ outcome: "retired" });
    expect(record).not.toHaveProperty("consumersBehind");
  });

  it("does not keep the secret from being rotated meanwhile", async () => {
    const [service] = workloads(SERVICE);
    if (service) service.becomes = "under way";
    const { secret } = await pairOn("retiring");
    const waiting = entered(keyturn.cloud, "Wait for consumers");
    await keyturn.over(await keyturn.startRotation({ secretId: secret }));
    await waiting;
    expect((await keyturn.over(await keyturn.startRotation({ secretId: secret }))).output.outcome).toBe("succeeded");
    if (service) service.becomes = "done";
    await keyturn.cloud.settled();
    // That of the first rotation was overtaken.
    expect(await keyturn.retirements(secret)).toHaveLength(1);
  });

  it("is retired at once where whoever asks says when, whatever consumers do", async () => {
    const [service] = workloads(SERVICE);
    if (service) service.becomes = "failed";
    const { login, secret } = await pairOn("retiring");
    await keyturn.rotate(secret, { retireAfterMinutes: 0 });
    expect(await letsIn(login)).toBe(false);
    expect((await keyturn.retirements(secret))[0]).not.toHaveProperty("consumersBehind");
  });

  it("is retired when its time is over, and who is behind is on record", async () => {
    const api = { for: ["test/"], of: ["retiring"], holds: 1e-3 };
    await keyturn.restart({ consumers: { api } });
    const [service] = workloads(SERVICE);
    if (service) service.becomes = "failed";
    const { login, secret } = await pairOn("retiring");
    await keyturn.rotate(secret);
    expect(await letsIn(login)).toBe(false);
    expect((await keyturn.retirements(secret))[0]).toMatchObject({ outcome: "retired", consumersBehind: ["api"] });
    await keyturn.restart();
  });
});

it("the roles of those who tell consumers have what that takes, and not one right more", () => {
  const settings = settingsFrom(SETTINGS);
  const all = rolesAmong({ ...roleResources(settings, STAGE), ...consumerResources(settings) });
  const { PlanRefreshRole = [], RefreshConsumerRole = [], RefreshConsumersRole = [], WebhookRole = [] } = all;
  const roles = { PlanRefreshRole, RefreshConsumerRole, RefreshConsumersRole, WebhookRole };
  const { unused, refused } = reportOn(roles, keyturn.permissions(), []);
  expect({ unused, refused }).toEqual({ unused: [], refused: [] });
});
