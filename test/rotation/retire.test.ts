import { readFile } from "node:fs/promises";
import { PutSecretValueCommand, UntagResourceCommand } from "@aws-sdk/client-secrets-manager";
import { ListExecutionsCommand, StopExecutionCommand } from "@aws-sdk/client-sfn";
import pg from "pg";
import { describe, expect, inject, it } from "vitest";
import type { FaultyCall } from "../../src/local/gateway/faults.js";
import { type Ended, useCloud } from "../tools/cloud.js";
import { asSuperuser, createAdmin, createLogin, type Login, letsIn } from "../tools/postgres.js";

/** Minutes; a thousandth of it here. `unhurried` leaves time to do something meanwhile. */
const keyturn = useCloud({ retireAfterMinutes: { nightly: 5, unhurried: 60, atOnce: 0 } });

const invokes = (name: string) => (call: FaultyCall) =>
  call.service === "lambda" && String(call.input.FunctionName).endsWith(`-${name}`);
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function until(condition: () => boolean | Promise<boolean>) {
  while (!(await condition())) await sleep(5);
}

async function pairOf(schedule = "nightly", tags: Readonly<Record<string, string>> = {}) {
  const login = await createLogin();
  const admin = await createAdmin(login.username);
  const masterarn = await keyturn.adminSecretFor(admin);
  const secret = await keyturn.secretFor(login, { masterarn }, { "keyturn:schedule": schedule, ...tags });
  return { login, admin, secret };
}

/** Waits for the rotation, and not for what follows from it. */
async function rotateOnly(secretId: string): Promise<Ended> {
  const executionArn = await keyturn.startRotation({ secretId });
  await until(async () => (await keyturn.ended(executionArn)).status !== "RUNNING");
  return keyturn.ended(executionArn);
}

/** How the executions of `retire-secret` for a secret ended, the oldest first. */
async function retirementsOf(secret: string): Promise<Ended[]> {
  const stateMachineArn = keyturn.cloud.resource("RetireSecret").ref;
  const { executions = [] } = await keyturn
    .sfn()
    .send(new ListExecutionsCommand({ stateMachineArn, maxResults: 1000 }));
  const all = (await Promise.all(executions.map(({ executionArn = "" }) => keyturn.ended(executionArn)))).reverse();
  // What starts one again names only the execution before it.
  const found: Ended[] = [];
  for (const one of all) {
    if (one.input.includes(secret) || found.some(({ executionArn }) => one.input.includes(executionArn)))
      found.push(one);
  }
  return found;
}

const running = async (secret: string) => {
  let found: Ended | undefined;
  await until(async () => {
    found = (await retirementsOf(secret)).find(({ status }) => status === "RUNNING");
    return found !== undefined;
  });
  return (found as Ended).executionArn;
};

/** Lets the rotation's retirement hang in a function, before or after it took effect. */
async function hangIn(name: string, when: "before" | "after", secret: string) {
  const fault = keyturn.cloud.inject({ match: invokes(name), kind: "hang", when, times: 1 });
  const { output } = await rotateOnly(secret);
  expect(output.outcome).toBe("succeeded");
  await until(() => fault.struck() === 1);
  fault.lift();
  return running(secret);
}

const stop = (executionArn: string) => keyturn.sfn().send(new StopExecutionCommand({ executionArn }));

describe("the old credential", () => {
  it("is refused after the grace period, in both directions, and the current one never is", async () => {
    const { login, secret } = await pairOf();
    let before: Login = login;
    for (const username of [`${login.username}_clone`, login.username, `${login.username}_clone`]) {
      const { executionArn } = await rotateOnly(secret);
      const now = await keyturn.value(secret);
      expect(now.username).toBe(username);
      expect(await letsIn(before)).toBe(true);
      const refused: boolean[] = [];
      let settled = false;
      const watch = (async () => {
        while (!settled) refused.push(!(await letsIn(now)));
      })();
      await keyturn.cloud.settled();
      settled = true;
      await watch;
      expect(refused).not.toContain(true);
      expect([await letsIn(now), await letsIn(before)]).toEqual([true, false]);
      const [record] = await keyturn.retirements(secret);
      expect(record).toMatchObject({
        secretArn: secret,
        rotationArn: executionArn,
        outcome: "retired",
        reason: "Retired",
        engine: "postgres",
        strategy: "alternating-users",
        username: before.username,
        sessions: 0,
      });
      const labels = await keyturn.labels(secret);
      expect(labels[record?.previousVersionId ?? ""]).toEqual(["AWSPREVIOUS"]);
      expect(labels[record?.versionId ?? ""]).toContain("AWSCURRENT");
      before = now;
    }
    expect(await keyturn.retirements(secret)).toHaveLength(3);
    expect(await keyturn.records(secret)).toHaveLength(3);
    expect((await keyturn.announced(secret)).slice(0, 2)).toEqual([
      "Secret Rotation Succeeded",
      "Secret Credential Retired",
    ]);
  });

  it("has its open sessions counted and left alone", async () => {
    const { login, secret } = await pairOf();
    const { host, port, caFile } = inject("postgres");
    const ssl = { ca: await readFile(caFile, "utf8"), host } as object;
    const open = new pg.Client({
      host,
      port,
      user: login.username,
      password: login.password,
      database: "postgres",
      ssl,
    });
    await open.connect();
    await keyturn.rotate(secret);
    expect(await keyturn.retirements(secret)).toMatchObject([{ outcome: "retired", sessions: 1 }]);
    expect((await open.query("SELECT 1 AS alive")).rows).toEqual([{ alive: 1 }]);
    await open.end();
    const told = (await keyturn.cloud.events()).find(
      ({ event }) => event["detail-type"] === "Secret Credential Retired" && event.detail.secretArn === secret,
    );
    expect(told?.event.detail.summary).toContain("Open sessions of that user, which were left alone: 1.");
  });

  it("lives on where the schedule does not turn it on, and where there is none", async () => {
    const { login, secret } = await pairOf("weekly");
    await keyturn.rotate(secret);
    expect(await letsIn(login)).toBe(true);
    expect((await retirementsOf(secret)).map(({ output }) => output.reason)).toEqual(["NotTurnedOn"]);
    const single = await keyturn.secretFor(await createLogin());
    await keyturn.rotate(single);
    expect(await retirementsOf(single)).toEqual([]);
    expect([...(await keyturn.retirements(secret)), ...(await keyturn.retirements(single))]).toEqual([]);
    expect(await keyturn.announced(secret)).toEqual(["Secret Rotation Succeeded"]);
  });

  it("is retired at once in an emergency, also where the schedule would not, and the record says so", async () => {
    for (const schedule of ["weekly", "unhurried"]) {
      const { login, secret } = await pairOf(schedule);
      const before = Date.now();
      await keyturn.request({ secretId: secret, reason: "leaked", retireAfterMinutes: 0 });
      expect(await letsIn(login)).toBe(false);
      expect(await letsIn(await keyturn.value(secret))).toBe(true);
      expect(await keyturn.records(secret)).toMatchObject([{ requestReason: "leaked", retireAfterMinutes: 0 }]);
      const [retired] = await keyturn.retirements(secret);
      expect(Date.parse(retired?.startedAt ?? "")).toBeGreaterThanOrEqual(before);
    }
  });

  it.each([-1, 0.5, "0", 20_161])("is not retired after %j minutes: that is no request", async (retireAfterMinutes) => {
    const { secret } = await pairOf();
    expect((await keyturn.rotate(secret, { retireAfterMinutes })).cause).toContain("retireAfterMinutes");
  });
});

describe("the next rotation", () => {
  it("in the grace period overtakes the retirement, and has one of its own", async () => {
    const { login, secret } = await pairOf("unhurried");
    await rotateOnly(secret);
    const first = await keyturn.value(secret);
    await rotateOnly(secret);
    expect([await letsIn(login), await letsIn(first)]).toEqual([false, true]);
    await keyturn.cloud.settled();
    expect((await retirementsOf(secret)).map(({ output }) => output.reason ?? output.outcome)).toEqual([
      "Overtaken",
      "retired",
    ]);
    expect([await letsIn(first), await letsIn(await keyturn.value(secret))]).toEqual([false, true]);
    expect(await keyturn.retirements(secret)).toMatchObject([{ username: first.username, outcome: "retired" }]);
  });

  it("that is under way is waited for: where it fails, the old credential is retired all the same", async () => {
    const { login, secret } = await pairOf("unhurried");
    await rotateOnly(secret);
    const first = await keyturn.value(secret);
    const hang = keyturn.cloud.inject({ match: invokes("create-secret"), kind: "hang", when: "before", times: 1 });
    const next = await keyturn.startRotation({ secretId: secret });
    await until(() => hang.struck() === 1);
    let waited = 0;
    const off = keyturn.cloud.onHistory(({ state }) => {
      if (state === "Wait for lock") waited += 1;
    });
    await until(() => waited > 2);
    off();
    expect(await letsIn(login)).toBe(true);
    await stop(next);
    await keyturn.cloud.settled();
    expect((await keyturn.records(secret))[0]).toMatchObject({ executionArn: next, outcome: "failed" });
    expect([await letsIn(first), await letsIn(login)]).toEqual([true, false]);
    expect(await keyturn.retirements(secret)).toMatchObject([{ username: login.username, outcome: "retired" }]);
    expect((await keyturn.rotate(secret)).output.outcome).toBe("succeeded");
  });

  it("that left its lock behind is not taken for brought to rest: after a time that is said", async () => {
    const { login, secret } = await pairOf("unhurried");
    await rotateOnly(secret);
    const deny = keyturn.cloud.inject({
      match: (call) => call.caller.endsWith("-record") && call.operation === "UpdateItem",
      kind: "deny",
      when: "before",
    });
    const fail = keyturn.cloud.inject({ match: invokes("create-secret"), kind: "exit", when: "before" });
    await rotateOnly(secret);
    fail.lift();
    await keyturn.cloud.settled();
    deny.lift();
    expect(await keyturn.retirements(secret)).toMatchObject([{ outcome: "failed", reason: "LockHeld" }]);
    expect(await letsIn(login)).toBe(true);
    expect((await keyturn.rotate(secret)).output.outcome).toBe("succeeded");
  }, 60_000);
});

describe("a retirement that was stopped", () => {
  const cases = ["begin-retirement", "retire-credential", "record-retirement"].flatMap((name) =>
    (["before", "after"] as const).map((when) => [when, name] as const),
  );

  it.each(cases)("%s %s took effect is started again, and the secret can be rotated", async (when, name) => {
    const { login, secret } = await pairOf("atOnce");
    const executionArn = await hangIn(name, when, secret);
    expect(await letsIn(await keyturn.value(secret))).toBe(true);
    await stop(executionArn);
    await keyturn.cloud.settled();
    expect([await letsIn(login), await letsIn(await keyturn.value(secret))]).toEqual([false, true]);
    const ended = await retirementsOf(secret);
    expect(ended.map(({ status }) => status)).toEqual(["ABORTED", "SUCCEEDED"]);
    expect(await keyturn.retirements(secret)).toMatchObject([{ outcome: "retired", username: login.username }]);
    const { output } = await keyturn.rotate(secret);
    expect(output.outcome).toBe("succeeded");
    expect(await keyturn.value(secret)).toMatchObject({ username: login.username });
    expect(await letsIn(await keyturn.value(secret))).toBe(true);
  });

  it("in the grace period is started again and waits on", async () => {
    const { login, secret } = await pairOf("unhurried");
    await rotateOnly(secret);
    await stop(await running(secret));
    const again = await running(secret);
    expect(JSON.parse((await keyturn.ended(again)).input)).toMatchObject({
      restartOf: { executionArn: expect.any(String) },
    });
    await keyturn.cloud.settled();
    expect(await letsIn(login)).toBe(false);
  });

  it("again and again is given up, and that is announced", async () => {
    const { login, secret } = await pairOf("unhurried");
    await rotateOnly(secret);
    for (let time = 0; time < 4; time += 1) await stop(await running(secret));
    await keyturn.cloud.settled();
    expect((await retirementsOf(secret)).map(({ status }) => status)).toEqual([...Array(4).fill("ABORTED"), "FAILED"]);
    expect(await keyturn.retirements(secret)).toMatchObject([{ outcome: "failed", reason: "RecoveryGivenUp" }]);
    expect(await keyturn.announced(secret)).toContain("Secret Retirement Failed");
    expect(await letsIn(login)).toBe(true);
  });

  it("does not keep the next rotation from taking its lock over, nor is what that brings undone", async () => {
    const { login, secret } = await pairOf("atOnce");
    const executionArn = await hangIn("retire-credential", "after", secret);
    const before = await keyturn.value(secret);
    const begin = keyturn.cloud.inject({ match: invokes("plan-retirement"), kind: "hang", when: "before", times: 1 });
    await stop(executionArn);
    await until(() => begin.struck() === 1);
    await rotateOnly(secret);
    begin.lift();
    const now = await keyturn.value(secret);
    expect(now.username).toBe(login.username);
    await stop(await running(secret));
    await keyturn.cloud.settled();
    expect([await letsIn(now), await letsIn(before)]).toEqual([true, false]);
  });
});

describe("what is tried again", () => {
  const names = ["plan-retirement", "begin-retirement", "retire-credential", "record-retirement"];
  const kinds = [
    ["exit", "after"],
    ["unknown", "after"],
    ["throttle", "before"],
  ] as const;

  it.each(names.flatMap((name) => kinds.map(([kind, when]) => [name, kind, when] as const)))(
    "%s that dies once (%s, %s it took effect)",
    async (name, kind, when) => {
      const { login, secret } = await pairOf("atOnce");
      const fault = keyturn.cloud.inject({ match: invokes(name), kind, when, times: 1 });
      await keyturn.rotate(secret);
      fault.lift();
      expect(fault.struck()).toBe(1);
      expect(await keyturn.retirements(secret)).toMatchObject([{ outcome: "retired", username: login.username }]);
      expect(await keyturn.announced(secret)).toEqual(["Secret Rotation Succeeded", "Secret Credential Retired"]);
      expect([await letsIn(login), await letsIn(await keyturn.value(secret))]).toEqual([false, true]);
    },
  );

  it("a start that is delivered twice retires once", async () => {
    const { secret } = await pairOf("atOnce");
    await keyturn.rotate(secret);
    const [first] = await retirementsOf(secret);
    await keyturn.start("RetireSecret", JSON.parse(first?.input ?? ""));
    await keyturn.cloud.settled();
    expect((await retirementsOf(secret)).map(({ output }) => output.reason ?? output.outcome)).toEqual([
      "retired",
      "AlreadyRetired",
    ]);
    expect(await keyturn.retirements(secret)).toHaveLength(1);
    expect((await keyturn.rotate(secret)).output.outcome).toBe("succeeded");
  });
});

describe("nothing is changed", () => {
  async function expectFailure(secret: string, reason: string) {
    expect(await keyturn.retirements(secret)).toMatchObject([{ outcome: "failed", reason, error: { code: reason } }]);
    expect(await keyturn.announced(secret)).toEqual(["Secret Rotation Succeeded", "Secret Retirement Failed"]);
    expect((await retirementsOf(secret)).map(({ status }) => status)).toEqual(["FAILED"]);
  }

  it("when the current credential is refused, and the failure is announced", async () => {
    const { login, secret } = await pairOf("unhurried");
    await rotateOnly(secret);
    await asSuperuser((client) => client.query(`ALTER ROLE ${login.username}_clone PASSWORD 'another-one-of-theirs'`));
    await keyturn.cloud.settled();
    await expectFailure(secret, "CurrentRejected");
    expect(await letsIn(login)).toBe(true);
  });

  it.each([
    ["another user", async () => ({ username: (await createLogin()).username })],
    ["another host", async () => ({ host: "localhost" })],
    ["the current user itself", async (login: Login) => ({ username: `${login.username}_clone` })],
  ])("when somebody put AWSPREVIOUS on a version of %s meanwhile", async (_, fields) => {
    const { login, secret } = await pairOf("unhurried");
    await rotateOnly(secret);
    const other = { ...(await keyturn.value(secret, "AWSPREVIOUS")), ...(await fields(login)) };
    await keyturn.secrets().send(
      new PutSecretValueCommand({
        SecretId: secret,
        SecretString: JSON.stringify(other),
        VersionStages: ["AWSPREVIOUS"],
      }),
    );
    await keyturn.cloud.settled();
    expect((await retirementsOf(secret)).map(({ output }) => output.reason)).toEqual(["PreviousMoved"]);
    expect(await keyturn.retirements(secret)).toEqual([]);
    expect([await letsIn(login), await letsIn(await keyturn.value(secret))]).toEqual([true, true]);
    const victim = String(other.username);
    const barred = await asSuperuser((client) =>
      client.query("SELECT 1 FROM pg_roles WHERE rolname = $1 AND NOT rolcanlogin", [victim]),
    );
    expect(barred.rows).toEqual([]);
  });

  it("when the server does not say any more that the two are a pair", async () => {
    const { login, secret } = await pairOf("unhurried");
    await rotateOnly(secret);
    await asSuperuser((client) => client.query(`COMMENT ON ROLE ${login.username}_clone IS NULL`));
    await keyturn.cloud.settled();
    expect(await keyturn.retirements(secret)).toMatchObject([{ outcome: "failed", reason: "ForeignPrevious" }]);
    expect([await letsIn(login), await letsIn(await keyturn.value(secret))]).toEqual([true, true]);
  });

  it("when the admin may not, and the message says what to run", async () => {
    const { login, admin, secret } = await pairOf("unhurried");
    await rotateOnly(secret);
    await asSuperuser((client) => client.query(`ALTER ROLE ${admin.username} NOCREATEROLE`));
    await keyturn.cloud.settled();
    await expectFailure(secret, "AdminLacksRight");
    expect(await letsIn(login)).toBe(true);
  });

  it("when the secret is taken out of Keyturn's hands", async () => {
    const { login, secret } = await pairOf("unhurried");
    await rotateOnly(secret);
    await keyturn.secrets().send(new UntagResourceCommand({ SecretId: secret, TagKeys: ["keyturn:schedule"] }));
    await keyturn.cloud.settled();
    expect((await retirementsOf(secret)).map(({ output }) => output.reason)).toEqual(["NotManaged"]);
    expect(await letsIn(login)).toBe(true);
  });
});
