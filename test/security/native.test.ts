import {
  CancelRotateSecretCommand,
  DescribeSecretCommand,
  PutSecretValueCommand,
  RotateSecretCommand,
} from "@aws-sdk/client-secrets-manager";
import { describe, expect, it } from "vitest";
import type { FaultyCall } from "../../src/local/gateway/faults.js";
import { gate, invokes } from "../tools/barriers.js";
import { useCloud } from "../tools/cloud.js";
import { invoke } from "../tools/invoke.js";
import { createLogin, freshName, letsIn } from "../tools/postgres.js";

// Who may write a secret, start an execution or look at a secret, and knows each version that Secrets Manager waits for.
const keyturn = useCloud();

const FUNCTION = () => keyturn.cloud.resource("RotateNativelyLambdaFunction").attributes.Arn as string;
const KNOWN = "known-to-the.attacker";

async function native() {
  const login = await createLogin();
  const secret = await keyturn.secretFor(login);
  await keyturn.secrets().send(
    new RotateSecretCommand({
      ...{ SecretId: secret, RotationLambdaARN: FUNCTION(), RotateImmediately: false },
      RotationRules: { AutomaticallyAfterDays: 1000 },
    }),
  );
  await keyturn.cloud.settled();
  return { login, secret };
}

async function put(SecretId: string, value: object, ClientRequestToken: string, label = "AWSPENDING"): Promise<void> {
  const SecretString = JSON.stringify(value);
  await keyturn
    .secrets()
    .send(new PutSecretValueCommand({ SecretId, SecretString, ClientRequestToken, VersionStages: [label] }));
}

const step = (secret: string, token: string, Step = "createSecret") =>
  invoke(keyturn.cloud, "keyturn-dev-rotate-natively", { SecretId: secret, ClientRequestToken: token, Step });

describe("who may have a secret rotated may invoke the function, and", () => {
  it("stores nothing in anybody's secret by a plan of his own", async () => {
    const others = await keyturn.secretFor(await createLogin());
    for (const secretArn of [others, (await native()).secret]) {
      const before = await keyturn.labels(secretArn);
      const [currentVersionId] = Object.keys(before);
      const plan = { secretArn, secretName: "x", currentVersionId, versionId: freshName("0".repeat(32)), password: {} };
      const event = { plan, prepared: { username: "nobody" }, attempt: 0, enteredAt: new Date().toISOString() };
      await expect(invoke(keyturn.cloud, "keyturn-dev-rotate-natively", event)).rejects.toThrow("NotAwaited");
      expect(await keyturn.labels(secretArn)).toEqual(before);
    }
  });
});

describe("a start that says it is Secrets Manager's", () => {
  it("rotates nothing where Secrets Manager rotates nothing", async () => {
    const login = await createLogin();
    for (const secret of [await keyturn.secretFor(login), (await native()).secret]) {
      const { output } = await keyturn.rotate(secret, { trigger: "native" });
      expect(output).toMatchObject({ outcome: "skipped", reason: "NothingPending" });
    }
    expect(await letsIn(login)).toBe(true);
  });

  it("names no version: what else its input says is not read", async () => {
    const { login, secret } = await native();
    const token = freshName("chosen".padEnd(32, "0"));
    await keyturn.rotate(secret, { trigger: "native", versionId: token, native: "begun", clientRequestToken: token });
    expect(Object.keys(await keyturn.labels(secret))).not.toContain(token);
    expect(await letsIn(login)).toBe(true);
  });
});

describe("the rotation function, invoked by somebody else", () => {
  it("believes no version that Secrets Manager did not make", async () => {
    const { login, secret } = await native();
    const token = freshName("stored".padEnd(32, "0"));
    await expect(step(secret, token)).rejects.toThrow(/^NothingPending/);
    await put(secret, { ...(await keyturn.value(secret)), password: KNOWN }, token);
    await expect(step(secret, token)).rejects.toThrow(/^NothingPending/);
    expect([await letsIn(login), await letsIn({ ...login, password: KNOWN })]).toEqual([true, false]);
  });

  it("does nothing of a secret that is not Keyturn's, or that Secrets Manager does not rotate", async () => {
    const foreign = await keyturn.storeSecret({ engine: "postgres", ...(await createLogin()) }, { team: "shop" });
    await expect(step(foreign, freshName("any".padEnd(32, "0")))).rejects.toThrow(/^NotManaged/);
    const { secret } = await native();
    await keyturn.secrets().send(new CancelRotateSecretCommand({ SecretId: secret }));
    for (const one of ["createSecret", "setSecret", "testSecret", "finishSecret"])
      await expect(step(secret, freshName("any".padEnd(32, "0")), one)).rejects.toThrow(/^NotNative/);
    expect(await keyturn.records(secret)).toEqual([]);
  });
});

describe("a password that somebody stored in the version that Secrets Manager waits for", () => {
  const isStoring = (call: FaultyCall) =>
    invokes("rotate-natively")(call) && Object.hasOwn(Object(call.input.Payload), "plan");

  it.each([
    ["before Plan has looked", invokes("plan")],
    ["right before Keyturn stores its own", isStoring],
  ])("%s, is set by nobody", async (_, match) => {
    const { login, secret } = await native();
    const value = await keyturn.value(secret);
    const { open, opened } = gate();
    const held = keyturn.cloud.inject({ match, kind: "hold", when: "before", until: opened, times: 1 });
    const { VersionId = "" } = await keyturn.secrets().send(new RotateSecretCommand({ SecretId: secret }));
    await held.hit;
    await put(secret, { ...value, password: KNOWN }, VersionId);
    open();
    await keyturn.cloud.settled();
    const { LastRotatedDate, VersionIdsToStages = {} } = await keyturn
      .secrets()
      .send(new DescribeSecretCommand({ SecretId: secret }));
    expect(LastRotatedDate).toBeUndefined();
    expect(VersionIdsToStages[VersionId] ?? []).not.toContain("AWSCURRENT");
    expect([await letsIn(login), await letsIn({ ...login, password: KNOWN })]).toEqual([true, false]);
    // And it stands in nobody's way.
    expect((await keyturn.rotate(secret)).output.outcome).toBe("succeeded");
    expect(await letsIn(await keyturn.value(secret))).toBe(true);
  });

  it("whose storing died, is not taken for Keyturn's own", async () => {
    const { login, secret } = await native();
    const value = await keyturn.value(secret);
    const dies = keyturn.cloud.inject({
      match: ({ operation, caller }) => operation === "PutSecretValue" && caller.endsWith("-rotate-natively"),
      ...{ kind: "kill", when: "before", times: 1 },
    });
    const again = gate();
    const held = keyturn.cloud.inject({
      match: (call) => dies.struck() > 0 && isStoring(call),
      ...{ kind: "hold", when: "before", until: again.opened, times: 1 },
    });
    const { VersionId = "" } = await keyturn.secrets().send(new RotateSecretCommand({ SecretId: secret }));
    await held.hit;
    await put(secret, { ...value, password: KNOWN }, VersionId);
    again.open();
    await keyturn.cloud.settled();
    expect([await letsIn(login), await letsIn({ ...login, password: KNOWN })]).toEqual([true, false]);
    expect(await keyturn.records(secret)).toContainEqual(expect.objectContaining({ reason: "StoredBefore" }));
  });
});
