import { describe, expect, it } from "vitest";
import { checkConsumers, consumersOf, hasTakenUp } from "../../src/rotation/consumers.js";

const rules = {
  consumers: {
    "orders-api": { for: ["shop/"], of: ["nightly"], holds: 60 },
    reports: { for: ["shop/", "crm/"], of: [], holds: 60 },
    "crm-web": { for: ["crm/"], of: ["nightly", "weekly"], holds: 0 },
  },
};

const secret = (name: string, account = "000000000000") => ({
  arn: `arn:aws:secretsmanager:eu-central-1:${account}:secret:${name}-AbCdEf`,
  name,
});

describe("the consumers of a secret", () => {
  it.each<[string, string, string, readonly string[] | undefined, readonly string[]]>([
    ["those of its schedule, declared for its name", "shop/orders", "nightly", undefined, ["orders-api"]],
    ["for another name, others", "crm/web", "nightly", undefined, ["crm-web"]],
    ["none, for a name that none is declared for", "evil/shop/orders", "nightly", undefined, []],
    ["none, for a name that only begins as long", "shop", "nightly", undefined, []],
    ["none, on a schedule that has none", "shop/orders", "weekly", undefined, []],
    ["those of its tag instead", "shop/orders", "nightly", ["reports"], ["reports"]],
    ["none, where the tag says so", "shop/orders", "nightly", [], []],
    ["none of its tag's that is declared for another name", "shop/orders", "nightly", ["crm-web"], []],
    ["none of its tag's that is not declared", "shop/orders", "nightly", ["payroll"], []],
    ["none by the name of what every object has", "shop/orders", "nightly", ["toString", "__proto__"], []],
  ])("are %s", (_, name, schedule, consumers, found) => {
    expect(consumersOf(secret(name), { schedule, ...(consumers ? { consumers } : {}) }, rules)).toEqual(found);
  });

  it("are none of a secret of another account, whatever it is called and tagged", () => {
    const accounts = { partition: "aws", own: "000000000000", others: ["111122223333"] };
    const other = secret("shop/orders", "111122223333");
    const tagged = { schedule: "nightly", consumers: ["orders-api"] };
    for (const settings of [{ schedule: "nightly" }, tagged])
      expect(consumersOf(other, settings, { ...rules, accounts })).toEqual([]);
    expect(() => checkConsumers(other, tagged, { ...rules, accounts })).toThrow(/^ConsumerNotAllowed: /);
    expect(consumersOf(secret("shop/orders"), tagged, { ...rules, accounts })).toEqual(["orders-api"]);
  });

  it("are none, where none is declared", () => {
    expect(consumersOf(secret("shop/orders"), { schedule: "nightly", consumers: ["orders-api"] }, {})).toEqual([]);
  });
});

describe("a tag that names consumers", () => {
  it.each<[string, readonly string[] | undefined]>([
    ["none", undefined],
    ["nobody", []],
    ["two that are declared for the secret's name", ["orders-api", "reports"]],
  ])("may name %s", (_, consumers) => {
    expect(() => checkConsumers(secret("shop/orders"), consumers ? { consumers } : {}, rules)).not.toThrow();
  });

  it.each([
    ["one that is declared for another name", ["reports", "crm-web"], "crm-web"],
    ["one that is not declared", ["payroll"], "payroll"],
    ["what every object has", ["constructor"], "constructor"],
  ])("may not name %s", (_, consumers, named) => {
    expect(() => checkConsumers(secret("shop/orders"), { consumers }, rules)).toThrow(
      expect.objectContaining({
        name: "InvalidSecretError",
        code: "ConsumerNotAllowed",
        message: expect.stringContaining(`names ${named},`),
      }),
    );
  });
});

it.each([
  ["never told", undefined, false],
  ["not known how it ended", { by: "x", startedAt: "2026-03-01T02:00:00Z" }, false],
  ["failed", { by: "x", startedAt: "2026-03-01T02:00:00Z", outcome: "failed" as const }, false],
  ["told before", { by: "x", startedAt: "2026-03-01T01:59:59Z", outcome: "refreshed" as const }, false],
  ["told since", { by: "x", startedAt: "2026-03-01T02:00:00Z", outcome: "refreshed" as const }, true],
])("whether a consumer has taken a credential up: %s", (_, refresh, taken) => {
  expect(hasTakenUp(refresh, "2026-03-01T02:00:00Z")).toBe(taken);
});
