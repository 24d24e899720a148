import { describe, expect, it } from "vitest";
import { createSecret, setSecret } from "../../../src/rotation/phases/phases.js";
import { rollBack } from "../../../src/rotation/phases/roll-back.js";
import { unlessSilent } from "../../../src/rotation/phases/silence.js";
import type { RotatePlan } from "../../../src/rotation/plans.js";
import type { Access, Databases, Reach } from "../../../src/rotation/ports.js";
import { refusal } from "../imagined/databases.js";
import { OWN_VERSION, planned, worldOf } from "../imagined/rotation.js";
import { CURRENT, imagine, value } from "../imagined.js";

const SCHEDULED = { trigger: "schedule", schedule: "nightly" } as const;

/** A reach whose first logins end so, each after five seconds; those after them get in. */
function reachWith(codes: readonly string[]) {
  const clock = { now: 0 };
  const left = [...codes];
  const { world } = imagine();
  const login: Databases["login"] = async (...asked) => {
    const code = left.shift();
    if (code === undefined) return world.databases.login(...asked);
    clock.now += 5_000;
    throw refusal("TransientError", code);
  };
  const wait = async (ms: number) => {
    clock.now += ms;
  };
  const patience = { now: () => clock.now, wait };
  const reach: Reach = { ...world, databases: { ...world.databases, login } };
  const tries = () => codes.length - left.length;
  return { reach, patience, tries, clock };
}

const always = (code: string) => Array<string>(20).fill(code);
const access: Access = { ...value, port: undefined, database: "shop", tls: true };

async function planOf(fields: Partial<RotatePlan> = {}): Promise<RotatePlan> {
  const { plan } = await planned({}, SCHEDULED);
  return { ...plan, ...fields };
}

describe("a server without an answer", () => {
  it.each(["ConnectTimeout", "DatabaseTimeout", "ConnectionRefused", "HostUnreachable", "HostNotFound"])(
    "ends a schedule's rotation after a while (%s)",
    async (code) => {
      const { reach, patience, tries, clock } = reachWith(always(code));
      const found = unlessSilent(reach, { plan: await planOf(), attempt: 0 }, patience);
      await expect(found.databases.login(access)).rejects.toMatchObject({
        name: "ConflictError",
        code: "ServerSilent",
        message: expect.stringMatching(
          /^ServerSilent: The database server postgres db:5432 gave no answer, .* here\.$/,
        ),
      });
      expect(tries()).toBe(3);
      expect(clock.now).toBeLessThan(20_000);
    },
  );

  it("is waited for as long as a fail-over takes", async () => {
    const { reach, patience } = reachWith(["ConnectTimeout", "ConnectionRefused"]);
    const found = unlessSilent(reach, { plan: await planOf(), attempt: 0 }, patience);
    const session = await found.databases.login(access);
    expect(await session.whoAmI()).toMatchObject({ login: "app" });
  });

  it("is asked once where it gave the last rotation none", async () => {
    const { reach, patience, tries } = reachWith(always("ConnectTimeout"));
    const plan = await planOf({ serverWasSilent: true });
    await expect(unlessSilent(reach, { plan, attempt: 0 }, patience).databases.login(access)).rejects.toMatchObject({
      code: "ServerSilent",
    });
    expect(tries()).toBe(1);
  });

  it.each<[string, Partial<RotatePlan>, number, readonly string[], string]>([
    [
      "a person asks, who waits for an answer",
      { request: { trigger: "manual", askedAt: "" } },
      0,
      [],
      "ConnectTimeout",
    ],
    ["a try before it may have changed something", {}, 1, [], "ConnectTimeout"],
    ["it answered, and said no", {}, 0, ["TooManyConnections"], "TooManyConnections"],
  ])("is no such end where %s", async (_, fields, attempt, codes, code) => {
    const { reach, patience, tries } = reachWith(codes.length > 0 ? codes : always("ConnectTimeout"));
    const found = unlessSilent(reach, { plan: await planOf(fields), attempt }, patience);
    await expect(found.databases.login(access)).rejects.toMatchObject({ code });
    expect(tries()).toBe(1);
  });

  it("is no such end of Set after a rotation that did not finish: that may have changed something", async () => {
    const plan = await planOf({ resumed: true });
    const [set, create] = [reachWith(always("ConnectTimeout")), reachWith(always("ConnectTimeout"))];
    const ofSet = unlessSilent(set.reach, { plan, attempt: 0, isSet: true }, set.patience);
    await expect(ofSet.databases.login(access)).rejects.toMatchObject({ code: "ConnectTimeout" });
    const ofCreate = unlessSilent(create.reach, { plan, attempt: 0 }, create.patience);
    await expect(ofCreate.databases.login(access)).rejects.toMatchObject({ code: "ServerSilent" });
  });

  it("is no such end for a later login: the first may have changed something", async () => {
    const { reach, patience } = reachWith([]);
    const found = unlessSilent(reach, { plan: await planOf(), attempt: 0 }, patience);
    await found.databases.login(access);
    const late = reachWith(always("ConnectTimeout"));
    reach.databases.login = late.reach.databases.login;
    await expect(found.databases.login(access)).rejects.toMatchObject({ name: "TransientError" });
  });

  it("is not believed of an engine whose owners can make their logins wait", async () => {
    const { reach, patience, tries } = reachWith(always("ConnectTimeout"));
    const found = unlessSilent(reach, { plan: await planOf(), attempt: 0 }, patience);
    await expect(found.databases.login({ ...access, engine: "oracle" })).rejects.toMatchObject({
      name: "TransientError",
    });
    expect(tries()).toBe(1);
  });
});

describe("what is left after it", () => {
  it.each(["single-user", "alternating-users"] as const)("is nothing, %s", async (strategy) => {
    const { world, plan, labels, did } = await planned(worldOf(strategy), SCHEDULED);
    const silent: RotatePlan = { ...plan, serverWasSilent: true };
    const { reach } = reachWith(always("ConnectTimeout"));
    const away: Reach = { ...world, databases: { ...world.databases, login: reach.databases.login } };
    const failed = await createSecret(away, { plan: silent, attempt: 0 }).then(
      () =>
        setSecret(away, { plan: silent, attempt: 0 }).then(
          () => "nothing",
          ({ code }) => `set ${code}`,
        ),
      ({ code }) => `create ${code}`,
    );
    const [phase, code] = failed.split(" ") as ["create" | "set", string];
    expect(failed).toBe(strategy === "single-user" ? "set ServerSilent" : "create ServerSilent");
    expect(await rollBack(away, silent, phase, code)).toMatchObject({ outcome: "failed" });
    // What Set would have set stays a way in: of an execution that was redriven it may have been set before.
    expect(labels()[OWN_VERSION] ?? []).toEqual(strategy === "single-user" ? ["AWSPENDING"] : []);
    expect(labels()[CURRENT]).toContain("AWSCURRENT");
    expect(did.filter((what) => what.startsWith("set ") || what.startsWith("alternate "))).toEqual([]);
  });

  it("is looked at as ever where somebody moved AWSCURRENT meanwhile", async () => {
    const { world, plan, move } = await planned(worldOf("single-user"), SCHEDULED);
    await createSecret(world, { plan, attempt: 0 });
    move("AWSCURRENT", OWN_VERSION);
    expect(await rollBack(world, plan, "set", "ServerSilent")).toMatchObject({ outcome: "needs attention" });
  });
});
