import { describe, expect, it } from "vitest";
import { plan, planOfRecovery } from "../../../src/rotation/plan/plan.js";
import { rotationFunctionOf } from "../../../src/rotation/rotation-function.js";
import { versionIdOf } from "../../../src/rotation/version-id.js";
import { SEED } from "../imagined/ledger.js";
import { plan as everything } from "../imagined/rotation.js";
import {
  asked,
  CURRENT,
  daysAgo,
  described,
  execution,
  type Imagined,
  imagine,
  LEFT,
  NOW,
  SECRET,
  value,
} from "../imagined.js";

const OWN = execution("own");
const OTHER = execution("other");
const since = NOW.toISOString();
const held = (fields: object = {}) => ({ executionArn: OTHER, since, purpose: "rotation" as const, ...fields });
const input = (fields: object = {}) => JSON.stringify({ secretId: "shop/orders", ...fields });
const rotated = {
  executionArn: "before",
  outcome: "succeeded" as const,
  endedAt: daysAgo(1).toISOString(),
  begunAt: daysAgo(1).toISOString(),
  rotatedAt: daysAgo(1).toISOString(),
};

/** For what an execution that ended may have left at work. */
const waited = (endedHolder: string) => ({ reason: "LastHolderEnded" as const, seconds: 75, endedHolder });

describe("of a secret that Secrets Manager rotates by our function", () => {
  const by = (rotationDays = 1000) => ({
    ...{ rotationEnabled: true, rotationDays },
    rotationFunction: rotationFunctionOf(SECRET, { stage: "dev" }),
  });
  const waiting = described({ ...by(), versions: { [CURRENT]: ["AWSCURRENT"], [LEFT]: ["AWSPENDING"] } });

  it.each(["native", "manual", "event", "schedule"] as const)(
    "the version that it waits for is written, whoever asks (%s), and noted with the lock",
    async (trigger) => {
      const { world, noted } = imagine({ secret: waiting });
      const found = await plan(world, asked({ trigger }), OWN);
      expect(found).toMatchObject({ decision: "rotate", versionId: LEFT, native: "begun" });
      expect(noted).toMatchObject({ versionId: LEFT, backVersionId: CURRENT });
    },
  );

  it("it is told to begin where it waits for none, unless it is said to have begun", async () => {
    const { world, noted } = imagine({ secret: described(by()) });
    const { versionId } = everything;
    expect(await plan(world, asked(), OWN)).toMatchObject({ decision: "rotate", versionId, native: "to begin" });
    expect(noted).toMatchObject({ versionId });
    expect(await plan(world, asked({ trigger: "native" }), OWN)).toMatchObject({ reason: "NothingPending" });
  });

  it.each<[string, Imagined]>([
    ["rotates by another function", { secret: described({ ...waiting, rotationEnabled: false }) }],
    ["has a value there", { secret: waiting, values: { [LEFT]: { ...value, password: "of-somebody" } } }],
  ])("who says that he is Secrets Manager gets nothing where that %s", async (_, there) => {
    const { world, did, went } = imagine(there);
    expect(await plan(world, asked({ trigger: "native" }), OWN)).toMatchObject({
      decision: "skip",
      reason: "NothingPending",
    });
    expect([...did, ...went]).toEqual([]);
  });

  it("it waits at the door of its server as what a person asks for does", async () => {
    const { world } = imagine({ secret: waiting, brakes: { inside: 10 } });
    expect(await plan(world, asked({ trigger: "native" }), OWN)).toMatchObject({
      decision: "wait",
      reason: "ServerBusy",
    });
  });

  it("a schedule of Keyturn's leaves it alone where Secrets Manager's counts, and nobody else does", async () => {
    const { world } = imagine({ secret: described(by(30)) });
    expect(await plan(world, asked({ trigger: "schedule", schedule: "nightly" }), OWN)).toMatchObject({
      reason: "NativeSchedule",
    });
    expect(await plan(world, asked(), OWN)).toMatchObject({ decision: "rotate", native: "to begin" });
  });
});

describe("what a start comes to", () => {
  it.each<[string, Imagined, object, string, string]>([
    ["a rotation", {}, {}, "rotate", "Started"],
    [
      "a rotation, by an execution that has the lock already",
      { holder: held({ executionArn: OWN }) },
      {},
      "rotate",
      "Started",
    ],
    ["nothing, without the tags", { secret: described({ tags: {} }) }, {}, "skip", "NotManaged"],
    ["nothing, for another schedule", {}, { trigger: "schedule", schedule: "weekly" }, "skip", "OtherSchedule"],
    ["nothing, when it is not due", { last: rotated }, { dueAfterDays: 30 }, "skip", "NotDue"],
    ["nothing, when it was rotated since", { last: rotated }, { askedAt: daysAgo(2) }, "skip", "RotatedSinceAsked"],
    [
      "nothing of a schedule's, while another rotates it",
      { holder: held(), executions: { [OTHER]: {} } },
      { trigger: "schedule" },
      "skip",
      "AlreadyRotating",
    ],
    [
      "a wait of what somebody asks for, while another rotates it",
      { holder: held(), executions: { [OTHER]: {} } },
      {},
      "wait",
      "AlreadyRotating",
    ],
    [
      "a wait of what an event asks for, while another is to be redriven",
      { holder: held(), executions: { [OTHER]: { status: "PENDING_REDRIVE" } } },
      { trigger: "event" },
      "wait",
      "AlreadyRotating",
    ],
    [
      "a wait, whoever asks, while the old credential is being retired",
      { holder: held({ purpose: "retirement" }), executions: { [OTHER]: {} } },
      { trigger: "schedule" },
      "wait",
      "Retiring",
    ],
    [
      "a wait, for what an execution that ended has left at work",
      { holder: held(), executions: { [OTHER]: { status: "ABORTED", input: input() } } },
      {},
      "wait",
      "LastHolderEnded",
    ],
  ])("%s", async (_, there, request, decision, reason) => {
    expect(await plan(imagine(there).world, asked(request), OWN)).toMatchObject({
      decision,
      reason,
      secretArn: SECRET,
    });
  });

  it.each<[string, Imagined, object]>([
    [
      "the recovery of the execution that ended, and then a rotation",
      { executions: { [OTHER]: { status: "ABORTED", input: input() } } },
      { decision: "recover", reason: "ExecutionAborted", thenRotate: true, ended: { executionArn: OTHER } },
    ],
    [
      "the recovery of what a recovery that ended was for",
      {
        holder: held({ recovers: { executionArn: execution("first"), time: 1 } }),
        executions: {
          [OTHER]: { status: "TIMED_OUT", input: '{"trigger":"recovery"}' },
          [execution("first")]: { status: "ABORTED", input: input() },
        },
      },
      { decision: "recover", thenRotate: true, ended: { executionArn: execution("first") } },
    ],
    ["a rotation, where nobody knows the execution any more", { executions: {} }, { decision: "rotate" }],
    [
      "a rotation, where it was a retirement's",
      { holder: held({ purpose: "retirement" }), executions: { [OTHER]: { status: "ABORTED" } } },
      { decision: "rotate" },
    ],
  ])("after that wait: %s", async (_, there, found) => {
    const { world, holder } = imagine({ holder: held(), ...there });
    expect(await plan(world, asked(), OWN, waited(OTHER))).toMatchObject(found);
    expect(holder()).toMatchObject({ executionArn: OWN });
  });

  it("after that wait, what is recorded is what the execution that ended was asked for", async () => {
    const executions = { [OTHER]: { status: "ABORTED", input: input({ reason: "to see" }) } };
    const { world } = imagine({ holder: held(), executions });
    expect(await plan(world, asked({ reason: "of its own" }), OWN, waited(OTHER))).toMatchObject({
      decision: "recover",
      request: { reason: "to see" },
    });
  });

  it("nothing, where another was faster after that wait", async () => {
    const { world } = imagine({
      holder: held(),
      executions: { [OTHER]: { status: "ABORTED", input: input() } },
    });
    world.ledger.takeOver = async (_, from) => ({ acquired: false, holder: from });
    expect(await plan(world, asked({ trigger: "schedule" }), OWN, waited(OTHER))).toMatchObject({
      decision: "skip",
      reason: "AlreadyRotating",
    });
    expect(await plan(world, asked(), OWN, waited(OTHER))).toMatchObject({
      decision: "wait",
      reason: "AlreadyRotating",
    });
  });

  it("looks less and less often at one that takes long", async () => {
    const { world } = imagine({ holder: held(), executions: { [OTHER]: {} } });
    const seconds: number[] = [];
    let before: { reason: "AlreadyRotating"; seconds: number } | undefined;
    for (let look = 0; look < 6; look += 1) {
      const found = (await plan(world, asked(), OWN, before)) as { reason: "AlreadyRotating"; seconds: number };
      seconds.push(found.seconds);
      before = found;
    }
    expect(seconds).toEqual([10, 20, 40, 80, 120, 120]);
  });

  it("waits again where it was another that had ended when it waited before", async () => {
    const { world, holder } = imagine({
      holder: held(),
      executions: { [OTHER]: { status: "ABORTED", input: input() } },
    });
    const found = await plan(world, asked(), OWN, waited(execution("one before")));
    expect(found).toMatchObject({ decision: "wait", reason: "LastHolderEnded", seconds: 75, endedHolder: OTHER });
    expect(holder()?.executionArn).toBe(OTHER);
  });

  it.each([
    ["takes no lock for what is skipped", { secret: described({ tags: {} }) }, undefined],
    ["leaves the lock to whoever rotates", { holder: held(), executions: { [OTHER]: {} } }, OTHER],
    ["takes the lock to rotate", {}, OWN],
  ])("%s", async (_, there, arn) => {
    const { world, holder } = imagine(there);
    await plan(world, asked(), OWN);
    expect(holder()?.executionArn).toBe(arn);
  });
});

describe("a secret that cannot be rotated", () => {
  const ADMIN = "arn:aws:secretsmanager:eu-central-1:000000000000:secret:shop/admin-AbCdEf";
  const PROXY = "shop.proxy-c0ffee123456.eu-central-1.rds.amazonaws.com";
  const tagged = (tags: Readonly<Record<string, string>>): Imagined => ({
    secret: described({ tags: { ...described().tags, ...tags } }),
  });
  const holding = (fields: object): Imagined => ({ values: { [CURRENT]: { ...value, ...fields } } });
  it.each<[string, Imagined, string]>([
    ["not JSON", { values: { [CURRENT]: "postgres://a:b@c/d" } }, "NotJson"],
    ["an array", { values: { [CURRENT]: "[1]" } }, "NotJson"],
    ["blank", { values: { [CURRENT]: " " } }, "EmptySecret"],
    ["no password", holding({ password: undefined }), "MissingKey"],
    ["a user that is a number", holding({ username: 7 }), "WrongType"],
    ["port 0", holding({ port: 0 }), "InvalidPort"],
    ["port 70000", holding({ port: 70_000 }), "InvalidPort"],
    ["port in words", holding({ port: "five" }), "InvalidPort"],
    ["a port in the host", holding({ host: "db:5432" }), "InvalidHost"],
    ["an engine misspelt", holding({ engine: "postgre" }), "UnknownEngine"],
    ["ssl in words", holding({ ssl: "maybe" }), "WrongType"],
    ["a user name too long", holding({ username: "u".repeat(64) }), "UsernameTooLong"],
    ["a user name too long in bytes", holding({ username: "ü".repeat(32) }), "UsernameTooLong"],
    ["a user name too long in characters", holding({ engine: "mysql", username: "ü".repeat(33) }), "UsernameTooLong"],
    ["an unknown tag", tagged({ "keyturn:stragety": "single-user" }), "UnknownTag"],
    ["a wrong strategy", tagged({ "keyturn:strategy": "both" }), "WrongTag"],
    ["a password too short", tagged({ "keyturn:password-length": "4" }), "PasswordPolicyImpossible"],
    [
      "a password of nothing",
      tagged(
        Object.fromEntries(
          ["lowercase", "uppercase", "numbers", "punctuation"].map((kind) => [`keyturn:exclude-${kind}`, "true"]),
        ),
      ),
      "PasswordPolicyImpossible",
    ],
    [
      "a login that another secret rotates",
      { claims: { "postgres db:5432 app": ADMIN }, others: { [ADMIN]: described() } },
      "SharedLogin",
    ],
    [
      "an admin that is not offered",
      { ...holding({ masterarn: ADMIN }), others: { [ADMIN]: described() } },
      "AdminNotOffered",
    ],
    ["a reader that is not allowed", tagged({ "keyturn:readers": "evil.example" }), "ReaderNotAllowed"],
    ["a host that is a proxy, with a single user", holding({ host: PROXY }), "ProxyHost"],
    [
      "a reader that is a proxy, though its host is allowed",
      { ...tagged({ "keyturn:readers": `db-ro ${PROXY}` }), rules: { readers: ["db-ro", PROXY] } },
      "ProxyReader",
    ],
    ["a consumer that is not declared", tagged({ "keyturn:consumers": "api" }), "ConsumerNotAllowed"],
    [
      "a consumer of other secrets'",
      { ...tagged({ "keyturn:consumers": "crm" }), rules: { consumers: { crm: { for: ["crm/"], of: [], holds: 0 } } } },
      "ConsumerNotAllowed",
    ],
    ["deleted", { secret: described({ deletedAt: daysAgo(1) }) }, "SecretDeleted"],
  ])("%s: is refused, and why", async (_, there, code) => {
    const refusal = await plan(imagine(there).world, asked(), OWN).then(
      () => undefined,
      (error) => error,
    );
    expect(refusal).toMatchObject({ code });
    expect(refusal.message).not.toContain(value.password);
  });
});

describe("a rotation that is planned", () => {
  const planned = async (there: Imagined = {}) => {
    const { world, noted } = imagine(there);
    return { found: await plan(world, asked(), OWN), noted };
  };

  it("says all that the phases work by", async () => {
    const { found, noted } = await planned();
    expect(found).toEqual(everything);
    expect(noted.backVersionId).toBe(CURRENT);
  });

  it.each<[string, Imagined, object]>([
    ["replicas", { secret: described({ replicas: 2 }) }, { replicas: true }],
    ["what the schedule lets the server ask for", { rules: { mayAskFor: { nightly: "md5" } } }, { mayAskFor: "md5" }],
    [
      "labels that were kept for a person",
      { secret: described({ versions: { [CURRENT]: ["AWSCURRENT", "KEYTURN_KEPT_CURRENT"] } }) },
      { kept: [{ label: "KEYTURN_KEPT_CURRENT", versionId: CURRENT }] },
    ],
    [
      "a user name as long as the database takes",
      { values: { [CURRENT]: { ...value, username: "u".repeat(63) } } },
      {},
    ],
    [
      "a user name of as many characters as it takes, where it counts those",
      { values: { [CURRENT]: { ...value, engine: "mysql", username: "ü".repeat(32) } } },
      { engine: "mysql" },
    ],
  ])("takes %s along", async (_, there, fields) => {
    expect((await planned(there)).found).toMatchObject({ decision: "rotate", ...fields });
  });

  it("does not go back where a rotation was left unfinished: another may be the way in then", async () => {
    const secret = described({ versions: { [CURRENT]: ["AWSCURRENT"], [LEFT]: ["AWSPENDING"] } });
    const { found, noted } = await planned({ secret, values: { [LEFT]: value } });
    expect(found).toMatchObject({ resumed: true, leftVersionId: LEFT });
    expect(found).not.toHaveProperty("backVersionId");
    expect(noted.backVersionId).toBeUndefined();
  });

  it("is refused by how long a user name is, in what the database counts", async () => {
    const username = "ü".repeat(32);
    await expect(planned({ values: { [CURRENT]: { ...value, username } } })).rejects.toMatchObject({
      name: "InvalidSecretError",
      message: expect.stringContaining("64 bytes"),
    });
  });

  it("is of no claim that the secret has made before", async () => {
    const { world, noted } = imagine({ claims: { "postgres db:5432 app": OTHER } });
    noted.claimed = ["postgres db:5432 app"];
    world.secrets.describe = async () => described();
    expect(await plan(world, asked(), OWN)).toMatchObject({ decision: "rotate" });
  });
});

describe("what a recovery comes to", () => {
  const recover = (there: Imagined, scheduled = false) =>
    planOfRecovery(imagine(there).world, { executionArn: OTHER, scheduled }, OWN);
  const first = { [execution("first")]: { status: "ABORTED", input: input() } };
  const ofFirst = JSON.stringify({ trigger: "recovery", ended: { executionArn: execution("first") } });
  const ended = (fields: object = {}) => ({ [OTHER]: { status: "ABORTED", input: input(), ...fields } });

  it.each<[string, Imagined, string, string]>([
    ["bringing to rest what has the lock", { holder: held(), executions: ended() }, "recover", "ExecutionAborted"],
    [
      "that it timed out",
      { holder: held(), executions: ended({ status: "TIMED_OUT" }) },
      "recover",
      "ExecutionTimedOut",
    ],
    ["that it failed", { holder: held(), executions: ended({ status: "FAILED" }) }, "recover", "ExecutionFailed"],
    ["a note, where nobody has the lock", { executions: ended() }, "note", "ExecutionAborted"],
    [
      "a note, where another carried on",
      { holder: held({ executionArn: execution("third") }), executions: ended() },
      "note",
      "ExecutionAborted",
    ],
    [
      "a note, where a retirement has the lock",
      { holder: held({ purpose: "retirement" }), executions: ended() },
      "note",
      "ExecutionAborted",
    ],
    ["nothing, while it runs", { executions: { [OTHER]: {} } }, "nothing", "StillRunning"],
    ["nothing, for one that never was", {}, "nothing", "NoSuchExecution"],
    ["nothing, for a dry run", { executions: ended({ input: input({ dryRun: true }) }) }, "nothing", "NothingAsked"],
    ["nothing, for what asked for nothing", { executions: ended({ input: "{}" }) }, "nothing", "NothingAsked"],
    [
      "nothing, for a recovery that did its work",
      { executions: { ...ended({ status: "SUCCEEDED", input: ofFirst }), ...first } },
      "nothing",
      "NoSuchExecution",
    ],
    [
      "nothing, for a secret in other hands",
      { secret: described({ tags: {} }), executions: ended() },
      "skip",
      "NotManaged",
    ],
    [
      "nothing, while another recovery is at it",
      {
        holder: held({ executionArn: execution("third"), recovers: { executionArn: OTHER, time: 1 } }),
        executions: { ...ended(), [execution("third")]: {} },
      },
      "skip",
      "AlreadyRotating",
    ],
  ])("%s", async (_, there, decision, reason) => {
    expect(await recover(there)).toMatchObject({ decision, reason });
  });

  it("nothing, for another machine's execution", async () => {
    const executionArn = OTHER.replace("rotate-secret", "retire-secret");
    const { world } = imagine({ executions: { [executionArn]: { status: "ABORTED", input: input() } } });
    expect(await planOfRecovery(world, { executionArn, scheduled: false }, OWN)).toMatchObject({
      reason: "NoSuchExecution",
    });
  });

  it("takes over the lock for the execution that ended, and goes back to the version that this one had noted", async () => {
    const door = "postgres db:5432";
    const { world, holder, went } = imagine({ holder: held(), executions: ended(), backVersionId: CURRENT, door });
    const found = await planOfRecovery(world, { executionArn: OTHER, scheduled: false }, OWN);
    expect(found).toEqual({
      decision: "recover",
      reason: "ExecutionAborted",
      message: expect.any(String),
      secretArn: SECRET,
      secretName: "shop/orders",
      request: { trigger: "manual", askedAt: expect.any(String) },
      ended: { executionArn: OTHER, status: "ABORTED", startedAt: expect.any(String) },
      ownVersionId: versionIdOf(SEED, OTHER),
      backVersionId: CURRENT,
    });
    const recovers = { executionArn: OTHER, time: 1 };
    expect(holder()).toEqual({ executionArn: OWN, purpose: "rotation", since, recovers });
    // And lets others in where that one was.
    expect(went).toEqual(["out at postgres db:5432, answer unknown"]);
  });

  it("knows the version that this one had noted, where that was not its own to choose", async () => {
    const { world } = imagine({ holder: held(), executions: ended(), versionId: LEFT });
    const found = await planOfRecovery(world, { executionArn: OTHER, scheduled: false }, OWN);
    expect(found).toMatchObject({ decision: "recover", ownVersionId: LEFT });
  });

  it("counts how often it took the lock for it, each execution once", async () => {
    const recovers = { executionArn: OTHER, time: 2 };
    for (const [executionArn, time] of [
      [execution("third"), 3],
      [OWN, 2],
    ] as const) {
      const executions = { ...ended(), [execution("third")]: { status: "ABORTED" }, [OWN]: {} };
      const { world, holder } = imagine({ holder: held({ executionArn, recovers }), executions });
      expect(await planOfRecovery(world, { executionArn: OTHER, scheduled: false }, OWN)).toMatchObject({
        decision: "recover",
      });
      expect(holder()?.recovers).toEqual({ executionArn: OTHER, time });
    }
  });

  it("is a note where another was faster", async () => {
    const { world } = imagine({ holder: held(), executions: ended() });
    world.ledger.takeOver = async (_, from) => ({ acquired: false, holder: from });
    const found = await planOfRecovery(world, { executionArn: OTHER, scheduled: false }, OWN);
    expect(found).toMatchObject({ decision: "note", reason: "ExecutionAborted" });
  });

  it("ends without a record where there is nothing to look after, as a fleet reads it", async () => {
    expect(await recover({})).toEqual({
      decision: "nothing",
      outcome: "skipped",
      reason: "NoSuchExecution",
      message: expect.stringContaining("none of this state machine's"),
    });
  });

  it.each<[string, string]>([
    ["what is no JSON", "of somebody"],
    [
      "another machine's",
      JSON.stringify({ trigger: "recovery", ended: { executionArn: "arn:aws:states:a:b:execution:c:d" } }),
    ],
    ["no execution", JSON.stringify({ trigger: "recovery" })],
    ["something that is no ARN", JSON.stringify({ trigger: "recovery", ended: { executionArn: 7 } })],
    ["itself, for ever", JSON.stringify({ trigger: "recovery", ended: { executionArn: OTHER } })],
  ])("is nothing for one that was started with %s", async (_, started) => {
    const reason = started === "of somebody" ? "NothingAsked" : "NoSuchExecution";
    const elsewhere = { "arn:aws:states:a:b:execution:c:d": { status: "ABORTED", input: input() } };
    expect(await recover({ executions: { ...ended({ input: started }), ...elsewhere } })).toMatchObject({
      decision: "nothing",
      reason,
    });
  });

  it("is given up after three that were cut off; by the schedule never", async () => {
    const chain = ["r1", "r2", "r3"].map(execution);
    const executions = Object.fromEntries(
      [OTHER, ...chain].map((arn, nth, all) => {
        const of = { trigger: "recovery", ended: { executionArn: all[nth - 1] } };
        return [arn, { status: "ABORTED", input: nth === 0 ? input() : JSON.stringify(of) }];
      }),
    );
    const holder = held({ executionArn: chain[2] as string, recovers: { executionArn: OTHER, time: 3 } });
    const last = (scheduled: boolean) =>
      planOfRecovery(imagine({ holder, executions }).world, { executionArn: chain[2] as string, scheduled }, OWN);
    expect(await last(false)).toMatchObject({ decision: "note", reason: "RecoveryGivenUp" });
    expect(await last(true)).toMatchObject({ decision: "recover", ended: { executionArn: OTHER } });
  });
});
