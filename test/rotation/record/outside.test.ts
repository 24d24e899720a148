import { describe, expect, it } from "vitest";
import { noticeMove } from "../../../src/rotation/record/outside.js";
import { OWN, OWN_VERSION } from "../imagined/rotation.js";
import { CURRENT, described, execution, type Imagined, imagine, NOW, PREVIOUS, SECRET } from "../imagined.js";

const at = NOW.toISOString();
const versions = { [CURRENT]: ["AWSCURRENT"], [PREVIOUS]: ["AWSPREVIOUS"] };
const moved = described({ versions });
const held = (fields: object = {}) => ({ executionArn: OWN, since: at, purpose: "rotation" as const, ...fields });
const last = { executionArn: OWN, outcome: "succeeded" as const, endedAt: at };

describe("a move of AWSCURRENT", () => {
  it("that somebody else made is written down, and told once", async () => {
    const { world, noted } = imagine({ secret: moved });
    const change = {
      secretArn: SECRET,
      secretName: "shop/orders",
      versionId: CURRENT,
      previousVersionId: PREVIOUS,
      changedAt: at,
    };
    expect(await noticeMove(world, { secretArn: SECRET, versionId: CURRENT, at })).toEqual({
      decision: "announce",
      change,
    });
    expect(noted.changes).toEqual([change]);
    expect(await noticeMove(world, { secretArn: SECRET, versionId: CURRENT, at })).toEqual({
      decision: "ignore",
      reason: "NoticedAlready",
    });
  });

  const made = described({ versions: { [OWN_VERSION]: ["AWSCURRENT"], [PREVIOUS]: ["AWSPREVIOUS"] } });
  it.each<[string, Imagined, string, string]>([
    ["of the rotation under way is its own", { secret: made, holder: held() }, OWN_VERSION, "Own"],
    [
      "of the rotation that is being recovered is its own",
      { secret: made, holder: held({ executionArn: execution("third"), recovers: { executionArn: OWN, time: 1 } }) },
      OWN_VERSION,
      "Own",
    ],
    [
      "to the version that the rotation under way has noted is its own",
      { secret: moved, holder: held(), versionId: CURRENT },
      CURRENT,
      "Own",
    ],
    ["of the last rotation is its own", { secret: moved, last: { ...last, madeCurrent: CURRENT } }, CURRENT, "Own"],
    [
      "of a secret in other hands is not Keyturn's",
      { secret: described({ tags: {}, versions }) },
      CURRENT,
      "NotManaged",
    ],
    ["to the first version is how a secret begins", { secret: described() }, CURRENT, "FirstVersion"],
    ["that has moved on since is another's to tell", { secret: moved }, PREVIOUS, "NotCurrent"],
  ])("%s: nothing is told", async (_, there, versionId, reason) => {
    const { world, noted } = imagine(there);
    expect(await noticeMove(world, { secretArn: SECRET, versionId, at })).toEqual({ decision: "ignore", reason });
    expect(noted.changes).toEqual([]);
  });

  it.each<[string, Imagined]>([
    ["while a rotation has noted another version", { secret: made, holder: held(), versionId: PREVIOUS }],
    ["to the version of a retirement's execution", { secret: made, holder: held({ purpose: "retirement" }) }],
    ["while a rotation makes another version", { secret: made, holder: held({ executionArn: execution("third") }) }],
    ["after a rotation that made another version", { secret: made, last: { ...last, madeCurrent: PREVIOUS } }],
  ])("%s is somebody else's", async (_, there) => {
    const found = await noticeMove(imagine(there).world, { secretArn: SECRET, versionId: OWN_VERSION, at });
    expect(found).toMatchObject({ decision: "announce" });
  });
});
