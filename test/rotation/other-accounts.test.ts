import { describe, expect, it } from "vitest";
import { checkAdminAccount, isElsewhere, shownName } from "../../src/rotation/accounts.js";
import { isNative, rotationFunctionOf } from "../../src/rotation/rotation-function.js";

const OWN = "000000000000";
const THERE = "111122223333";
const rules = { stage: "dev", accounts: { partition: "aws", own: OWN, others: [THERE, OWN] } };
const arnIn = (account: string, name = "shop/orders") =>
  `arn:aws:secretsmanager:eu-central-1:${account}:secret:${name}-AbCdEf`;

it.each([
  ["a name", "shop/orders", false],
  ["an ARN of the deployment's account, even where keyturn.yml names that too", arnIn(OWN), false],
  ["an ARN of an account that is named", arnIn(THERE), true],
  ["an ARN of one that is not", arnIn("999999999999"), true],
  ["what only looks like an ARN", `ARN:aws:secretsmanager:eu-central-1:${THERE}:secret:x`, false],
])("%s is elsewhere, or not", (_, id, elsewhere) => {
  expect(isElsewhere(id, rules)).toBe(elsewhere);
  expect(isElsewhere(id, {})).toBe(false);
});

it("shows a secret of another account with that before its name", () => {
  expect(shownName({ arn: arnIn(THERE), name: "shop/orders" }, rules)).toBe("111122223333:shop/orders");
  expect(shownName({ arn: arnIn(OWN), name: "shop/orders" }, rules)).toBe("shop/orders");
});

describe("an admin secret", () => {
  const admin = (account: string) => arnIn(account, "db/admin");

  it.each([
    ["of the same account, the deployment's", arnIn(OWN), admin(OWN)],
    ["of the same account, another", arnIn(THERE), admin(THERE)],
    ["by its name, in the deployment's account", arnIn(OWN), "db/admin"],
  ])("may be one %s", (_, secret, named) => expect(() => checkAdminAccount(secret, named, rules)).not.toThrow());

  it.each([
    ["of the deployment's account for a secret of another", arnIn(THERE), admin(OWN)],
    ["of another account for one of the deployment's", arnIn(OWN), admin(THERE)],
    ["of a third account", arnIn(THERE), admin("999999999999")],
    ["of an account that is not named, for one of the deployment's", arnIn(OWN), admin("999999999999")],
    ["by its name, in another account", arnIn(THERE), "db/admin"],
    ["by what is no ARN of a secret", arnIn(THERE), "arn:"],
  ])("may be none %s", (_, secret, named) =>
    expect(() => checkAdminAccount(secret, named, rules)).toThrow(
      expect.objectContaining({ name: "AccessDeniedError", code: "AdminOfOtherAccount" }),
    ),
  );
});

it("takes a function of another account that is called like the deployment's for none of its own", () => {
  const rotated = (account: string) => ({
    arn: arnIn(account),
    rotationEnabled: true,
    rotationFunction: rotationFunctionOf(arnIn(account), rules),
  });
  expect(isNative(rotated(THERE), rules)).toBe(false);
  expect(isNative(rotated(OWN), rules)).toBe(true);
});
