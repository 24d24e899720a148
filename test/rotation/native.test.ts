import {
  DescribeSecretCommand,
  RotateSecretCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-secrets-manager";
import { StartExecutionCommand } from "@aws-sdk/client-sfn";
import { describe, expect, it } from "vitest";
import type { FaultyCall } from "../../src/local/gateway/faults.js";
import { entered, gate, invokes } from "../tools/barriers.js";
import { useCloud } from "../tools/cloud.js";
import { createAdmin, createLogin, type Login, letsIn } from "../tools/postgres.js";
import { until } from "../tools/until.js";

const keyturn = useCloud();

const described = (SecretId: string) => keyturn.secrets().send(new DescribeSecretCommand({ SecretId }));

/** As the console does it: the function is tried out, and nothing is rotated. */
async function switched(SecretId: string, days = 1000): Promise<string> {
  await keyturn.secrets().send(
    new RotateSecretCommand({
      SecretId,
      RotationLambdaARN: keyturn.cloud.resource("RotateNativelyLambdaFunction").attributes.Arn,
      RotationRules: { AutomaticallyAfterDays: days },
      RotateImmediately: false,
    }),
  );
  await keyturn.cloud.settled();
  return SecretId;
}

/** "Rotate immediately". Gives the version that it is to end on. */
async function rotatedBySecretsManager(SecretId: string): Promise<string> {
  const { VersionId = "" } = await keyturn.secrets().send(new RotateSecretCommand({ SecretId }));
  await keyturn.cloud.settled();
  return VersionId;
}

async function singleUser(tags: Readonly<Record<string, string>> = {}) {
  const login = await createLogin();
  return { login, secret: await keyturn.secretFor(login, {}, tags) };
}

async function alternatingUsers() {
  const login = await createLogin();
  const masterarn = await keyturn.adminSecretFor(await createAdmin(login.username));
  return { login, secret: await keyturn.secretFor(login, { masterarn }) };
}

const letIn = async (secret: string) => letsIn(await keyturn.value(secret));

describe("a rotation that Secrets Manager starts", () => {
  it.each<[string, () => Promise<{ login: Login; secret: string }>]>([
    ["a single user", () => singleUser()],
    ["alternating users", alternatingUsers],
  ])("of %s is one of Keyturn's, and Secrets Manager knows of it", async (_, make) => {
    const { login, secret } = await make();
    await switched(secret);
    for (let turn = 0; turn < 2; turn += 1) {
      const before = new Date();
      const versionId = await rotatedBySecretsManager(secret);
      const { LastRotatedDate, VersionIdsToStages = {} } = await described(secret);
      expect(LastRotatedDate?.getTime()).toBeGreaterThanOrEqual(Math.floor(before.getTime() / 1000) * 1000);
      expect(VersionIdsToStages[versionId]).toEqual(["AWSCURRENT", "AWSPENDING"]);
      expect((await keyturn.records(secret))[0]).toMatchObject({
        ...{ trigger: "native", requestedBy: "Secrets Manager", outcome: "succeeded", reason: "Started", versionId },
      });
      expect(await letIn(secret)).toBe(true);
    }
    expect(await letsIn(login)).toBe(false);
    expect((await keyturn.records(secret)).length).toBe(2);
    expect(await keyturn.announced(secret)).toEqual(["Secret Rotation Succeeded", "Secret Rotation Succeeded"]);
    expect((await keyturn.records(secret))[0]?.phases.map(({ name }) => name)).toEqual([
      "create",
      "set",
      "test",
      "finish",
    ]);
  });

  it("that fails is rolled back and announced, and the next one works", async () => {
    const { login, secret } = await singleUser();
    await switched(secret);
    await tagged(secret, "select no_such_column");
    const versionId = await rotatedBySecretsManager(secret);
    const { LastRotatedDate, VersionIdsToStages = {} } = await described(secret);
    expect(LastRotatedDate).toBeUndefined();
    expect(VersionIdsToStages[versionId]).toBeUndefined();
    expect(await letsIn(login)).toBe(true);
    expect(await keyturn.records(secret)).toMatchObject([{ trigger: "native", outcome: "rolled back" }]);
    expect(await keyturn.announced(secret)).toEqual(["Secret Rotation Failed"]);
    const line = new RegExp(`"step":"createSecret",[^\\n]*${versionId}[^\\n]*"error":\\{"name":"InvalidSecretError"`);
    await until(() => line.test(keyturn.cloud.log("keyturn-dev-rotate-natively")));

    await keyturn.secrets().send(new UntagResourceCommand({ SecretId: secret, TagKeys: ["keyturn:probe"] }));
    await rotatedBySecretsManager(secret);
    expect((await described(secret)).LastRotatedDate).toBeInstanceOf(Date);
    expect(await letIn(secret)).toBe(true);
  });

  it("and tries again with the same version, is rotated once more where nothing had been stored", async () => {
    const { secret } = await singleUser();
    await switched(secret);
    const denied = keyturn.cloud.inject({ match: reads("create-secret"), kind: "deny", when: "before", times: 1 });
    const versionId = await rotatedBySecretsManager(secret);
    denied.lift();
    expect(await keyturn.records(secret)).toMatchObject([
      { outcome: "succeeded", versionId },
      { outcome: "failed", versionId, reason: "AccessDenied" },
    ]);
    expect((await described(secret)).LastRotatedDate).toBeInstanceOf(Date);
    expect(await letIn(secret)).toBe(true);
  });

  it("and tries again while it is at work, is rotated once", async () => {
    const { secret } = await singleUser();
    await switched(secret);
    const { open, opened } = gate();
    const held = keyturn.cloud.inject({ match: invokes("set-secret"), kind: "hold", when: "before", until: opened });
    const begins = entered(keyturn.cloud, "Set secret");
    // The function dies while it waits, as by its time-out.
    const dies = keyturn.cloud.inject({ match: looks, kind: "kill", when: "before", times: 1 });
    const rotated = rotatedBySecretsManager(secret);
    await Promise.all([begins, dies.hit]);
    open();
    await rotated;
    held.lift();
    expect(await keyturn.records(secret)).toMatchObject([{ trigger: "native", outcome: "succeeded" }]);
    expect((await described(secret)).LastRotatedDate).toBeInstanceOf(Date);
  });

  it("stopped in the middle is brought to rest, as any", async () => {
    const { secret } = await singleUser();
    await switched(secret);
    const hang = keyturn.cloud.inject({ match: invokes("finish-secret"), kind: "hang", when: "before", times: 1 });
    const begins = entered(keyturn.cloud, "Finish secret");
    const rotated = rotatedBySecretsManager(secret);
    const executionArn = await begins;
    await hang.hit;
    await keyturn.stop(executionArn);
    await rotated;
    expect((await keyturn.records(secret)).find((record) => record.executionArn === executionArn)).toMatchObject({
      outcome: "rolled forward",
    });
    expect(await letIn(secret)).toBe(true);
    expect((await described(secret)).LastRotatedDate).toBeInstanceOf(Date);
  });
});

it("many at once are each rotated once, though the function that waits has to store each version, too", async () => {
  const secrets = await Promise.all(Array.from({ length: 6 }, async () => (await singleUser()).secret));
  for (const secret of secrets) await switched(secret);
  await Promise.all(secrets.map((SecretId) => keyturn.secrets().send(new RotateSecretCommand({ SecretId }))));
  await keyturn.cloud.settled();
  for (const secret of secrets) {
    expect(await keyturn.records(secret)).toMatchObject([{ trigger: "native", outcome: "succeeded" }]);
    expect((await described(secret)).LastRotatedDate).toBeInstanceOf(Date);
  }
});

it.each<[string, () => Promise<{ secret: string }>, number]>([
  ["a single user", () => singleUser(), 18],
  ["alternating users", alternatingUsers, 20],
])("of %s it costs what docs/native.md says", async (_, make, expected) => {
  const { secret } = await make();
  await switched(secret);
  const from = keyturn.cloud.calls().length;
  const states: string[] = [];
  const off = keyturn.cloud.onHistory(({ type, state, executionArn }) => {
    if (type === "StateEntered" && executionArn.includes("rotate-secret")) states.push(state ?? "");
  });
  await rotatedBySecretsManager(secret);
  off();
  const calls = keyturn.cloud
    .calls()
    .slice(from)
    .filter(({ caller }) => !caller.includes("NoticeMove"));
  expect(calls.filter(({ service }) => service === "secretsmanager")).toHaveLength(expected);
  expect(states).toHaveLength(13);
});

describe("RotateImmediately = false", () => {
  it("rotates nothing: it is a dry run", async () => {
    const { login, secret } = await singleUser();
    const before = await described(secret);
    const started = keyturn.cloud.calls().length;
    await switched(secret);
    const after = await described(secret);
    expect(after).toMatchObject({ RotationEnabled: true, VersionIdsToStages: before.VersionIdsToStages });
    expect(after.LastRotatedDate).toBeUndefined();
    expect(await letsIn(login)).toBe(true);
    expect(await keyturn.records(secret)).toEqual([]);
    const calls = keyturn.cloud
      .calls()
      .slice(started)
      .filter(({ operation }) => operation === "StartExecution");
    expect(calls).toHaveLength(1);
  });

  it("announces what would fail", async () => {
    const { secret } = await singleUser({ "keyturn:probe": "select no_such_column" });
    await switched(secret);
    expect(await keyturn.announced(secret)).toEqual(["Secret Check Failed"]);
  });
});

describe("a rotation that Keyturn starts of such a secret", () => {
  it.each<[string, (secret: string) => Promise<unknown>, string]>([
    ["a person asks for", (secret) => keyturn.rotate(secret, { requestedBy: "anna" }), "manual"],
    ["an event asks for", (secretId) => keyturn.request({ secretId, requestedBy: "anna" }), "event"],
    ["its schedule starts", () => fleet("natively"), "schedule"],
  ])("that %s goes through Secrets Manager, in one execution", async (_, start, trigger) => {
    const { secret } = await singleUser(trigger === "schedule" ? { "keyturn:schedule": "natively" } : {});
    await switched(secret);
    await start(secret);
    const records = await keyturn.records(secret);
    expect(records).toMatchObject([{ trigger, outcome: "succeeded" }]);
    const { LastRotatedDate, VersionIdsToStages = {} } = await described(secret);
    expect(LastRotatedDate).toBeInstanceOf(Date);
    expect(VersionIdsToStages[records[0]?.versionId ?? ""]).toEqual(["AWSCURRENT", "AWSPENDING"]);
    expect(await letIn(secret)).toBe(true);
  });

  it("is left to Secrets Manager's own schedule where that counts", async () => {
    const { secret } = await singleUser({ "keyturn:schedule": "left-out" });
    await switched(secret, 30);
    expect(await fleet("left-out")).toMatchObject({ rotated: 0, leftOut: { NativeSchedule: 1 } });
    const { output } = await keyturn.rotate(secret, { trigger: "schedule", schedule: "left-out" });
    expect(output).toMatchObject({ outcome: "skipped", reason: "NativeSchedule" });
  });

  it("takes up the version that Secrets Manager waits for in vain", async () => {
    const { secret } = await singleUser();
    await switched(secret);
    // None of its tries gets anywhere.
    const denied = keyturn.cloud.inject({ match: reads("plan"), kind: "deny", when: "before" });
    const versionId = await rotatedBySecretsManager(secret);
    denied.lift();
    expect((await described(secret)).VersionIdsToStages?.[versionId]).toEqual(["AWSPENDING"]);
    expect((await keyturn.rotate(secret)).output).toMatchObject({ outcome: "succeeded", versionId });
    expect(await letIn(secret)).toBe(true);
  });
});

const reads =
  (name: string) =>
  ({ operation, caller }: FaultyCall) =>
    operation === "GetSecretValue" && caller.endsWith(`-${name}`);
const looks = ({ operation, caller }: FaultyCall) =>
  operation === "DescribeExecution" && caller.endsWith("-rotate-natively");

async function tagged(SecretId: string, probe: string): Promise<void> {
  await keyturn.secrets().send(new TagResourceCommand({ SecretId, Tags: [{ Key: "keyturn:probe", Value: probe }] }));
}

/** Runs the schedule, and gives what it sums up. */
async function fleet(schedule: string): Promise<Readonly<Record<string, unknown>>> {
  const { executionArn = "" } = await keyturn.sfn().send(
    new StartExecutionCommand({
      stateMachineArn: keyturn.cloud.resource("RotateFleet").ref,
      input: JSON.stringify({ schedule, scheduledAt: new Date().toISOString() }),
    }),
  );
  await keyturn.cloud.settled();
  return (await keyturn.ended(executionArn)).output;
}
