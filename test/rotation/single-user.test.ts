import { describe, expect, it } from "vitest";
import { useCloud } from "../tools/cloud.js";
import { createAdmin, createLogin, letsIn, logins } from "../tools/postgres.js";

const keyturn = useCloud();

describe("single-user", () => {
  it("replaces the password, and the old one is refused", async () => {
    const login = await createLogin();
    const secret = await keyturn.secretFor(login, { note: "kept as it is" });
    const callsBefore = keyturn.cloud.calls().length;
    const since = new Date();
    const { status, output } = await keyturn.rotate(secret, { requestedBy: "a test", reason: "to see" });
    expect({ status, outcome: output.outcome }).toEqual({ status: "SUCCEEDED", outcome: "succeeded" });

    const { ok, failed } = await logins(since);
    expect(ok.filter(({ user, application }) => user === login.username && application === "keyturn")).toHaveLength(2);
    expect(failed.filter(({ user }) => user === login.username)).toHaveLength(0);
    const calls = keyturn.cloud
      .calls()
      .slice(callsBefore)
      .filter(({ service, caller }) => service === "secretsmanager" && !caller.includes("NoticeMove"));
    expect(calls.map(({ operation }) => operation)).toHaveLength(9);

    const current = await keyturn.value(secret);
    expect(current).toMatchObject({ username: login.username, note: "kept as it is" });
    expect(await letsIn(current)).toBe(true);
    expect(await letsIn(login)).toBe(false);
  });

  it("leaves the labels as AWS does, an audit record and an announcement", async () => {
    const secret = await keyturn.secretFor(await createLogin());
    const [before] = Object.keys(await keyturn.labels(secret));
    const { output, executionArn } = await keyturn.rotate(secret, { requestedBy: "a test", reason: "to see" });
    const versionId = output.versionId as string;
    expect(await keyturn.labels(secret)).toEqual({
      [before as string]: ["AWSPREVIOUS"],
      [versionId]: expect.arrayContaining(["AWSCURRENT", "AWSPENDING"]),
    });
    const [record, ...more] = await keyturn.records(secret);
    expect(more).toHaveLength(0);
    expect(record).toMatchObject({
      executionArn,
      trigger: "manual",
      requestedBy: "a test",
      requestReason: "to see",
      outcome: "succeeded",
      reason: "Started",
      engine: "postgres",
      strategy: "single-user",
      previousVersionId: before,
      versionId,
    });
    expect(record?.phases.map(({ name, attempts }) => ({ name, attempts }))).toEqual([
      { name: "create", attempts: 1 },
      { name: "set", attempts: 1 },
      { name: "test", attempts: 1 },
      { name: "finish", attempts: 1 },
    ]);
    expect(await keyturn.announced(secret)).toEqual(["Secret Rotation Succeeded"]);
    // Nothing that is the state machine's own.
    const summary = expect.stringContaining("was rotated.");
    expect(output).toEqual({ version: "1", ...record, summary });
    expect((await keyturn.cloud.messages()).some(({ message }) => message.includes(executionArn))).toBe(true);
  });

  it("renews the copies of the credential that the secret holds", async () => {
    const login = await createLogin();
    const secret = await keyturn.secretFor(login, {
      uri: `postgresql://${login.username}:${login.password}@db/app?sslmode=require`,
    });
    await keyturn.rotate(secret);
    const { password, uri } = await keyturn.value(secret);
    expect(uri).toBe(`postgresql://${login.username}:${encodeURIComponent(password)}@db/app?sslmode=require`);
  });

  it("rotates again and again", async () => {
    const secret = await keyturn.secretFor(await createLogin());
    for (let turn = 0; turn < 3; turn += 1) {
      expect((await keyturn.rotate(secret)).output.outcome).toBe("succeeded");
      expect(await letsIn(await keyturn.value(secret))).toBe(true);
    }
  });

  it("works with an admin secret beside it", async () => {
    const login = await createLogin();
    const masterarn = await keyturn.adminSecretFor(await createAdmin(login.username));
    const secret = await keyturn.secretFor(login, { masterarn }, { "keyturn:strategy": "single-user" });
    expect((await keyturn.rotate(secret)).output.outcome).toBe("succeeded");
    expect((await keyturn.value(secret)).username).toBe(login.username);
  });
});
