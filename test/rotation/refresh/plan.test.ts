import { describe, expect, it } from "vitest";
import type { AuditRecord } from "../../../src/rotation/ledger.js";
import { planRefresh } from "../../../src/rotation/refresh/plan.js";
import { described, execution, type Imagined, imagine, NOW, SECRET } from "../imagined.js";

const ROTATION = execution("rotation");
const record = {
  secretArn: SECRET,
  executionArn: ROTATION,
  outcome: "succeeded",
  endedAt: NOW.toISOString(),
} as AuditRecord;
const consumers = {
  api: { for: ["shop/"], of: ["nightly"], holds: 0 },
  crm: { for: ["crm/"], of: ["nightly"], holds: 0 },
};
const input = { rotation: { secretArn: SECRET, executionArn: ROTATION } };
const planned = (fields: Partial<AuditRecord> = {}, there: Imagined = {}, asked: unknown = input) =>
  planRefresh(imagine({ records: [{ ...record, ...fields }], rules: { consumers }, ...there }).world, asked);
const tagged = (tags: Readonly<Record<string, string>>): Imagined => ({
  secret: described({ tags: { ...described().tags, ...tags } }),
});

describe("who is told of a rotation", () => {
  it.each(["succeeded", "rolled forward"] as const)("are the secret's consumers, of one that %s", async (outcome) => {
    expect(await planned({ outcome })).toEqual({
      decision: "refresh",
      secretArn: SECRET,
      rotationArn: ROTATION,
      rotatedAt: NOW.toISOString(),
      consumers: ["api"],
    });
  });

  it.each<[string, Partial<AuditRecord>, Imagined, string]>([
    ["of which there is no record", { executionArn: execution("never") }, {}, "NotOnRecord"],
    ["that was rolled back", { outcome: "rolled back" }, {}, "NotOnRecord"],
    ["that was skipped", { outcome: "skipped" }, {}, "NotOnRecord"],
    ["that needs attention", { outcome: "needs attention" }, {}, "NotOnRecord"],
    ["of a secret that is not managed any more", {}, { secret: described({ tags: {} }) }, "NotManaged"],
    ["of a secret with a tag that is wrong", {}, tagged({ "keyturn:strategy": "roulette" }), "WrongTags"],
    ["of a secret that has none", {}, tagged({ "keyturn:consumers": "none" }), "NobodyToTell"],
    ["of a secret whose tag names another's", {}, tagged({ "keyturn:consumers": "crm" }), "NobodyToTell"],
    ["where none is declared", {}, { rules: {} }, "NobodyToTell"],
  ])("are none, of one %s", async (_, fields, there, reason) => {
    expect(await planned(fields, there)).toMatchObject({ decision: "skip", reason });
  });

  it.each([{}, { rotation: "all" }, { rotation: { secretArn: SECRET } }, []])(
    "are not to be found out by the input %j",
    async (asked) => {
      await expect(planned({}, {}, asked)).rejects.toMatchObject({ code: "InvalidRequest" });
    },
  );
});
