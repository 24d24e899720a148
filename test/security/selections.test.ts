import { CreateSecretCommand } from "@aws-sdk/client-secrets-manager";
import { describe, expect, inject, it } from "vitest";
import { STAGE, useCloud } from "../tools/cloud.js";
import { createLogin, freshName, letsIn } from "../tools/postgres.js";

// Whoever may tag a secret, or ask for many, gets none of them rotated that one request could not get rotated.
const keyturn = useCloud();
const { host, port } = inject("postgres");

/** A secret without any tag that a test's tools would add. */
async function stored(tags: Readonly<Record<string, string>>) {
  const login = await createLogin();
  const { ARN = "" } = await keyturn.secrets().send(
    new CreateSecretCommand({
      Name: `test/${freshName("s")}`,
      SecretString: JSON.stringify({ engine: "postgres", host, port, dbname: "postgres", ...login }),
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    }),
  );
  return { secret: ARN, login, name: ARN.split(":secret:")[1]?.slice(0, -7) ?? "" };
}

/** What was read, stored or moved of a secret by a function. */
const touched = (secretArn: string) =>
  keyturn.cloud
    .calls()
    .filter(({ caller, resource }) => caller.includes("assumed-role") && resource === secretArn)
    .filter(({ operation }) => ["GetSecretValue", "PutSecretValue", "UpdateSecretVersionStage"].includes(operation));

describe("a selection", () => {
  it.each<[string, Record<string, string>]>([
    ["without a tag of Keyturn's", {}],
    ["of this stage alone", { "keyturn:stage": STAGE }],
    ["with a schedule alone", { "keyturn:schedule": "nightly" }],
    ["of another stage", { "keyturn:stage": "prod", "keyturn:schedule": "nightly" }],
  ])("touches no secret %s, however it is asked for", async (_, tags) => {
    const team = freshName("team");
    const { secret, login, name } = await stored({ team, ...tags });
    const selections = [{ tags: { team } }, { namePrefix: [name] }, { list: [secret] }, { list: [name] }];
    for (const selection of selections)
      for (const more of [{}, { dryRun: true }]) await keyturn.request({ selection, ...more });
    const run = { schedule: "nightly", scheduledAt: new Date().toISOString() };
    for (const selection of [{ tags: { team } }, { list: [secret] }])
      await keyturn.start("RotateFleet", { ...run, ...selection });
    await keyturn.cloud.settled();
    expect(touched(secret)).toEqual([]);
    expect(Object.keys(await keyturn.labels(secret))).toHaveLength(1);
    expect(await letsIn(login)).toBe(true);
  });

  it("of a schedule brings in no secret of another, whatever else that is tagged with", async () => {
    const [schedule, team] = [freshName("sched"), freshName("team")];
    const own = await keyturn.secretFor(await createLogin(), {}, { "keyturn:schedule": schedule, team });
    const narrowed = await keyturn.secretFor(await createLogin(), {}, { "keyturn:schedule": schedule });
    const others = await keyturn.secretFor(await createLogin(), {}, { "keyturn:schedule": `${schedule}-2`, team });
    const run = { schedule, scheduledAt: new Date().toISOString(), dueAfterDays: 0 };
    await keyturn.start("RotateFleet", { ...run, tags: { team } });
    await keyturn.start("RotateFleet", { ...run, list: [others] });
    await keyturn.cloud.settled();
    expect(await keyturn.records(own)).toMatchObject([{ outcome: "succeeded", schedule }]);
    expect(await keyturn.records(narrowed)).toEqual([]);
    expect(await keyturn.records(others)).toEqual([]);
  });

  it("beside one secret is refused, so that nobody who means many gets one, or one who means one gets many", async () => {
    const team = freshName("team");
    const [one, other] = [await stored({ team }), await keyturn.secretFor(await createLogin(), {}, { team })];
    const named = await keyturn.secretFor(await createLogin());
    await keyturn.request({ secretId: named, selection: { tags: { team } } });
    const refused = (await keyturn.cloud.events()).filter(({ event }) => event.detail.reason === "InvalidRequest");
    expect(refused).toMatchObject([{ event: { "detail-type": "Secret Rotation Failed" } }]);
    expect(await keyturn.records(named)).toEqual([]);
    expect(await keyturn.records(other)).toEqual([]);
    expect(touched(one.secret)).toEqual([]);
  });
});

describe("who asks for many", () => {
  it("decides nothing but whom, when, why, and how long the old credentials live", async () => {
    const team = freshName("team");
    const schedule = freshName("sched");
    const secret = await keyturn.secretFor(await createLogin(), {}, { "keyturn:schedule": schedule, team });
    const smuggled = {
      schedule: "nightly",
      trigger: "schedule",
      askedAt: "2000-01-01T00:00:00Z",
      startBefore: "2000-01-01",
    };
    await keyturn.request({
      selection: { tags: { team } },
      ...smuggled,
      dueAfterDays: 9_999,
      run: "x",
      wave: 7,
      totals: {},
    });
    const [record, ...more] = await keyturn.records(secret);
    expect(more).toEqual([]);
    expect(record).toMatchObject({ outcome: "succeeded", trigger: "event" });
    expect(record?.schedule).toBeUndefined();
    expect(record?.run).toMatch(/^request 20\d\d-/);
  });

  it("starts no schedule that comes after another", async () => {
    const reason = freshName("breach");
    await keyturn.request({ selection: { schedule: "nightly" }, reason });
    const told = (await keyturn.cloud.events()).filter(({ event }) => event.detail.requestReason === reason);
    expect(told.length).toBeGreaterThan(0);
    for (const { event } of told) expect(event.detail.schedule).not.toBe("nightly");
  });
});
