import { beforeEach, describe, expect, it } from "vitest";
import type { Work } from "../../src/cli/command.js";
import { deployment } from "../../src/cli/deployment.js";
import { answerOf } from "../../src/cli/rotating/many.js";
import { styleOf } from "../../src/cli/style.js";
import type { Run } from "../../src/overview/run.js";
import { useStubAws } from "../tools/stub-aws.js";
import { run } from "./run.js";

const AT = "arn:aws:states:eu-central-1:000000000000";
const EXECUTION = `${AT}:execution:keyturn-dev-rotate-secret:1`;
const CHECK = `${AT}:execution:keyturn-dev-check-secret:1`;
const OWN = "arn:aws:secretsmanager:eu-central-1:000000000000:secret:shop/orders-AbCdEf";
const OTHER = "arn:aws:secretsmanager:eu-central-1:999999999999:secret:shop/orders-AbCdEf";

/** The secret that is described, and the one whose rotation needs a person. */
let secretId = OWN;
/** A dry run, for as long as no other is described. */
const WELL = { executionArn: CHECK, status: "SUCCEEDED", output: JSON.stringify({ ok: true, checks: [] }) };
let execution: object = WELL;
const OUTPUTS = {
  ...{ RotateSecretArn: `${AT}:stateMachine:keyturn-dev-rotate-secret`, TableName: "keyturn-dev" },
  ...{ CheckSecretArn: `${AT}:stateMachine:keyturn-dev-check-secret` },
  RotateFleetArn: `${AT}:stateMachine:keyturn-dev-rotate-fleet`,
};

const FAILED = { error: "ConflictError", cause: "AccountNotListed: Not listed." };

const aws = useStubAws({
  "cloudformation:DescribeStacks": () => ({
    Stacks: [
      {
        ...{ StackName: "keyturn-dev", CreationTime: "2026-01-01T00:00:00Z", StackStatus: "UPDATE_COMPLETE" },
        Outputs: Object.entries(OUTPUTS).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue })),
      },
    ],
  }),
  "secretsmanager:DescribeSecret": () => ({
    ...{ ARN: secretId, Name: "shop/orders", VersionIdsToStages: { a: ["AWSCURRENT"] } },
    Tags: Object.entries({ stage: "dev", schedule: "nightly" }).map(([key, Value]) => ({
      Key: `keyturn:${key}`,
      Value,
    })),
  }),
  "secretsmanager:TagResource": () => ({}),
  "states:ListExecutions": () => ({ executions: [] }),
  "states:StartExecution": () => ({ executionArn: CHECK, startDate: 1_795_000_000 }),
  "states:DescribeExecution": () => execution,
  "dynamodb:GetItem": () => ({}),
  "dynamodb:BatchGetItem": () => ({
    Responses: {
      "keyturn-dev": [
        {
          ...{ pk: { S: `secret#${secretId}` }, sk: { S: "state" }, lastExecution: { S: EXECUTION } },
          ...{ outcome: { S: "needs attention" }, endedAt: { S: "2026-11-24T19:04:08.178Z" } },
        },
      ],
    },
  }),
});

beforeEach(() => {
  [secretId, execution] = [OWN, WELL];
});

// Whoever has rights in the other account is answered; with its name he would go on with the deployment's namesake.
describe.each([
  ["stop", "keyturn show"],
  ["settle", "keyturn show"],
  ["plan", "keyturn rotate"],
  ["pause", "keyturn unpause"],
  ["unpause", "keyturn show"],
  ["restore", "makes the credential before the current one of"],
])("keyturn %s", (command, next) => {
  const lines = async (secret: string) => {
    secretId = secret;
    const { stdout, stderr } = await run([command, secret], { cloud: aws });
    return `${stdout}${stderr}`;
  };

  it("calls a secret of another account by its ARN", async () => {
    const said = await lines(OTHER);
    expect(said).toContain(`${next} ${OTHER}`);
    expect(said.replaceAll(OTHER, "")).not.toContain("shop/orders");
  });

  it("calls one of the own account by its name", async () => {
    const said = await lines(OWN);
    expect(said).toContain(`${next} shop/orders`);
    expect(said).not.toContain(OWN);
  });
});

describe("what failed in a run", () => {
  it.each([
    [OWN, "shop/orders", "shop/orders"],
    [OTHER, "999999999999:shop/orders", OTHER],
    // As somebody asked for it, with nothing cut off.
    ["shop/orders", "shop/orders", "shop/orders"],
  ])("of %s is called %s, and settled as %s", async (asked, shown, typed) => {
    secretId = asked;
    const input = JSON.stringify({ secretId });
    execution = { executionArn: EXECUTION, status: "FAILED", input, ...FAILED };
    const counts = { rotated: 0, skipped: 0, failed: 1, byReason: {}, leftOut: {} };
    const ended = { ...counts, executionArn: EXECUTION, status: "succeeded", end: { failures: [EXECUTION] } };
    const options = { stage: "dev", local: false, json: false } as const;
    const host = { clientConfig: aws.clientConfig, env: {} } as Parameters<typeof deployment>[0];
    const work = { deployment: deployment(host, options), options } as unknown as Work<unknown>;
    const { json, text } = await answerOf(work, [ended as unknown as Run]);
    const { failures, next } = json as { failures: object[]; next: string[] };
    expect(failures).toMatchObject([{ secret: shown, secretId: typed, outcome: "needs attention" }]);
    expect(next[0]).toBe(`keyturn settle ${typed}`);
    expect(text(styleOf(host, {})).split("\n")).toContain(`  ${shown}  AccountNotListed: Not listed.`);
  });
});
