import { UntagResourceCommand } from "@aws-sdk/client-secrets-manager";
import { ListExecutionsCommand } from "@aws-sdk/client-sfn";
import { describe, expect, it } from "vitest";
import type { FaultyCall } from "../../src/local/gateway/faults.js";
import { entered, gate, invokes } from "../tools/barriers.js";
import { useCloud } from "../tools/cloud.js";
import { createLogin, freshName, letsIn } from "../tools/postgres.js";

const keyturn = useCloud();

/** Managed, with a tag of its owner's. */
const tagged = async (team: string, more: Record<string, string> = {}, fields: object = {}) =>
  keyturn.secretFor(await createLogin(), fields, { team, ...more });

/** What was announced of runs that somebody asked for, with this reason. */
async function runs(reason: string) {
  return (await keyturn.cloud.events())
    .map(({ event }) => event)
    .filter(({ detail }) => detail.schedule === "request" && detail.requestReason === reason);
}

/** The newest execution of `rotate-fleet`. */
async function newest() {
  const stateMachineArn = keyturn.cloud.resource("RotateFleet").ref;
  const { executions = [] } = await keyturn.sfn().send(new ListExecutionsCommand({ stateMachineArn }));
  const [execution] = executions.toSorted((a, b) => Number(b.startDate) - Number(a.startDate));
  return keyturn.ended(execution?.executionArn ?? "");
}

const outcomes = async (secret: string) => (await keyturn.records(secret)).map(({ outcome }) => outcome);

describe("a request for many", () => {
  it("by a tag rotates each that carries it, with what was asked, and no other", async () => {
    const [team, reason] = [freshName("team"), freshName("breach")];
    const secrets = [await tagged(team), await tagged(team, { "keyturn:schedule": "weekly" }), await tagged(team)];
    const other = await tagged(`${team}-2`);
    await keyturn.request({ selection: { tags: { team } }, retireAfterMinutes: 0, requestedBy: "anna", reason });
    for (const secret of secrets) {
      expect(await keyturn.records(secret)).toMatchObject([
        { outcome: "succeeded", trigger: "event", requestedBy: "anna", requestReason: reason, retireAfterMinutes: 0 },
      ]);
      expect(await letsIn(await keyturn.value(secret))).toBe(true);
    }
    expect(await outcomes(other)).toEqual([]);
    const told = await runs(reason);
    expect(told.map((event) => event["detail-type"])).toEqual(["Fleet Rotation Started", "Fleet Rotation Completed"]);
    expect(told.at(-1)?.detail).toMatchObject({
      rotated: 3,
      failed: 0,
      requestedBy: "anna",
      selection: { tags: { team } },
    });
  });

  it.each<[string, (team: string, secret: string) => object]>([
    ["a schedule", (team) => ({ schedule: team })],
    ["the beginning of names", (_, secret) => ({ namePrefix: [secret.split(":secret:")[1]?.slice(0, -7)] })],
    ["a list of ARNs", (_, secret) => ({ list: [secret] })],
    ["a list of names", (_, secret) => ({ list: [secret.split(":secret:")[1]?.slice(0, -7)] })],
    ["all that is said", (team) => ({ schedule: team, tags: { team }, namePrefix: ["nothing/", "test/"] })],
  ])("by %s rotates those, whatever their age", async (_, selection) => {
    const team = freshName("team");
    const secret = await tagged(team, { "keyturn:schedule": team });
    const other = await tagged(`${team}-2`, { "keyturn:schedule": `${team}-2` });
    await keyturn.request({ selection: selection(team, secret) });
    expect(await outcomes(secret)).toEqual(["succeeded"]);
    expect(await outcomes(other)).toEqual([]);
  });

  it("of names says of each what was not to be done", async () => {
    const reason = freshName("breach");
    const good = await tagged("x");
    const unmanaged = await keyturn.storeSecret({ engine: "postgres", ...(await createLogin()) }, { team: "x" });
    await keyturn.request({ selection: { list: [unmanaged, "no/such/secret", good] }, reason });
    expect(await outcomes(good)).toEqual(["succeeded"]);
    expect((await runs(reason)).at(-1)?.detail).toMatchObject({
      rotated: 1,
      skipped: 1,
      failed: 1,
      byReason: { NotManaged: 1, InvalidSecretError: 1 },
    });
  });

  it("waits for what is under way, and is answered by rotations that began after it", async () => {
    const team = freshName("team");
    const [busy, free] = [await tagged(team), await tagged(team)];
    const goOn = gate();
    const match = (call: FaultyCall) => invokes("set-secret")(call) && JSON.stringify(call.input).includes(busy);
    const held = keyturn.cloud.inject({ match, kind: "hold", when: "before", times: 1, until: goOn.opened });
    const first = await keyturn.startRotation({ secretId: busy });
    await held.hit;
    const waits = entered(keyturn.cloud, "Wait for others");
    const answered = keyturn.request({ selection: { tags: { team } }, reason: "leaked" });
    const second = await waits;
    goOn.open();
    await answered;
    const ended = (await keyturn.records(busy)).toSorted((a, b) => a.endedAt.localeCompare(b.endedAt));
    expect(ended.map(({ executionArn, outcome }) => [executionArn, outcome])).toEqual([
      [first, "succeeded"],
      [second, "succeeded"],
    ]);
    expect(await outcomes(free)).toEqual(["succeeded"]);
  });

  it("passes over those that are held, and says so", async () => {
    const [team, reason] = [freshName("team"), freshName("breach")];
    const paused = await tagged(team, { "keyturn:pause": "true" });
    await keyturn.request({ selection: { tags: { team } }, reason });
    expect(await outcomes(paused)).toEqual([]);
    expect((await runs(reason)).at(-1)?.detail).toMatchObject({ rotated: 0, leftOut: { Paused: 1 } });
  });

  it("passes over one that lost the tag after it was listed", async () => {
    const team = freshName("team");
    const secret = await tagged(team);
    const goOn = gate();
    const held = keyturn.cloud.inject({
      match: invokes("plan"),
      kind: "hold",
      when: "before",
      times: 1,
      until: goOn.opened,
    });
    const asked = keyturn.request({ selection: { tags: { team } } });
    await held.hit;
    await keyturn.secrets().send(new UntagResourceCommand({ SecretId: secret, TagKeys: ["team"] }));
    goOn.open();
    await asked;
    expect(await keyturn.records(secret)).toMatchObject([{ outcome: "skipped", reason: "NotSelected" }]);
  });

  it("runs dry where it says so", async () => {
    const [team, reason] = [freshName("team"), freshName("look")];
    const login = await createLogin();
    const secret = await keyturn.secretFor(login, {}, { team });
    await keyturn.request({ selection: { tags: { team } }, dryRun: true, reason });
    expect(await letsIn(login)).toBe(true);
    expect(await outcomes(secret)).toEqual([]);
    expect((await runs(reason)).map((event) => [event["detail-type"], event.detail.checked])).toEqual([
      ["Fleet Check Completed", 1],
    ]);
  });

  it("that stopped itself goes on with what is left, when it is started again with its own input", async () => {
    const team = freshName("team");
    const good = await tagged(team);
    const Tags = { "keyturn:probe": "select no_such_column" };
    const bad = await tagged(team, Tags);
    await keyturn.request({ selection: { tags: { team } }, toleratedFailurePercent: 0, reason: "leaked" });
    const stopped = await newest();
    expect(stopped).toMatchObject({ status: "FAILED", error: "FleetStopped" });
    // The newest comes first.
    expect([await outcomes(bad), await outcomes(good)]).toEqual([["rolled back"], []]);
    await keyturn.secrets().send(new UntagResourceCommand({ SecretId: bad, TagKeys: Object.keys(Tags) }));
    await keyturn.start("RotateFleet", JSON.parse(stopped.input));
    await keyturn.cloud.settled();
    for (const secret of [good, bad])
      expect((await keyturn.records(secret)).filter(({ outcome }) => outcome === "succeeded")).toMatchObject([
        { trigger: "event", requestReason: "leaked" },
      ]);
  });

  it.each<[string, object]>([
    ["nothing", { reason: "breached" }],
    ["everything, by an empty selection", { selection: {} }],
    ["what is misspelt", { selection: { tag: { team: "x" } } }],
    ["a secret that is no text", { secretId: { all: true } }],
  ])("that asks for %s is refused, and an alarm sees it", async (_, detail) => {
    const calls = keyturn.cloud.calls().length;
    const before = await newest();
    await keyturn.request(detail);
    const refused = await newest();
    expect(refused.executionArn).not.toBe(before.executionArn);
    expect(refused).toMatchObject({
      status: "FAILED",
      error: "InvalidSecretError",
      cause: expect.stringContaining("It was asked for wrongly"),
    });
    const done = keyturn.cloud
      .calls()
      .slice(calls)
      .map(({ operation }) => operation);
    expect(done).not.toContain("ListSecrets");
  });
});
