import { readFile } from "node:fs/promises";
import { PutSecretValueCommand, UntagResourceCommand } from "@aws-sdk/client-secrets-manager";
import { GetExecutionHistoryCommand, ListExecutionsCommand, StopExecutionCommand } from "@aws-sdk/client-sfn";
import pg from "pg";
import { describe, expect, inject, it } from "vitest";
import { entered, invokes } from "../tools/barriers.js";
import { type Ended, useCloud } from "../tools/cloud.js";
import { asSuperuser, createAdmin, createLogin, type Login, letsIn } from "../tools/postgres.js";

/** Minutes; a ten-thousandth of it here. `unhurried`, two weeks, does not pass within a test, however slow. */
const keyturn = useCloud({ retireAfterMinutes: { nightly: 5, unhurried: 20_160, atOnce: 0 }, speed: 10_000 });

async function pairOf(schedule = "atOnce", tags: Readonly<Record<string, string>> = {}) {
  const login = await createLogin();
  const admin = await createAdmin(login.username);
  const masterarn = await keyturn.adminSecretFor(admin);
  const secret = await keyturn.secretFor(login, { masterarn }, { "keyturn:schedule": schedule, ...tags });
  return { login, admin, secret };
}

/** Waits for the rotation, and not for what follows from it. */
const rotateOnly = async (secretId: string): Promise<Ended> => keyturn.over(await keyturn.startRotation({ secretId }));

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

/** Lets the rotation's retirement hang in a function, before or after it took effect. */
async function hangIn(name: string, when: "before" | "after", secret: string) {
  const hang = keyturn.cloud.inject({ match: invokes(name), kind: "hang", when, times: 1 });
  const retirement = entered(keyturn.cloud, "Plan retirement");
  const { output } = await rotateOnly(secret);
  expect(output.outcome).toBe("succeeded");
  await hang.hit;
  return retirement;
}

/** What an execution that waits for its time has decided. */
async function planned(executionArn: string): Promise<{ readonly retireAt: string }> {
  const { events = [] } = await keyturn.sfn().send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 }));
  const exited = events.find(({ stateExitedEventDetails }) => stateExitedEventDetails?.name === "Plan retirement");
  return JSON.parse(exited?.stateExitedEventDetails?.output ?? "{}").plan;
}

/** Without waiting for what follows from it. */
const stop = (executionArn: string) => keyturn.sfn().send(new StopExecutionCommand({ executionArn }));

describe("the old credential", () => {
  it("is refused after the grace period, in both directions, and the current one never is", async () => {
    const { login, secret } = await pairOf();
    let before: Login = login;
    for (const username of [`${login.username}_clone`, login.username, `${login.username}_clone`]) {
      const grace = keyturn.holdGrace();
      const { executionArn } = await rotateOnly(secret);
      const now = await keyturn.value(secret);
      expect(now.username).toBe(username);
      expect(await letsIn(before)).toBe(true);
      const refused: boolean[] = [];
      let settled = false;
      const watch = (async () => {
        while (!settled) refused.push(!(await letsIn(now)));
      })();
      await grace.passes();
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
    const { login, secret } = await pairOf("nightly");
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
});

describe("the next rotation", () => {
  it("in the grace period overtakes the retirement, and has one of its own", async () => {
    const { login, secret } = await pairOf();
    const grace = keyturn.holdGrace();
    await rotateOnly(secret);
    const first = await keyturn.value(secret);
    await rotateOnly(secret);
    expect([await letsIn(login), await letsIn(first)]).toEqual([false, true]);
    await grace.passes();
    expect((await retirementsOf(secret)).map(({ output }) => output.reason)).toEqual(["Overtaken", "Retired"]);
    expect([await letsIn(first), await letsIn(await keyturn.value(secret))]).toEqual([false, true]);
    expect(await keyturn.retirements(secret)).toMatchObject([{ username: first.username, outcome: "retired" }]);
  });

  it("that is under way is waited for: where it fails, the old credential is retired all the same", async () => {
    const { login, secret } = await pairOf();
    const grace = keyturn.holdGrace();
    await rotateOnly(secret);
    const first = await keyturn.value(secret);
    const next = await keyturn.hangIn("create-secret", "before", secret);
    const waited = entered(keyturn.cloud, "Wait for lock", 3);
    grace.end();
    await waited;
    expect(await letsIn(login)).toBe(true);
    await keyturn.stop(next);
    expect((await keyturn.records(secret))[0]).toMatchObject({ executionArn: next, outcome: "failed" });
    expect([await letsIn(first), await letsIn(login)]).toEqual([true, false]);
    expect(await keyturn.retirements(secret)).toMatchObject([{ username: login.username, outcome: "retired" }]);
    expect((await keyturn.rotate(secret)).output.outcome).toBe("succeeded");
  });

  it("that left its lock behind is not taken for brought to rest: after a time that is said", async () => {
    const { login, secret } = await pairOf();
    const grace = keyturn.holdGrace();
    await rotateOnly(secret);
    const deny = keyturn.cloud.inject({
      match: (call) => call.caller.endsWith("-record") && call.operation === "UpdateItem",
      kind: "deny",
      when: "before",
    });
    const fail = keyturn.cloud.inject({ match: invokes("create-secret"), kind: "exit", when: "before" });
    await rotateOnly(secret);
    fail.lift();
    await grace.passes();
    deny.lift();
    expect(await keyturn.retirements(secret)).toMatchObject([{ outcome: "failed", reason: "LockHeld" }]);
    expect(await letsIn(login)).toBe(true);
    expect((await keyturn.rotate(secret)).output.outcome).toBe("succeeded");
  });
});

describe("a retirement that was stopped", () => {
  const cases = ["begin-retirement", "retire-credential", "record-retirement"].flatMap((name) =>
    (["before", "after"] as const).map((when) => [when, name] as const),
  );

  it.each(cases)("%s %s took effect is started again, and the secret can be rotated", async (when, name) => {
    const { login, secret } = await pairOf();
    const executionArn = await hangIn(name, when, secret);
    expect(await letsIn(await keyturn.value(secret))).toBe(true);
    await keyturn.stop(executionArn);
    expect([await letsIn(login), await letsIn(await keyturn.value(secret))]).toEqual([false, true]);
    const ended = await retirementsOf(secret);
    expect(ended.map(({ status }) => status)).toEqual(["ABORTED", "SUCCEEDED"]);
    expect(await keyturn.retirements(secret)).toMatchObject([{ outcome: "retired", username: login.username }]);
    const { output } = await keyturn.rotate(secret);
    expect(output.outcome).toBe("succeeded");
    expect(await keyturn.value(secret)).toMatchObject({ username: login.username });
    expect(await letsIn(await keyturn.value(secret))).toBe(true);
  });

  it("in the grace period is started again and waits on; again and again it is given up, and that is announced", async () => {
    const { login, secret } = await pairOf("unhurried");
    let waiting = entered(keyturn.cloud, "Wait for grace");
    await rotateOnly(secret);
    const until = new Set<string>();
    for (let time = 0; time < 4; time += 1) {
      const executionArn = await waiting;
      until.add((await planned(executionArn)).retireAt);
      if (time > 0) {
        const { input } = await keyturn.ended(executionArn);
        expect(JSON.parse(input)).toMatchObject({ restartOf: { executionArn: expect.any(String) } });
      }
      if (time < 3) waiting = entered(keyturn.cloud, "Wait for grace");
      await stop(executionArn);
    }
    await keyturn.cloud.settled();
    expect(until.size).toBe(1);
    expect((await retirementsOf(secret)).map(({ status }) => status)).toEqual([...Array(4).fill("ABORTED"), "FAILED"]);
    expect(await keyturn.retirements(secret)).toMatchObject([{ outcome: "failed", reason: "RecoveryGivenUp" }]);
    expect(await keyturn.announced(secret)).toContain("Secret Retirement Failed");
    expect(await letsIn(login)).toBe(true);
  });

  it("does not keep the next rotation from taking its lock over, nor is what that brings undone", async () => {
    const { login, secret } = await pairOf();
    const executionArn = await hangIn("retire-credential", "after", secret);
    const before = await keyturn.value(secret);
    const begin = keyturn.cloud.inject({ match: invokes("plan-retirement"), kind: "hang", when: "before", times: 1 });
    const again = entered(keyturn.cloud, "Plan retirement");
    await stop(executionArn);
    await begin.hit;
    await rotateOnly(secret);
    const now = await keyturn.value(secret);
    expect(now.username).toBe(login.username);
    await keyturn.stop(await again);
    expect([await letsIn(now), await letsIn(before)]).toEqual([true, false]);
  });
});

describe("what is tried again", () => {
  const names = ["plan-retirement", "begin-retirement", "retire-credential", "record-retirement"];
  const kinds = [
    ["exit", "after"],
    ["throttle", "before"],
  ] as const;

  it.each(names.flatMap((name) => kinds.map(([kind, when]) => [name, kind, when] as const)))(
    "%s that dies once (%s, %s it took effect)",
    async (name, kind, when) => {
      const { login, secret } = await pairOf();
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
    const { secret } = await pairOf();
    await keyturn.rotate(secret);
    const [first] = await retirementsOf(secret);
    await keyturn.start("RetireSecret", JSON.parse(first?.input ?? ""));
    await keyturn.cloud.settled();
    expect((await retirementsOf(secret)).map(({ output }) => output.reason)).toEqual(["Retired", "AlreadyRetired"]);
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
    const { login, secret } = await pairOf();
    const grace = keyturn.holdGrace();
    await rotateOnly(secret);
    await asSuperuser((client) => client.query(`ALTER ROLE ${login.username}_clone PASSWORD 'another-one-of-theirs'`));
    await grace.passes();
    await expectFailure(secret, "CurrentRejected");
    expect(await letsIn(login)).toBe(true);
  });

  it.each([
    ["another user", async () => ({ username: (await createLogin()).username })],
    ["another host", async () => ({ host: "localhost" })],
    ["the current user itself", async (login: Login) => ({ username: `${login.username}_clone` })],
  ])("when somebody put AWSPREVIOUS on a version of %s meanwhile", async (_, fields) => {
    const { login, secret } = await pairOf();
    const grace = keyturn.holdGrace();
    await rotateOnly(secret);
    const other = { ...(await keyturn.value(secret, "AWSPREVIOUS")), ...(await fields(login)) };
    await keyturn.secrets().send(
      new PutSecretValueCommand({
        SecretId: secret,
        SecretString: JSON.stringify(other),
        VersionStages: ["AWSPREVIOUS"],
      }),
    );
    await grace.passes();
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
    const { login, secret } = await pairOf();
    const grace = keyturn.holdGrace();
    await rotateOnly(secret);
    await asSuperuser((client) => client.query(`COMMENT ON ROLE ${login.username}_clone IS NULL`));
    await grace.passes();
    expect(await keyturn.retirements(secret)).toMatchObject([{ outcome: "failed", reason: "ForeignPrevious" }]);
    expect([await letsIn(login), await letsIn(await keyturn.value(secret))]).toEqual([true, true]);
  });

  it("when the admin may not, and the message says what to run", async () => {
    const { login, admin, secret } = await pairOf();
    const grace = keyturn.holdGrace();
    await rotateOnly(secret);
    await asSuperuser((client) => client.query(`ALTER ROLE ${admin.username} NOCREATEROLE`));
    await grace.passes();
    await expectFailure(secret, "AdminLacksRight");
    expect(await letsIn(login)).toBe(true);
  });

  it("when the secret is taken out of Keyturn's hands", async () => {
    const { login, secret } = await pairOf();
    const grace = keyturn.holdGrace();
    await rotateOnly(secret);
    await keyturn.secrets().send(new UntagResourceCommand({ SecretId: secret, TagKeys: ["keyturn:schedule"] }));
    await grace.passes();
    expect((await retirementsOf(secret)).map(({ output }) => output.reason)).toEqual(["NotManaged"]);
    expect(await letsIn(login)).toBe(true);
  });
});
