import { PutResourcePolicyCommand } from "@aws-sdk/client-secrets-manager";
import { describe, expect, inject, it } from "vitest";
import { useCloud } from "../tools/cloud.js";
import { invoke } from "../tools/invoke.js";
import { createAdmin, createLogin, letsIn } from "../tools/postgres.js";

const OWN = "000000000000";
/** Whose owner attacks. */
const THERE = "111122223333";
const DESTINATION =
  "arn:aws:events:eu-central-1:000000000000:api-destination/orders/0a1b2c3d-0000-4000-8000-000000000000";
/** That keyturn.yml does not name. */
const UNKNOWN = "777788889999";

const keyturn = useCloud({
  settings: JSON.stringify({
    schedules: { told: { expression: "rate(1 day)", consumers: ["orders"] } },
    consumers: { orders: { for: ["shop/"], webhook: { apiDestination: DESTINATION } } },
    accounts: [THERE],
  }),
});

const there = { account: THERE };

/** What was asked of Secrets Manager about it. */
const callsFor = (secretArn: string) =>
  keyturn.cloud.calls().filter(({ service, resource, caller }) => {
    // One function hears of every secret that is made.
    const isFunction = caller.includes(":assumed-role/") && !caller.endsWith("-notice-move");
    return service === "secretsmanager" && isFunction && resource.startsWith(secretArn);
  });

async function expectRefused(secret: string, code: string) {
  expect((await keyturn.rotate(secret)).cause).toMatch(new RegExp(`^${code}: `));
  // A dry run says the same.
  expect(JSON.stringify((await keyturn.check(secret)).output)).toContain(code);
}

describe("the owner of another account", () => {
  it("has no admin of the deployment's account log in for a secret of his, named by its ARN", async () => {
    const login = await createLogin();
    const admin = await keyturn.adminSecretFor(await createAdmin(login.username));
    const secret = await keyturn.secretFor(login, { masterarn: admin }, {}, there);
    await expectRefused(secret, "AdminOfOtherAccount");
    expect(callsFor(admin)).toEqual([]);
    expect(await letsIn(login)).toBe(true);
  });

  it("has none that he names by its name, which would be looked up in the deployment's account", async () => {
    const login = await createLogin();
    const { username, password } = await createAdmin(login.username);
    const { host, port } = inject("postgres");
    const name = "test/admin-by-name";
    const value = { engine: "postgres", host, port, dbname: "postgres", username, password };
    const admin = await keyturn.storeSecret(value, { "keyturn:admin": "test/" }, "", { name });
    const secret = await keyturn.secretFor(login, { masterarn: name }, {}, there);
    await expectRefused(secret, "AdminOfOtherAccount");
    expect(callsFor(admin)).toEqual([]);
  });

  it("lends no admin to a secret of the deployment's account", async () => {
    const login = await createLogin();
    const admin = await keyturn.adminSecretFor(await createAdmin(login.username), there);
    const secret = await keyturn.secretFor(login, { masterarn: admin });
    await expectRefused(secret, "AdminOfOtherAccount");
    expect(callsFor(admin)).toEqual([]);
  });

  it("names no server of the deployment's account by tags like AWS's own", async () => {
    const login = await createLogin();
    const { username, password } = await createAdmin(login.username);
    const arn = "arn:aws:rds:eu-central-1:000000000000:db:shop";
    const { host, port } = inject("postgres");
    keyturn.cloud.servers.push({ arn, engine: "postgres", host, port });
    const tags = { "keyturn:admin": "test/", "aws:rds:primaryDBInstanceArn": arn };
    const masterarn = await keyturn.storeSecret({ username, password }, tags, "rds!", there);
    const secret = await keyturn.secretFor(login, { masterarn }, {}, there);
    expect((await keyturn.rotate(secret)).cause).toMatch(/^ManagedServerGone: /);
    expect(keyturn.cloud.calls().filter(({ service }) => service === "rds")).toEqual([]);
  });

  it("has no consumer told that is for secrets of such a name", async () => {
    const tags = { "keyturn:schedule": "told" };
    const tagged = { ...tags, "keyturn:consumers": "orders" };
    const asks = await keyturn.secretFor(await createLogin(), {}, tagged, { ...there, name: "shop/asks" });
    await expectRefused(asks, "ConsumerNotAllowed");
    const secret = await keyturn.secretFor(await createLogin(), {}, tags, { ...there, name: "shop/orders" });
    expect((await keyturn.rotate(secret)).output).toMatchObject({ outcome: "succeeded" });
    const [{ executionArn } = expect.unreachable()] = await keyturn.records(secret);
    const refreshed = await keyturn.start("RefreshConsumers", { rotation: { secretArn: secret, executionArn } });
    await keyturn.cloud.settled();
    expect((await keyturn.ended(refreshed)).output).toMatchObject({ reason: "NobodyToTell" });
  });

  it("takes no login from a secret of the deployment's account, nor the other way round", async () => {
    const login = await createLogin();
    const own = await keyturn.secretFor(login);
    await keyturn.rotate(own);
    const his = await keyturn.secretFor(await currentOf(own), {}, {}, there);
    await expectRefused(his, "SharedLogin");
    const second = await createLogin();
    const first = await keyturn.secretFor(second, {}, {}, there);
    await keyturn.rotate(first);
    const later = await keyturn.secretFor(await currentOf(first));
    await expectRefused(later, "SharedLogin");
  });

  it("has nothing done to a secret of the deployment's account by one of the same name", async () => {
    const name = "test/twins";
    const login = await createLogin();
    const own = await keyturn.secretFor(login, {}, {}, { name });
    const his = await keyturn.secretFor(await createLogin(), {}, {}, { ...there, name });
    expect((await keyturn.rotate(his)).output).toMatchObject({ outcome: "succeeded" });
    expect(await letsIn(login)).toBe(true);
    expect(callsFor(own)).toEqual([]);
    // A name is one of the deployment's own account.
    expect((await keyturn.rotate(name)).output).toMatchObject({ secretArn: own, outcome: "succeeded" });
    expect(await keyturn.records(his)).toHaveLength(1);
  });

  it("has the rotation function do nothing for a secret of his, nor store what it is told", async () => {
    const secret = await keyturn.secretFor(await createLogin(), {}, {}, there);
    const event = {
      Step: "createSecret",
      SecretId: secret,
      ClientRequestToken: "0a1b2c3d-0000-4000-8000-000000000000",
    };
    await expect(invoke(keyturn.cloud, "keyturn-dev-rotate-natively", event)).rejects.toThrow(/^NotNative: /);
    const plan = { secretArn: secret, versionId: "v", currentVersionId: "c" };
    const store = { plan, prepared: {}, attempt: 0, enteredAt: "2026-01-01T00:00:00Z" };
    await expect(invoke(keyturn.cloud, "keyturn-dev-rotate-natively", store)).rejects.toThrow(/^NotAwaited: /);
    expect(callsFor(secret)).toEqual([]);
  });

  it("is not heard of a move of a label that nobody but his own account tells of", async () => {
    const secret = await keyturn.secretFor(await createLogin(), {}, {}, there);
    const moved = { secretArn: secret, versionId: "v", at: "2026-01-01T00:00:00Z" };
    await expect(invoke(keyturn.cloud, "keyturn-dev-notice-move", { moved })).resolves.toMatchObject({
      decision: "ignore",
    });
    expect(callsFor(secret)).toEqual([]);
  });
});

describe("a secret of an account that keyturn.yml does not name", () => {
  it.each([
    ["asked for by a person", (secretId: string) => keyturn.rotate(secretId)],
    ["asked for by an event", async (secretId: string) => void (await keyturn.request({ secretId }))],
  ])("is refused before anything is asked, %s", async (_, ask) => {
    const arn = `arn:aws:secretsmanager:eu-central-1:${UNKNOWN}:secret:test/other-AbCdEf`;
    const before = keyturn.cloud.calls().length;
    await ask(arn);
    expect((await keyturn.records(arn))[0]).toMatchObject({ outcome: "failed", reason: "AccountNotListed" });
    const asked = keyturn.cloud.calls().slice(before);
    expect(asked.filter(({ service }) => service === "secretsmanager" || service === "sts")).toEqual([]);
  });

  it("lends no admin", async () => {
    const masterarn = `arn:aws:secretsmanager:eu-central-1:${UNKNOWN}:secret:test/admin-AbCdEf`;
    await expectRefused(await keyturn.secretFor(await createLogin(), { masterarn }), "AdminOfOtherAccount");
  });
});

describe("the roles of the other account", () => {
  it("read nothing that is not tagged for this deployment, whatever a policy at the secret would let in", async () => {
    const secret = await keyturn.storeSecret({ username: "x", password: "not a password" }, {}, "test/", there);
    const anybody = {
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { AWS: `arn:aws:iam::${OWN}:root` },
          Action: "secretsmanager:GetSecretValue",
          Resource: "*",
        },
      ],
    };
    await keyturn
      .secrets(THERE)
      .send(new PutResourcePolicyCommand({ SecretId: secret, ResourcePolicy: JSON.stringify(anybody) }));
    expect((await keyturn.rotate(secret)).output).toMatchObject({ outcome: "skipped", reason: "NotManaged" });
    expect(callsFor(secret).map(({ operation }) => operation)).not.toContain("GetSecretValue");
  });
});

async function currentOf(secret: string) {
  const { username, password } = await keyturn.value(secret);
  return { username, password };
}
