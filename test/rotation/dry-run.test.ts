import { ListExecutionsCommand } from "@aws-sdk/client-sfn";
import { describe, expect, it } from "vitest";
import type { FaultyCall } from "../../src/local/gateway/faults.js";
import type { Check } from "../../src/rotation/dry-run/checklist.js";
import { invokes } from "../tools/barriers.js";
import { useCloud } from "../tools/cloud.js";
import { createAdmin, createLogin, freshName, type Login } from "../tools/postgres.js";
import { traces } from "../tools/traces.js";

const keyturn = useCloud();

/** Runs it dry, and makes sure that nothing was written anywhere. */
async function runDry(secret: string, login: Login, input: Readonly<Record<string, unknown>> = {}) {
  const before = await traces(keyturn, [secret], [login.username]);
  const { status, output } = await keyturn.check(secret, input);
  expect(status).toBe("SUCCEEDED");
  expect(await traces(keyturn, [secret], [login.username])).toEqual(before);
  const checks = output.checks as Check[];
  return { output, checks, wrong: checks.filter(({ ok }) => !ok) };
}

/** The newest first. */
async function executionsOf(machine: "RotateSecret" | "CheckSecret") {
  const stateMachineArn = keyturn.cloud.resource(machine).ref;
  const { executions = [] } = await keyturn.sfn().send(new ListExecutionsCommand({ stateMachineArn }));
  return Promise.all(executions.map(({ executionArn = "" }) => keyturn.ended(executionArn)));
}

describe("a dry run", () => {
  it("of a single user finds all well, writes nothing and announces nothing", async () => {
    const login = await createLogin();
    const secret = await keyturn.secretFor(login, {}, { "keyturn:probe": "select 1" });
    const { output, checks } = await runDry(secret, login);
    expect(output).toMatchObject({
      dryRun: true,
      ok: true,
      outcome: "checked",
      would: {
        strategy: "single-user",
        engine: "postgres",
        username: login.username,
        resumed: false,
        reason: "Started",
      },
    });
    expect(checks.map(({ phase, check }) => `${phase} ${check}`)).toEqual([
      "plan PasswordPolicy",
      "plan UserName",
      "plan LoginUnclaimed",
      "plan Plan",
      "create SecretRead",
      "create NextUser",
      "create Copies",
      "create Size",
      "set SecretRead",
      "set Rights",
      "test SecretRead",
      "test Login",
      "test Probes",
      "finish LabelMovable",
    ]);
    expect(await keyturn.announced(secret)).toEqual([]);
    expect((await keyturn.rotate(secret)).output.outcome).toBe("succeeded");
  });

  it("of alternating users says who is next, and does not make the clone", async () => {
    const login = await createLogin();
    const masterarn = await keyturn.adminSecretFor(await createAdmin(login.username));
    const secret = await keyturn.secretFor(login, { masterarn });
    const { output, checks } = await runDry(secret, login);
    expect(output).toMatchObject({ ok: true, would: { username: `${login.username}_clone` } });
    expect(checks.map(({ check }) => check)).toEqual(expect.arrayContaining(["AdminRead", "AdminLogin", "Rights"]));
    expect((await keyturn.rotate(secret)).output.outcome).toBe("succeeded");
    expect((await runDry(secret, login)).output).toMatchObject({ ok: true, would: { username: login.username } });
  });

  it("asked for by an event is one too", async () => {
    const login = await createLogin();
    const secret = await keyturn.secretFor(login);
    const before = await traces(keyturn, [secret], [login.username]);
    const rotations = (await executionsOf("RotateSecret")).length;
    await keyturn.request({ secretId: secret, dryRun: true });
    expect((await executionsOf("CheckSecret")).map(({ output }) => output)).toContainEqual(
      expect.objectContaining({ secretArn: secret, dryRun: true, ok: true }),
    );
    expect(await executionsOf("RotateSecret")).toHaveLength(rotations);
    expect(await traces(keyturn, [secret], [login.username])).toEqual(before);
  });

  it("tells as facts why a start would do nothing now", async () => {
    const login = await createLogin();
    const secret = await keyturn.secretFor(login);
    const { output } = await runDry(secret, login, { dueAfterDays: 30 });
    expect(output).toMatchObject({ ok: true, would: { facts: [expect.stringContaining("too recently")] } });
    const executionArn = await keyturn.hangIn("create-secret", "before", secret);
    const dry = await keyturn.over(await keyturn.start("CheckSecret", { secretId: secret }));
    expect(dry.output).toMatchObject({ would: { facts: ["Another execution is rotating the secret now."] } });
    await keyturn.stop(executionArn);
  });

  it("that is stopped leaves nothing behind, and nothing to recover", async () => {
    const login = await createLogin();
    const secret = await keyturn.secretFor(login);
    const before = await traces(keyturn, [secret], [login.username]);
    const rotations = (await executionsOf("RotateSecret")).length;
    const hang = keyturn.cloud.inject({ match: invokes("test-secret"), kind: "hang", when: "before", times: 1 });
    const executionArn = await keyturn.start("CheckSecret", { secretId: secret });
    await hang.hit;
    await keyturn.stop(executionArn);
    expect(await traces(keyturn, [secret], [login.username])).toEqual(before);
    expect(await keyturn.announced(secret)).toEqual([]);
    expect(await executionsOf("RotateSecret")).toHaveLength(rotations);
  });

  it.each([true, "yes"])("is none of rotate-secret's: asked for with %j it rotates nothing", async (dryRun) => {
    const login = await createLogin();
    const secret = await keyturn.secretFor(login);
    const { status, cause } = await keyturn.rotate(secret, { dryRun });
    expect({ status, cause }).toEqual({ status: "FAILED", cause: expect.stringContaining('"dryRun" ') });
    expect((await keyturn.rotate(secret, { dryRun: false })).output.outcome).toBe("succeeded");
    expect(await keyturn.records(secret)).toHaveLength(1);
  });

  it.each(["yes", null, 1, [true]])(
    "asked for by an event with %j rotates nothing, and is refused aloud",
    async (dryRun) => {
      const secret = await keyturn.secretFor(await createLogin());
      const rotations = (await executionsOf("RotateSecret")).length;
      await keyturn.request({ secretId: secret, dryRun });
      expect(await executionsOf("RotateSecret")).toHaveLength(rotations);
      const [{ executionArn, output } = { executionArn: "", output: {} }] = await executionsOf("CheckSecret");
      expect(output).toMatchObject({ ok: false, reason: "InvalidRequest" });
      const told = (await keyturn.cloud.events()).filter(
        ({ event }) => event.source === "keyturn" && event.detail.executionArn === executionArn,
      );
      expect(told.map(({ event }) => event["detail-type"])).toEqual(["Secret Check Failed"]);
    },
  );

  // To EventBridge an empty array is no value, so that the rule for rotations lets it in.
  it("asked for by an event with [] rotates nothing either, and is refused aloud", async () => {
    const secret = await keyturn.secretFor(await createLogin());
    const before = await keyturn.labels(secret);
    await keyturn.request({ secretId: secret, dryRun: [] });
    expect(await keyturn.labels(secret)).toEqual(before);
    const told = (await keyturn.cloud.events()).map(({ event }) => event).filter(({ source }) => source === "keyturn");
    expect(told.at(-1)).toMatchObject({
      "detail-type": "Secret Rotation Failed",
      detail: { reason: "InvalidRequest" },
    });
  });
});

describe("a dry run finds", () => {
  const cases: Array<[string, () => Promise<{ login: Login; secret: string; restore?: () => void }>, object]> = [
    [
      "a password that was changed in the database",
      async () => {
        const login = await createLogin();
        return { login, secret: await keyturn.secretFor({ ...login, password: "another-0ne" }) };
      },
      { phase: "test", check: "Login", code: "CurrentRejected" },
    ],
    [
      "a secret that is no database secret",
      async () => ({
        login: await createLogin(),
        secret: await keyturn.storeSecret("not JSON", { "keyturn:schedule": "nightly" }),
      }),
      { phase: "plan", check: "Plan", code: "NotJson" },
    ],
    [
      "a secret without the opt-in tag",
      async () => ({ login: await createLogin(), secret: await keyturn.storeSecret({}, { team: "shop" }) }),
      { phase: "plan", check: "Plan", code: "NotManaged" },
    ],
    [
      "a password policy that cannot be met",
      async () => {
        const login = await createLogin();
        return { login, secret: await keyturn.secretFor(login, {}, { "keyturn:password-length": "200" }) };
      },
      { phase: "plan", check: "PasswordPolicy", code: "PasswordPolicyImpossible" },
    ],
    [
      "a copy of the password that cannot be renewed",
      async () => {
        const login = await createLogin();
        return { login, secret: await keyturn.secretFor(login, { note: `it is ${login.password}` }) };
      },
      { phase: "create", check: "Copies", code: "PasswordCopy" },
    ],
    [
      "a host that is none",
      async () => {
        const login = await createLogin();
        return { login, secret: await keyturn.secretFor(login, { host: "db.invalid" }) };
      },
      { phase: "test", check: "Completed", code: "HostNotFound" },
    ],
    [
      "an admin's password that was changed",
      async () => {
        const login = await createLogin();
        const admin = await createAdmin(login.username);
        const masterarn = await keyturn.adminSecretFor({ ...admin, password: "another-0ne" });
        return { login, secret: await keyturn.secretFor(login, { masterarn }) };
      },
      { phase: "set", check: "AdminLogin", code: "LoginRefused" },
    ],
    [
      "an admin without the right to manage the user",
      async () => {
        const login = await createLogin();
        const masterarn = await keyturn.adminSecretFor(await createLogin("CREATEROLE", freshName("admin")));
        return { login, secret: await keyturn.secretFor(login, { masterarn }) };
      },
      { phase: "set", check: "Rights", code: "AdminLacksRight", message: expect.stringContaining("WITH ADMIN OPTION") },
    ],
    [
      "a clone's name that is someone else's",
      async () => {
        const login = await createLogin();
        await createLogin("", `${login.username}_clone`);
        const masterarn = await keyturn.adminSecretFor(await createAdmin(login.username));
        return { login, secret: await keyturn.secretFor(login, { masterarn }) };
      },
      { phase: "set", check: "Rights", code: "CloneNameTaken" },
    ],
    [
      "a probe that fails",
      async () => {
        const login = await createLogin();
        return { login, secret: await keyturn.secretFor(login, {}, { "keyturn:probe": "select no_such_column" }) };
      },
      { phase: "test", check: "Probes", code: "ProbeFailed" },
    ],
    [
      "a login that another secret rotates",
      async () => {
        const login = await createLogin();
        const first = await keyturn.secretFor(login);
        await keyturn.rotate(first);
        return { login, secret: await keyturn.secretFor(await keyturn.value(first)) };
      },
      { phase: "plan", check: "LoginUnclaimed", code: "SharedLogin" },
    ],
    [
      "a function whose role may not read the secret",
      async () => {
        const login = await createLogin();
        const secret = await keyturn.secretFor(login);
        const match = (call: FaultyCall) => call.caller.endsWith("-set-secret") && call.operation === "GetSecretValue";
        const fault = keyturn.cloud.inject({ match, kind: "deny", when: "before" });
        return { login, secret, restore: () => fault.lift() };
      },
      { phase: "set", check: "SecretRead", code: "AccessDenied" },
    ],
  ];

  it.each(cases)("%s, announces it, and changes nothing", async (_, given, found) => {
    const { login, secret, restore } = await given();
    const announcedBefore = await keyturn.announced(secret);
    const { output, wrong } = await runDry(secret, login);
    restore?.();
    expect(wrong).toContainEqual(expect.objectContaining({ ok: false, ...found }));
    expect(output).toMatchObject({ ok: false, outcome: "check failed" });
    expect((await keyturn.announced(secret)).slice(announcedBefore.length)).toEqual(["Secret Check Failed"]);
  });
});
