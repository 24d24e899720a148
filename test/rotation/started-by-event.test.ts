import { describe, expect, it } from "vitest";
import type { FaultyCall } from "../../src/local/gateway/faults.js";
import { entered, gate, invokes } from "../tools/barriers.js";
import { useCloud } from "../tools/cloud.js";
import { createLogin, letsIn, logins } from "../tools/postgres.js";

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

  it("all but one of fifty starts at once, without a call to the database", async () => {
    const login = await createLogin();
    const secret = await keyturn.secretFor(login);
    const since = new Date();
    const started = await Promise.all(
      Array.from({ length: 50 }, () => keyturn.startRotation({ secretId: secret, askedAt: since.toISOString() })),
    );
    await keyturn.cloud.settled();
    const outcomes = await Promise.all(started.map(async (arn) => (await keyturn.ended(arn)).output));
    expect(outcomes.filter(({ outcome }) => outcome === "succeeded")).toHaveLength(1);
    const skipped = outcomes.filter(({ outcome }) => outcome === "skipped").map(({ reason }) => reason);
    expect(skipped).toEqual(Array(49).fill("RotatedSinceAsked"));
    expect(
      (await logins(since)).ok.filter(({ user, application }) => user === login.username && application === "keyturn"),
    ).toHaveLength(2);
  });
});

describe("a request is not lost", () => {
  /** In the order of their ends. */
  const succeeded = async (secret: string) =>
    (await keyturn.records(secret))
      .filter(({ outcome }) => outcome === "succeeded" || outcome === "rolled forward")
      .toSorted((a, b) => a.endedAt.localeCompare(b.endedAt));

  it.each(["create-secret", "set-secret", "test-secret", "finish-secret", "record"])(
    "while another rotation is in %s: it is answered by one that began after it",
    async (phase) => {
      const secret = await keyturn.secretFor(await createLogin());
      const goOn = gate();
      const match = (call: FaultyCall) => invokes(phase)(call) && JSON.stringify(call.input).includes(secret);
      const held = keyturn.cloud.inject({ match, kind: "hold", when: "before", times: 1, until: goOn.opened });
      const first = await keyturn.startRotation({ secretId: secret });
      await held.hit;
      const waits = entered(keyturn.cloud, "Wait for others");
      const answered = keyturn.request({ secretId: secret, reason: "leaked", retireAfterMinutes: 0 });
      const second = await waits;
      goOn.open();
      await answered;
      expect((await succeeded(secret)).map(({ executionArn }) => executionArn)).toEqual([first, second]);
      expect((await succeeded(secret)).at(-1)).toMatchObject({
        trigger: "event",
        requestReason: "leaked",
        retireAfterMinutes: 0,
      });
      expect(await letsIn(await keyturn.value(secret))).toBe(true);
    },
  );

  it("where the other dies: what that left is brought to rest, and then it is answered", async () => {
    const secret = await keyturn.secretFor(await createLogin());
    const executionArn = await keyturn.hangIn("set-secret", "after", secret);
    const waits = entered(keyturn.cloud, "Wait for others");
    const answered = keyturn.request({ secretId: secret, reason: "leaked" });
    const asked = await waits;
    await keyturn.stop(executionArn);
    await answered;
    const own = (await succeeded(secret)).filter((record) => record.executionArn === asked);
    expect(own).toMatchObject([{ outcome: "succeeded", requestReason: "leaked" }]);
    expect(await letsIn(await keyturn.value(secret))).toBe(true);
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
