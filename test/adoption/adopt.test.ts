import { readFile } from "node:fs/promises";
import {
  CancelRotateSecretCommand,
  DescribeSecretCommand,
  PutSecretValueCommand,
  RotateSecretCommand,
  TagResourceCommand,
} from "@aws-sdk/client-secrets-manager";
import { beforeAll, describe, expect, inject, it } from "vitest";
import { awsRotationFunction } from "../../bench/aws/rotate.js";
import { adopt, leave } from "../../src/adoption/adopt.js";
import { switchRotation } from "../../src/adoption/native.js";
import { owner } from "../../src/aws/owner.js";
import { EXIT, type ExitCode } from "../../src/cli/exit.js";
import { type Ran, run } from "../cli/run.js";
import { useCloud } from "../tools/cloud.js";
import { connected, createAdmin, createLogin, type Login, letsIn } from "../tools/postgres.js";

// AWS's functions, as far as bench/aws has their steps, each deployed by somebody else.
const arnOf = (name: string) => `arn:aws:lambda:eu-central-1:000000000000:function:${name}`;
const SINGLE = arnOf("SecretsManagerRDSPostgreSQLRotationSingleUser");
const MULTI = arnOf("SecretsManagerRDSPostgreSQLRotationMultiUser");

let ca: string;
beforeAll(async () => {
  ca = await readFile(inject("postgres").caFile, "utf8");
});
const aws = (alternating: boolean) => (event: unknown) =>
  awsRotationFunction(() => keyturn.secrets(), { alternating, ca })(event);
const keyturn = useCloud({
  strangers: new Map([
    [SINGLE, aws(false)],
    [MULTI, aws(true)],
  ]),
});

const person = () => owner(keyturn.secrets(), keyturn.sfn());
const described = (SecretId: string) => keyturn.secrets().send(new DescribeSecretCommand({ SecretId }));
const NATIVE = () => keyturn.cloud.resource("RotateNativelyLambdaFunction").attributes.Arn;

/** A secret that this function of AWS's rotates, and has rotated. */
async function rotatedByAws(functionArn: string): Promise<{ secret: string; login: Login; admin: Login }> {
  const login = await createLogin();
  const admin = await createAdmin(login.username);
  const masterarn = await keyturn.adminSecretFor(admin);
  const target = {
    engine: "postgres",
    host: inject("postgres").host,
    port: inject("postgres").port,
    dbname: "postgres",
  };
  const secret = await keyturn.storeSecret(
    { ...target, ...login, ...(functionArn === MULTI ? { masterarn } : {}) },
    {},
  );
  await keyturn.secrets().send(
    new RotateSecretCommand({
      ...{ SecretId: secret, RotationLambdaARN: functionArn },
      RotationRules: { ScheduleExpression: "rate(30 days)" },
    }),
  );
  await keyturn.cloud.settled();
  expect(await letIn(secret)).toBe(true);
  expect((await described(secret)).LastRotatedDate).toBeInstanceOf(Date);
  return { secret, login, admin };
}

const letIn = async (secret: string) => letsIn(await keyturn.value(secret));

async function rotatedNow(SecretId: string): Promise<void> {
  const before = await keyturn.value(SecretId);
  await keyturn.secrets().send(new RotateSecretCommand({ SecretId }));
  await keyturn.cloud.settled();
  expect((await keyturn.value(SecretId)).password).not.toBe(before.password);
  expect(await letIn(SecretId)).toBe(true);
}

/** The admin says in the database that the two are a pair, as the dry run asks for it. */
const marked = (admin: Login, base: string) =>
  connected(admin, (client) =>
    client.query(`COMMENT ON ROLE "${base}_clone" IS 'keyturn: clone of ${client.escapeIdentifier(base)}'`),
  );

describe.each([
  ["a single user", SINGLE],
  ["alternating users", MULTI],
])("a secret of %s that AWS's function rotates", (_, functionArn) => {
  it.each([false, true])(
    "is taken over, rotated, and given back, on Secrets Manager's own schedule: %s",
    async (native) => {
      const { secret, login, admin } = await rotatedByAws(functionArn);
      if (functionArn === MULTI) await marked(admin, login.username);
      const [before, versions] = [await keyturn.value(secret), await keyturn.labels(secret)];

      const asked = { secretId: secret, stage: "dev", schedule: "nightly", native };
      expect(await adopt(person(), asked)).toEqual({ from: functionArn });
      await keyturn.cloud.settled();
      expect(await keyturn.value(secret)).toEqual(before);
      expect(await keyturn.labels(secret)).toEqual(versions);
      expect(await described(secret)).toMatchObject({
        RotationEnabled: native,
        RotationLambdaARN: native ? NATIVE() : functionArn,
        RotationRules: { ScheduleExpression: "rate(30 days)" },
      });

      if (native) await rotatedNow(secret);
      else expect((await keyturn.rotate(secret)).output).toMatchObject({ outcome: "succeeded" });
      expect(await letIn(secret)).toBe(true);
      expect(await keyturn.records(secret)).toMatchObject([{ outcome: "succeeded" }]);

      const [adopted, labels] = [await keyturn.value(secret), await keyturn.labels(secret)];
      expect(await leave(person(), { secretId: secret, stage: "dev" })).toEqual({ to: functionArn });
      await keyturn.cloud.settled();
      expect(await keyturn.value(secret)).toEqual(adopted);
      expect(await keyturn.labels(secret)).toEqual(labels);
      const { Tags, ...back } = await described(secret);
      expect(Tags).toEqual([]);
      expect(back).toMatchObject({ RotationEnabled: true, RotationLambdaARN: functionArn });
      await rotatedNow(secret);
      expect((await keyturn.rotate(secret)).output).toMatchObject({ outcome: "skipped", reason: "NotManaged" });
      expect((await keyturn.records(secret)).filter(({ outcome }) => outcome === "succeeded")).toHaveLength(1);
    },
  );
});

describe("a secret that is not taken over", () => {
  it("because a rotation would fail, is as it was, and it is said what is to be done", async () => {
    const { secret } = await rotatedByAws(MULTI);
    const { $metadata: _, ...before } = await described(secret);
    const asked = { secretId: secret, stage: "dev", schedule: "nightly", native: false };
    await expect(adopt(person(), asked)).rejects.toThrow(/^WouldFail: .*AmbiguousPair: .*COMMENT ON ROLE/);
    await keyturn.cloud.settled();
    const { $metadata: __, ...after } = await described(secret);
    expect(after).toEqual({ ...before, LastChangedDate: expect.any(Date), Tags: [] });
    await rotatedNow(secret);
  });

  it("keeps the tags that it had", async () => {
    const { secret } = await rotatedByAws(MULTI);
    const Tags = [{ Key: "keyturn:schedule", Value: "weekly" }];
    await keyturn.secrets().send(new TagResourceCommand({ SecretId: secret, Tags }));
    await expect(
      adopt(person(), { secretId: secret, stage: "dev", schedule: "nightly", native: false }),
    ).rejects.toThrow(/^WouldFail/);
    expect((await described(secret)).Tags).toEqual(Tags);
  });

  it("because no function rotates it, or Keyturn's does, is refused", async () => {
    const secret = await keyturn.secretFor(await createLogin());
    const asked = { secretId: secret, stage: "dev", schedule: "nightly", native: false };
    await expect(adopt(person(), asked)).rejects.toThrow(/^AdoptedAlready/);
    await expect(adopt(person(), { ...asked, stage: "prod" })).rejects.toThrow(/^NotRotated/);
    await expect(leave(person(), asked)).rejects.toThrow(/^NotAdopted/);
    await switchRotation(person(), { secretId: secret, stage: "dev", to: { by: "keyturn, natively" } });
    await keyturn.cloud.settled();
    await expect(adopt(person(), asked)).rejects.toThrow(/^AdoptedAlready/);
  });

  it("because a rotation of AWS's was cut off, is refused", async () => {
    const { secret } = await rotatedByAws(SINGLE);
    await keyturn
      .secrets()
      .send(new PutSecretValueCommand({ SecretId: secret, SecretString: "half done", VersionStages: ["AWSPENDING"] }));
    const asked = { secretId: secret, stage: "dev", schedule: "nightly", native: false };
    await expect(adopt(person(), asked)).rejects.toThrow(/^RotationUnderWay/);
    await expect(leave(person(), { ...asked, to: SINGLE })).rejects.toThrow(/^RotationUnderWay/);
    expect((await described(secret)).Tags ?? []).toEqual([]);
  });
});

describe("whose schedule counts", () => {
  it("is switched by one call, and nothing is rotated", async () => {
    const secret = await keyturn.secretFor(await createLogin());
    const before = await keyturn.labels(secret);
    const to = (wanted: Parameters<typeof switchRotation>[1]["to"]) =>
      switchRotation(person(), { secretId: secret, stage: "dev", to: wanted }).then(() => keyturn.cloud.settled());
    await to({ by: "keyturn, natively" });
    expect(await described(secret)).toMatchObject({
      RotationEnabled: true,
      RotationLambdaARN: NATIVE(),
      RotationRules: { AutomaticallyAfterDays: 1000 },
    });
    await to({ by: "secrets manager", rules: { expression: "rate(30 days)" } });
    expect(await described(secret)).toMatchObject({ RotationRules: { ScheduleExpression: "rate(30 days)" } });
    await to({ by: "keyturn" });
    expect(await described(secret)).toMatchObject({ RotationEnabled: false });
    await to({ by: "keyturn" });
    expect(await keyturn.labels(secret)).toEqual(before);
    expect(await keyturn.records(secret)).toEqual([]);
  });

  it("is not switched for a secret that is not Keyturn's", async () => {
    const { secret } = await rotatedByAws(SINGLE);
    const asked = { secretId: secret, stage: "dev", to: { by: "keyturn, natively" } } as const;
    await expect(switchRotation(person(), asked)).rejects.toThrow(/^NotManaged/);
    expect(await described(secret)).toMatchObject({ RotationLambdaARN: SINGLE });
    await keyturn.secrets().send(new CancelRotateSecretCommand({ SecretId: secret }));
  });
});

describe("the function to give a secret back to", () => {
  it("is the one that Secrets Manager remembers, whatever the tag says", async () => {
    const { secret } = await rotatedByAws(SINGLE);
    await adopt(person(), { secretId: secret, stage: "dev", schedule: "nightly", native: false });
    const Tags = [{ Key: "keyturn:adopted-from", Value: arnOf("of-somebody-who-may-tag") }];
    await keyturn.secrets().send(new TagResourceCommand({ SecretId: secret, Tags }));
    expect(await leave(person(), { secretId: secret, stage: "dev" })).toEqual({ to: SINGLE });
  });

  it("has a schedule to be said where Secrets Manager was told to leave that to Keyturn", async () => {
    const { secret } = await rotatedByAws(SINGLE);
    await adopt(person(), { secretId: secret, stage: "dev", schedule: "nightly", native: true });
    // Secrets Manager's test of it has a version under AWSPENDING until it is done.
    await keyturn.cloud.settled();
    await switchRotation(person(), { secretId: secret, stage: "dev", to: { by: "keyturn, natively" } });
    await keyturn.cloud.settled();
    const asked = { secretId: secret, stage: "dev" };
    await expect(leave(person(), asked)).rejects.toThrow(/^NoSchedule/);
    expect(await leave(person(), { ...asked, rules: { expression: "rate(30 days)" } })).toEqual({ to: SINGLE });
    expect(await described(secret)).toMatchObject({ RotationRules: { ScheduleExpression: "rate(30 days)" } });
  });

  it("is put back into Keyturn's hands where it cannot be invoked", async () => {
    const { secret } = await rotatedByAws(SINGLE);
    await adopt(person(), { secretId: secret, stage: "dev", schedule: "nightly", native: false });
    const before = (await described(secret)).Tags;
    const there = { secretId: secret, stage: "dev", to: arnOf("gone") };
    await expect(leave(person(), there)).rejects.toThrow(/cannot invoke the specified Lambda function/);
    expect((await described(secret)).Tags).toEqual(expect.arrayContaining(before ?? []));
    expect((await keyturn.rotate(secret)).output).toMatchObject({ outcome: "succeeded" });
  });
});

describe("the commands", () => {
  async function command(...argv: readonly string[]): Promise<Ran> {
    const ran = await run(argv, { cloud: keyturn.cloud });
    await keyturn.cloud.settled();
    return ran;
  }

  it("do what they say", async () => {
    const { secret } = await rotatedByAws(SINGLE);
    const adopted = await command("adopt", secret, "--schedule", "nightly");
    expect(adopted.stdout).toContain(`${SINGLE} did before`);
    expect(adopted.stdout).toContain(`keyturn plan ${secret}`);
    expect(await described(secret)).toMatchObject({ RotationEnabled: false });
    await command("native", secret, "on");
    expect(await described(secret)).toMatchObject({
      RotationLambdaARN: NATIVE(),
      RotationRules: { AutomaticallyAfterDays: 1000 },
    });
    await command("native", secret, "--every", "rate(7 days)");
    expect(await described(secret)).toMatchObject({ RotationRules: { ScheduleExpression: "rate(7 days)" } });
    expect((await command("native", secret, "off", "--json")).json()).toEqual({
      ...{ secret, by: "keyturn", every: null, next: [`keyturn show ${secret}`] },
    });
    expect(await described(secret)).toMatchObject({ RotationEnabled: false });
    const left = await command("leave", secret, "--json");
    expect(left.json()).toEqual({ secret, by: SINGLE, every: null, next: [] });
    expect(await described(secret)).toMatchObject({ RotationEnabled: true, RotationLambdaARN: SINGLE });
  });

  it.each<[readonly string[], ExitCode, RegExp]>([
    [["native", "any"], EXIT.usage, /one of on, off and --every/],
    [["native", "any", "on", "--every", "rate(1 day)"], EXIT.usage, /one of on, off and --every/],
    [["native", "any", "maybe"], EXIT.usage, /not maybe/],
    [["native", "not/there", "on"], EXIT.usage, /no such secret/i],
    [["adopt", "any"], EXIT.usage, /--schedule/],
    [["adopt", "any", "--schedule", "hourly"], EXIT.usage, /hourly is none of the deployed ones: nightly/],
    [["adopt", "not/there", "--schedule", "nightly"], EXIT.usage, /no such secret/i],
    [["leave", "any", "--to", "my-function"], EXIT.usage, /ARN/],
    [["leave", "not/there"], EXIT.usage, /no such secret/i],
  ])("%j ends with %d, and says why", async (argv, exit, message) => {
    const { code, stdout, stderr } = await command(...argv);
    expect({ code, stdout }).toEqual({ code: exit, stdout: "" });
    expect(stderr).toMatch(message);
  });

  it("say what a rotation would fail by, and leave all as it was", async () => {
    const secret = await keyturn.secretFor(await createLogin(), {}, {});
    const { code, json } = await command("adopt", secret, "--schedule", "nightly", "--json");
    expect(code).toBe(EXIT.error);
    expect(json()).toEqual({ error: { code: "AdoptedAlready", message: expect.stringContaining("on the schedule") } });
  });
});
