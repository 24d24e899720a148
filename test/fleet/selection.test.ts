import { describe, expect, it } from "vitest";
import { isSelected, type Selection } from "../../src/fleet/selection.js";

const arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop/orders-AbCdEf";
const SECRET = { arn, name: "shop/orders", tags: { team: "payments", "keyturn:schedule": " nightly ", empty: "" } };

describe("a selection", () => {
  it.each<[string, Selection]>([
    ["that says nothing", {}],
    ["of no prefix and no tag", { namePrefixes: [], tags: {} }],
    ["of the beginning of its name", { namePrefixes: ["crm/", "shop/"] }],
    ["of its whole name", { namePrefixes: ["shop/orders"] }],
    ["of a tag that it carries", { tags: { team: "payments" } }],
    ["of a tag with blanks around its value", { tags: { "keyturn:schedule": "nightly" } }],
    ["of a tag without a value", { tags: { empty: "" } }],
    ["that lists its name", { list: ["crm/a", "shop/orders"] }],
    ["that lists its ARN", { list: [arn] }],
    ["of all of that", { namePrefixes: ["shop/"], tags: { team: "payments" }, list: [arn] }],
  ])("%s has the secret", (_, selection) => expect(isSelected(SECRET, selection)).toBe(true));

  it.each<[string, Selection]>([
    ["of another beginning", { namePrefixes: ["orders", "Shop/"] }],
    ["of a tag that it does not carry", { tags: { stage: "prod" } }],
    ["of a tag with another value", { tags: { team: "payments-2" } }],
    ["of a tag whose value begins alike", { tags: { team: "pay" } }],
    ["of the tag in capitals", { tags: { Team: "payments" } }],
    ["of what every object has", { tags: { constructor: "" } }],
    ["of two tags of which it carries one", { tags: { team: "payments", tier: "1" } }],
    ["that lists no secret", { list: [] }],
    ["that lists the beginning of its name", { list: ["shop/"] }],
    ["that lists its ARN without its end", { list: [arn.slice(0, -7)] }],
    ["of which one part leaves it out", { namePrefixes: ["shop/"], tags: { team: "payments" }, list: ["shop/other"] }],
  ])("%s does not", (_, selection) => expect(isSelected(SECRET, selection)).toBe(false));

  it("that lists a name is about the deployment's own account; another account's secret is listed by its ARN", () => {
    const other = { ...SECRET, account: "111122223333" };
    expect(isSelected(other, { list: ["shop/orders"] })).toBe(false);
    expect(isSelected(other, { list: [arn] })).toBe(true);
    expect(isSelected(other, { namePrefixes: ["shop/"] })).toBe(true);
  });
});
