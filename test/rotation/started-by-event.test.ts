import { describe, expect, it } from "vitest";
import type { FaultyCall } from "../../src/local/gateway/faults.js";
import { useCloud } from "../tools/cloud.js";
import { createLogin, logins } from "../tools/postgres.js";

const keyturn = useCloud();

describe("a start by event", () => {
  it("rotates, and says who asked and why", async () => {
    const secret = await keyturn.secretFor(await createLogin());
    await keyturn.request({ secretId: secret, requestedBy: "anna", reason: 'a "leak"' });
    expect(await keyturn.records(secret)).toMatchObject([
      { trigger: "event", requestedBy: "anna", requestReason: 'a "leak"', outcome: "succeeded" },
    ]);
  });

  it("delivered twice rotates once", async () => {
    const secret = await keyturn.secretFor(await createLogin());
    const { output } = await keyturn.rotate(secret);
    const again = await keyturn.rotate(secret, {
      trigger: "event",
      askedAt: new Date(Date.now() - 60_000).toISOString(),
    });
    expect(output.outcome).toBe("succeeded");
    expect(again.output).toMatchObject({ outcome: "skipped", reason: "RotatedSinceAsked" });
    expect(await keyturn.announced(secret)).toEqual(["Secret Rotation Succeeded", "Secret Rotation Skipped"]);
  });
});

// Every reason, and every request that is none: the tables in test/rotation.
describe("what is skipped", () => {
  it("a secret without the opt-in tag, whatever asks", async () => {
    const secret = await keyturn.storeSecret({ engine: "postgres", ...(await createLogin()) }, { team: "shop" });
    const { status, output } = await keyturn.rotate(secret);
    expect({ status, ...output }).toMatchObject({ status: "SUCCEEDED", outcome: "skipped", reason: "NotManaged" });
  });

  it("all but one of a hundred starts at once, without a call to the database", async () => {
    const login = await createLogin();
    const secret = await keyturn.secretFor(login);
    const since = new Date();
    const started = await Promise.all(
      Array.from({ length: 100 }, () => keyturn.startRotation({ secretId: secret, askedAt: since.toISOString() })),
    );
    await keyturn.cloud.settled();
    const outcomes = await Promise.all(started.map(async (arn) => (await keyturn.ended(arn)).output));
    expect(outcomes.filter(({ outcome }) => outcome === "succeeded")).toHaveLength(1);
    const reasons = new Set(outcomes.filter(({ outcome }) => outcome === "skipped").map(({ reason }) => reason));
    expect([...reasons].every((reason) => reason === "AlreadyRotating" || reason === "RotatedSinceAsked")).toBe(true);
    expect(
      (await logins(since)).ok.filter(({ user, application }) => user === login.username && application === "keyturn"),
    ).toHaveLength(2);
  });
});

describe("the lock", () => {
  /** A rotation that ended with the lock in its hands. */
  async function leftBehind() {
    const secret = await keyturn.secretFor(await createLogin());
    const match = (call: FaultyCall) => call.caller.endsWith("-record") && call.operation === "UpdateItem";
    const fault = keyturn.cloud.inject({ match, kind: "deny", when: "before" });
    await keyturn.rotate(secret);
    fault.lift();
    return secret;
  }

  it("of an execution that has ended is taken over", async () => {
    const secret = await leftBehind();
    expect((await keyturn.rotate(secret)).output.outcome).toBe("succeeded");
  });

  it("of an execution that has ended is kept until what became of it is told", async () => {
    const secret = await leftBehind();
    const match = ({ operation }: FaultyCall) => operation === "PutEvents";
    const silent = keyturn.cloud.inject({ match, kind: "fault", when: "before" });
    const { executionArn } = await keyturn.rotate(secret);
    silent.lift();
    // It has not gone on to what it was itself asked for.
    expect((await keyturn.records(secret)).map((record) => record.executionArn)).not.toContain(executionArn);
    expect(await keyturn.announced(secret)).toEqual([]);
    keyturn.cloud.fireSchedule("recovery", new Date(Date.now() + 11 * 60_000));
    await keyturn.cloud.settled();
    expect(await keyturn.announced(secret)).toEqual(["Secret Rotation Succeeded"]);
    expect((await keyturn.rotate(secret)).output.outcome).toBe("succeeded");
  });
});

it("a request that cannot be understood fails, and says why", async () => {
  const executionArn = await keyturn.startRotation({ secretId: "a", trigger: "moon" });
  await keyturn.cloud.settled();
  const { status, error, cause } = await keyturn.ended(executionArn);
  expect({ status, error }).toEqual({ status: "FAILED", error: "InvalidSecretError" });
  expect(cause).toMatch(/^InvalidRequest: .*"trigger"/);
});
