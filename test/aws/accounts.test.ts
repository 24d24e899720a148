import { expect, it } from "vitest";
import { secretsByAccount } from "../../src/aws/accounts/secrets.js";
import type { SecretStore } from "../../src/rotation/ports.js";

const accounts = { partition: "aws", own: "000000000000", others: ["111122223333"] };
const arnIn = (account: string) => `arn:aws:secretsmanager:eu-central-1:${account}:secret:shop/orders-AbCdEf`;

/** Says of each call in which account it was made. */
function stores() {
  const calls: string[] = [];
  const made: string[] = [];
  const storeOf = (account: string) =>
    new Proxy({} as SecretStore, { get: (_, name) => async () => void calls.push(`${account} ${String(name)}`) });
  const store = secretsByAccount(storeOf("own"), accounts, (account) => {
    made.push(account);
    return storeOf(account);
  });
  return { store, calls, made };
}

/** Every method, for a secret. */
const all = (store: SecretStore, id: string): Array<() => Promise<unknown>> => [
  () => store.describe(id),
  () => store.current(id),
  () => store.currentOf([id, id]),
  () => store.version(id, "v"),
  () => store.putPending(id, "v", "value"),
  () => store.moveCurrent(id, { from: "v", to: "w" }),
  () => store.keep(id, "LABEL", { to: "v" }),
  () => store.drop(id, "LABEL", "v"),
];

it.each([
  ["a name", "shop/orders", "own"],
  ["an ARN of its own account", arnIn("000000000000"), "own"],
  ["an ARN of another", arnIn("111122223333"), "111122223333"],
])("asks of %s in its account", async (_, id, account) => {
  const { store, calls, made } = stores();
  for (const call of all(store, id)) await call();
  expect(calls).toHaveLength(8);
  expect(new Set(calls.map((call) => call.split(" ")[0]))).toEqual(new Set([account]));
  expect(made.length).toBeLessThanOrEqual(1);
});

it("asks nobody of a secret of an account that is not named, nor of two accounts at once", async () => {
  const { store, calls, made } = stores();
  for (const call of all(store, arnIn("999999999999")))
    await expect(call()).rejects.toMatchObject({ name: "AccessDeniedError", code: "AccountNotListed" });
  const both = [arnIn("000000000000"), arnIn("111122223333")];
  await expect(store.currentOf(both)).rejects.toMatchObject({ code: "MixedAccounts" });
  expect(calls).toEqual([]);
  expect(made.filter((account) => account !== "111122223333")).toEqual([]);
});
