import { expect, it } from "vitest";
import { KeyturnError } from "../../src/errors.js";
import { listOfAll, newlyUnreached, unreachableIn, withoutUnreachable } from "../../src/fleet/account-lists.js";
import type { ListSecrets } from "../../src/fleet/page.js";

const OWN = "000000000000";
const [ONE, TWO] = ["111122223333", "444455556666"];

/** An account with so many pages of one secret each. */
const pages =
  (account: string, count: number): ListSecrets =>
  async (token = "0") => ({
    secrets: [{ arn: `${account}/${token}`, name: "shop/orders", tags: {} }],
    ...(Number(token) + 1 < count ? { nextToken: String(Number(token) + 1) } : {}),
  });

const broken: ListSecrets = async () => {
  throw new KeyturnError("AccessDeniedError", { code: "AccountUnreachable", message: "refused" });
};
const throttled: ListSecrets = async () => {
  throw new KeyturnError("ThrottledError", { code: "Throttled", message: "slower" });
};

/** What comes of it page by page, from a token on. */
async function walk(list: ListSecrets, from?: string) {
  const found: unknown[] = [];
  let token = from;
  do {
    const { secrets, nextToken, unreachable: passed } = await list(token);
    found.push(...secrets.map(({ arn, account }) => [arn, account]), ...(passed ? [[passed]] : []));
    token = nextToken;
  } while (token);
  return found;
}

const all = (lists: Readonly<Record<string, ListSecrets>>, told: string[] = []) =>
  listOfAll(
    { account: OWN, list: lists[OWN] ?? pages(OWN, 1) },
    [TWO, ONE].map((account) => ({ account, list: lists[account] ?? pages(account, 1) })),
    (account) => told.push(account),
  );

it("lists the deployment's account and then the others by their numbers, page by page", async () => {
  expect(await walk(all({ [OWN]: pages(OWN, 2), [ONE]: pages(ONE, 2) }))).toEqual([
    [`${OWN}/0`, undefined],
    [`${OWN}/1`, undefined],
    [`${ONE}/0`, ONE],
    [`${ONE}/1`, ONE],
    [`${TWO}/0`, TWO],
  ]);
});

it("goes on where a token says, also one of before there were other accounts", async () => {
  expect(await walk(all({ [ONE]: pages(ONE, 3) }), `${ONE}:2`)).toEqual([
    [`${ONE}/2`, ONE],
    [`${TWO}/0`, TWO],
  ]);
  expect((await walk(all({ [OWN]: pages(OWN, 3) }), "2"))[0]).toEqual([`${OWN}/2`, undefined]);
});

it("passes over an account that cannot be listed, and says so", async () => {
  const told: string[] = [];
  expect(await walk(all({ [ONE]: broken }, told))).toEqual([
    [`${OWN}/0`, undefined],
    [`AccountUnreachable:${ONE}`],
    [`${TWO}/0`, TWO],
  ]);
  expect(told).toEqual([ONE]);
  await expect(walk(all({ [OWN]: broken }))).rejects.toThrow("refused");
});

it("says of it what it was, where it was not for its role", async () => {
  expect((await walk(all({ [ONE]: throttled })))[1]).toEqual([`AccountUnreachable:${ONE}:Throttled`]);
});

it.each([
  ["before all others", "100000000000", [`${ONE}/0`, `${TWO}/0`]],
  ["between them", "222233334444", [`${TWO}/0`]],
  ["after them", "999999999999", []],
])("goes on with the next where a token names an account that is named no more: %s", async (_, gone, arns) => {
  expect((await walk(all({}), `${gone}:abc`)).map((found) => (found as string[])[0])).toEqual(arns);
});

const REASONS = { [`AccountUnreachable:${ONE}`]: 1, [`AccountUnreachable:${TWO}:ServiceFault`]: 1 };

it("parts what could not be reached from what was left out, and knows the accounts of it", () => {
  const parts = withoutUnreachable({ NotDue: 3, ...REASONS });
  expect(parts).toEqual({ unreached: REASONS, leftOut: { NotDue: 3 } });
  expect(unreachableIn({ ProbeFailed: 1, ...REASONS })).toEqual([ONE, TWO]);
});

it("counts an account once, whatever it could not be reached for the second time", () => {
  expect(newlyUnreached(REASONS, { [`AccountUnreachable:${ONE}:Throttled`]: 1 })).toEqual({
    [`AccountUnreachable:${TWO}:ServiceFault`]: 1,
  });
});
