import { describe, expect, it } from "vitest";
import { checkOffered, mayBeSuperuser } from "../../src/rotation/admins.js";
import { isAllowedHost, mayAskFor, type Rules } from "../../src/rotation/rules.js";
import { ADMIN } from "./imagined/rotation.js";
import { daysAgo, described } from "./imagined.js";

describe("a reader's host", () => {
  it.each([
    ["db-ro.example.com", ["db-ro.example.com"], true],
    ["DB-ro.example.com", ["db-ro.Example.com"], true],
    ["db-ro.example.com", ["*.example.com"], true],
    ["db-1.cluster.example.com", ["db-*.*.example.com"], true],
    ["a.b.example.com", ["*.example.com"], false],
    [".example.com", ["*.example.com"], false],
    ["db-ro.example.com.evil.net", ["db-ro.example.com"], false],
    ["evil-db-ro.example.com", ["db-ro.example.com"], false],
    ["db-roXexample.com", ["db-ro.example.com"], false],
    ["second", ["first", "second"], true],
    ["any", [], false],
    ["a+b", ["a+b"], true],
    ["aab", ["a+b"], false],
  ])("%s by %j: %s", (host, patterns, allowed) => {
    expect(isAllowedHost(host, patterns)).toBe(allowed);
  });
});

const rules: Rules = { stage: "dev", admins: [], readers: [], mayAskFor: {} };

describe("what a server may ask for", () => {
  it("is what the schedule says, and nothing by a name that every object has", () => {
    const asking: Rules = { ...rules, mayAskFor: { nightly: "clear text" } };
    expect(mayAskFor(asking, "nightly")).toEqual({ mayAskFor: "clear text" });
    expect(mayAskFor(asking, "weekly")).toEqual({});
    expect(mayAskFor(asking, "constructor")).toEqual({});
  });
});

describe("an admin secret", () => {
  const rule = { arn: ADMIN, for: ["shop/", "bank/"], superuser: true };
  const offered = (tags: Readonly<Record<string, string>>, more: Partial<Rules> = {}, fields: object = {}) => {
    const admin = described({ arn: ADMIN, name: "shop/admin", tags: { "keyturn:stage": "dev", ...tags }, ...fields });
    return () => checkOffered(admin, "shop/orders", { ...rules, ...more });
  };
  const refused = expect.objectContaining({
    name: "AccessDeniedError",
    code: "AdminNotOffered",
    message: expect.stringMatching(/shop\/admin .*shop\/orders .*keyturn:admin = .*keyturn:stage = dev/),
  });

  it.each<[string, () => void]>([
    ["a beginning of its name", offered({ "keyturn:admin": "shop/" })],
    ["one of several, with blanks between them", offered({ "keyturn:admin": " bank/  shop/o " })],
    [
      "what the deployment says, where the tag leaves that to it",
      offered({ "keyturn:admin": "true" }, { admins: [rule] }),
    ],
    ["the same, in capitals and with blanks around it", offered({ "keyturn:admin": " TRUE " }, { admins: [rule] })],
  ])("is offered to a secret by %s", (_, check) => {
    expect(check).not.toThrow();
  });

  it.each<[string, () => void]>([
    ["without the tag", offered({})],
    ["with an empty one", offered({ "keyturn:admin": " " })],
    ["for other secrets", offered({ "keyturn:admin": "bank/" })],
    ["for what only ends so", offered({ "keyturn:admin": "orders" })],
    ["that leaves it to a deployment which says nothing", offered({ "keyturn:admin": "true" })],
    [
      "that leaves it to a deployment which means another",
      offered({ "keyturn:admin": "true" }, { admins: [{ ...rule, arn: "b" }] }),
    ],
    [
      "that leaves it to a deployment which means others",
      offered({ "keyturn:admin": "true" }, { admins: [{ ...rule, for: ["bank/"] }] }),
    ],
    ["for names that begin with the word, too", offered({ "keyturn:admin": "true bank/" }, { admins: [rule] })],
    ["for names that begin with the word at last", offered({ "keyturn:admin": "bank/ true" }, { admins: [rule] })],
    ["of another stage", offered({ "keyturn:admin": "shop/", "keyturn:stage": "prod" })],
    ["that is deleted", offered({ "keyturn:admin": "shop/" }, {}, { deletedAt: daysAgo(1) })],
  ])("is not offered %s", (_, check) => {
    expect(check).toThrow(refused);
  });

  it("of a stage with blanks around it is of that stage", () => {
    expect(offered({ "keyturn:admin": "shop/", "keyturn:stage": " dev " })).not.toThrow();
  });

  it("may be one that may do everything only where the deployment says so", () => {
    expect(mayBeSuperuser(ADMIN, rules)).toBe(false);
    expect(mayBeSuperuser(ADMIN, { ...rules, admins: [rule] })).toBe(true);
    expect(mayBeSuperuser(ADMIN, { ...rules, admins: [{ ...rule, superuser: false }] })).toBe(false);
  });
});
