import { expect, it } from "vitest";
import { nameIn } from "../../src/console/words.js";

const AT = "arn:aws:states:eu-central-1:000000000000:execution:keyturn-dev-rotate-secret:one";
const secretIn = (region: string, account: string) =>
  `arn:aws:secretsmanager:${region}:${account}:secret:shop/orders-AbCdEf`;

it.each([
  ["a name", "shop/orders", "shop/orders"],
  ["a name that ends as an ARN does", "shop/orders-AbCdEf", "shop/orders-AbCdEf"],
  ["an ARN of the deployment's account", secretIn("eu-central-1", "000000000000"), "shop/orders"],
  ["one of another account", secretIn("eu-central-1", "111122223333"), secretIn("eu-central-1", "111122223333")],
  ["one of another region", secretIn("eu-west-1", "000000000000"), secretIn("eu-west-1", "000000000000")],
])("calls %s so that nobody takes it for the deployment's own", (_, id, called) => {
  expect(nameIn(id, AT)).toBe(called);
});
