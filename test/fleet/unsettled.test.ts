import { expect, it } from "vitest";
import { KeyturnError } from "../../src/errors.js";
import { listUnsettled } from "../../src/fleet/unsettled.js";
import type { Unsettled } from "../../src/rotation/ledger.js";

const [OWN, THERE, NOT_NAMED] = ["000000000000", "111122223333", "999999999999"];
const accounts = { partition: "aws", own: OWN, others: [THERE] };
const RULES = { stage: "dev", admins: [], readers: [], mayAskFor: {}, accounts };
const OURS = { "keyturn:stage": "dev", "keyturn:schedule": "nightly" };

const arn = (account: string) => `arn:aws:secretsmanager:eu-central-1:${account}:secret:a-AbCdEf`;
const stuck = (account: string): Unsettled => ({
  secretArn: arn(account),
  holder: {
    executionArn: `arn:aws:states:eu-central-1:${OWN}:execution:keyturn-dev-rotate-secret:1`,
    since: "2026-11-20T00:00:00Z",
    purpose: "rotation",
  },
});
const waiting = (account: string): Unsettled => ({
  secretArn: arn(account),
  last: { endedAt: "2026-11-20T00:00:00Z", failures: 1 },
});

/** What it counts and starts, where looking at the secrets comes to this: an error, or their tags. */
async function look(account: string, found: KeyturnError | Record<string, string>) {
  const { items, unrest } = await listUnsettled(
    { schedule: "recovery", scheduledAt: "2026-11-28T12:00:00Z" },
    {
      async *unsettled() {
        yield* [stuck(account), waiting(account)];
      },
    },
    { lookUp: async () => undefined },
    {
      describe: async () => {
        if (found instanceof KeyturnError) throw found;
        return { tags: found } as never;
      },
    },
    RULES,
  );
  return [unrest.stuck, unrest.needsAttention, items.length];
}

const error = (name: "AccessDeniedError" | "TransientError" | "InvalidSecretError", code: string) =>
  new KeyturnError(name, { code, message: "x" });

it.each<[string, string, KeyturnError | Record<string, string>, number[]]>([
  ["there, as at home", THERE, OURS, [1, 1, 2]],
  ["there, whose role is gone", THERE, error("AccessDeniedError", "AccountUnreachable"), [1, 1, 0]],
  ["there, which may not be looked at", THERE, error("AccessDeniedError", "AccessDenied"), [1, 1, 0]],
  ["there, of which AWS says nothing now", THERE, error("TransientError", "Unreachable"), [1, 1, 0]],
  ["there, deleted", THERE, error("InvalidSecretError", "SecretNotFound"), [0, 0, 0]],
  ["there, whose tags were taken off", THERE, {}, [0, 0, 0]],
  ["there, whose tags mean nothing", THERE, { ...OURS, "keyturn:strategie": "x" }, [0, 0, 0]],
  ["of an account named no more", NOT_NAMED, error("AccessDeniedError", "AccountNotListed"), [0, 0, 0]],
  ["at home, which may not be looked at", OWN, error("AccessDeniedError", "AccessDenied"), [0, 0, 0]],
])("counts what is stuck or needs a person, and starts what it can reach: %s", async (_, account, found, expected) => {
  expect(await look(account, found)).toEqual(expected);
});

it("fails where AWS says nothing of a secret at home", async () => {
  await expect(look(OWN, error("TransientError", "Unreachable"))).rejects.toMatchObject({ code: "Unreachable" });
});
