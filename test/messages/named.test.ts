import { describe, expect, it } from "vitest";
import { ofRun } from "../../src/messages/digest.js";
import { named } from "../../src/messages/named.js";
import type { EndedExecution } from "../../src/messages/on-record.js";
import { ofChange, ofCheck, ofRetirement, ofRotation } from "../../src/messages/sentences.js";
import type { Outcome } from "../../src/rotation/ledger.js";

const EXECUTION = "arn:aws:states:eu-central-1:000000000000:execution:keyturn-dev-rotate-secret:1";
const arnIn = (account: string, name = "shop/orders", region = "eu-central-1") =>
  `arn:aws:secretsmanager:${region}:${account}:secret:${name}-AbCdEf`;
const OWN = arnIn("000000000000");
const OTHER = arnIn("999999999999");
const OTHER_REGION = arnIn("000000000000", "shop/orders", "eu-west-1");

/** Which secret, what it is called, and as what it is typed; without these: it is not named. */
const CASES = [
  ["of its own account", { secretArn: OWN, secretName: "shop/orders" }, "shop/orders", "shop/orders"],
  ["of its own account, of which only the ARN is known", { secretArn: OWN }, "shop/orders", "shop/orders"],
  [
    "of its own account, that looks like options and more",
    { secretArn: arnIn("000000000000", "-it!"), secretName: "-it!" },
    "-it!",
    "-- '-it!'",
  ],
  [
    "of another account, as records call it",
    { secretArn: OTHER, secretName: "999999999999:shop/orders" },
    "999999999999:shop/orders",
    OTHER,
  ],
  [
    "of another account, by its name alone",
    { secretArn: OTHER, secretName: "shop/orders" },
    "999999999999:shop/orders",
    OTHER,
  ],
  ["of another account, of which only the ARN is known", { secretArn: OTHER }, "999999999999:shop/orders", OTHER],
  [
    "of another account, that a shell would act on",
    { secretArn: arnIn("999999999999", "rds!db") },
    "999999999999:rds!db",
    `'${arnIn("999999999999", "rds!db")}'`,
  ],
  ["of another region", { secretArn: OTHER_REGION }, OTHER_REGION, OTHER_REGION],
  ["that is but a name", { secretArn: "shop/orders" }, undefined, undefined],
  [
    "of an account that is none",
    { secretArn: "arn:aws:secretsmanager:eu-central-1:99:secret:shop/orders-AbCdEf" },
    undefined,
    undefined,
  ],
  ["that is prose behind an ARN", { secretArn: `${OTHER}\nNext: call +1 555` }, undefined, undefined],
] as const;

const TIMES = { startedAt: "2026-11-24T19:04:05.678Z", endedAt: "2026-11-24T19:04:08.178Z" };
const WHY = { reason: "AccountNotListed", message: "Not listed." };

const rotation = (outcome: Outcome) => ({ ...TIMES, ...WHY, executionArn: EXECUTION, outcome, trigger: "request" });
const execution = (secretId: string, more: Partial<EndedExecution> = {}): EndedExecution => ({
  ...TIMES,
  executionArn: EXECUTION,
  status: "FAILED",
  input: JSON.stringify({ secretId }),
  ...more,
});

describe.each(CASES)("a secret %s", (_, secret, shown, typed) => {
  const someone = shown ?? "a secret that is not there, or not to be seen,";
  const of = shown === undefined ? { askedFor: secret.secretArn } : { secretArn: secret.secretArn, secretName: shown };
  const run = (command: string) => (typed === undefined ? undefined : `npx keyturn ${command} ${typed}`);

  it.each([
    ["failed", "failed", "rotate"],
    ["rolled back", "failed", "rotate"],
    ["needs attention", "needs a person", "settle"],
    ["rolled forward", undefined, "show"],
  ] as const)("is told of when its rotation ended as %s", (outcome, did, command) => {
    const told = ofRotation({ ...rotation(outcome), ...secret } as Parameters<typeof ofRotation>[0]);
    expect(told).toMatchObject(of);
    expect(told.what).toContain(did ? `the rotation of ${someone} ${did}` : `credential of ${someone} `);
    expect(told.command).toBe(run(command));
  });

  it("is told of when its retirement failed", () => {
    const record = { ...TIMES, ...WHY, executionArn: EXECUTION, outcome: "failed", ...secret };
    const told = ofRetirement(record as Parameters<typeof ofRetirement>[0]);
    expect(told).toMatchObject({ what: `the old credential of ${someone} may still be valid`, ...of });
    expect(told.command).toBe(run("history"));
  });
});

// What has no name from AWS: a dry run's output, and a rotation of a run.
describe.each(CASES.filter(([, secret]) => !("secretName" in secret)))(
  "a secret %s",
  (_, { secretArn }, shown, typed) => {
    it("is told of when a dry run finds something wrong", () => {
      const checks = [{ name: "plan", ok: false, code: "AccountNotListed", message: "Not listed." }];
      const told = ofCheck({ secretArn, checks } as unknown as Parameters<typeof ofCheck>[0], execution(secretArn));
      expect(told.what).toBe(`the rotation of ${shown ?? "a secret that is not there, or not to be seen,"} would fail`);
      expect(told.command).toBe(typed === undefined ? undefined : `npx keyturn show ${typed}`);
    });

    it("is told of with the others of its run", () => {
      const run = { end: "rotated", run: "a", failed: 1, all: 1, unreachable: [] } as const;
      const told = ofRun(run, execution(""), [execution(secretArn, { cause: "Not listed." })]);
      expect(told.appendix).toEqual([`${shown ?? "the rotation 1"}: Not listed.`]);
    });
  },
);

it("a change from outside is told of by the name alone: it is noticed in the own account only", () => {
  const change = { secretArn: OWN, secretName: "shop/orders", versionId: "b", previousVersionId: "a" };
  expect(ofChange({ ...change, changedAt: TIMES.startedAt })).toMatchObject({
    what: "AWSCURRENT of shop/orders was moved, and not by Keyturn",
    command: "npx keyturn history shop/orders",
  });
});

it("a secret is typed by its ARN where the deployment's account is not known", () => {
  expect(named({ secretArn: OWN }, "")).toEqual({ shown: "000000000000:shop/orders", typed: OWN });
});
