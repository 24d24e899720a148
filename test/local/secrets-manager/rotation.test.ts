import {
  CancelRotateSecretCommand,
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  RotateSecretCommand,
  type RotateSecretCommandInput,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FunctionError } from "../../../src/local/service.js";
import { ROOT, serve, type TestCloud } from "./serve.js";

const LAMBDA = "arn:aws:lambda:us-east-1:123456789012:function:rotate";

interface StepEvent {
  readonly SecretId: string;
  readonly ClientRequestToken: string;
  readonly Step: string;
  readonly RotationToken: string;
}

let cloud: TestCloud;
let steps: string[];
let failing: string | undefined;
/** How often it fails, at most. */
let failures: number;
/** Whether it takes AWSPENDING off when it fails. */
let givesUp: boolean;
let tokens: unknown[];

/** A rotation function as AWS's template has it, speaking to the service over the wire. */
async function rotationFunction(arn: string, payload: unknown): Promise<void> {
  const { SecretId, ClientRequestToken, Step, RotationToken } = payload as StepEvent;
  expect(arn).toBe(LAMBDA);
  steps.push(Step);
  tokens.push(RotationToken);
  if (Step === failing && failures-- > 0) {
    if (givesUp) await takePendingOff(SecretId, ClientRequestToken);
    throw new FunctionError("Error", "the database refused");
  }
  if (Step === "createSecret") {
    const pending = new GetSecretValueCommand({ SecretId, VersionId: ClientRequestToken, VersionStage: "AWSPENDING" });
    await cloud.client.send(pending).catch((error) => expect(error.name).toBe("ResourceNotFoundException"));
    const put = { SecretId, ClientRequestToken, SecretString: "rotated", VersionStages: ["AWSPENDING"] };
    await cloud.client.send(new PutSecretValueCommand(put));
  }
  if (Step === "testSecret") {
    await cloud.client.send(new GetSecretValueCommand({ SecretId, VersionStage: "AWSPENDING" }));
  }
  if (Step === "finishSecret") {
    const { VersionId } = await cloud.client.send(new GetSecretValueCommand({ SecretId }));
    await cloud.client.send(
      new UpdateSecretVersionStageCommand({
        SecretId,
        VersionStage: "AWSCURRENT",
        MoveToVersionId: ClientRequestToken,
        RemoveFromVersionId: VersionId,
      }),
    );
  }
}

async function takePendingOff(SecretId: string, RemoveFromVersionId: string): Promise<void> {
  const VersionStage = "AWSPENDING";
  await cloud.client.send(new UpdateSecretVersionStageCommand({ SecretId, VersionStage, RemoveFromVersionId }));
}

let first: string;
beforeEach(async () => {
  steps = [];
  failing = undefined;
  failures = Number.POSITIVE_INFINITY;
  givesUp = false;
  tokens = [];
  // Between two tries a minute passes, and then two.
  cloud = await serve({ invoke: rotationFunction, isFunction: (arn) => arn === LAMBDA, speed: 1e6 });
  const created = await cloud.client.send(new CreateSecretCommand({ Name: "app/db", SecretString: "first" }));
  first = created.VersionId as string;
});
afterEach(() => cloud.remove());

async function rotate(input: Partial<RotateSecretCommandInput> = {}): Promise<string> {
  const command = new RotateSecretCommand({ SecretId: "app/db", RotationLambdaARN: LAMBDA, ...input });
  return (await cloud.client.send(command)).VersionId as string;
}

async function settled() {
  await cloud.service.settled();
  return cloud.client.send(new DescribeSecretCommand({ SecretId: "app/db" }));
}

describe("RotateSecret", () => {
  it("runs the four steps on an empty AWSPENDING version and dates the rotation", async () => {
    cloud.advance(60);
    const second = await rotate({ RotationRules: { AutomaticallyAfterDays: 10 } });
    const described = await settled();
    expect(steps).toEqual(["createSecret", "setSecret", "testSecret", "finishSecret"]);
    expect(described).toMatchObject({
      RotationEnabled: true,
      RotationLambdaARN: LAMBDA,
      RotationRules: { AutomaticallyAfterDays: 10 },
      LastRotatedDate: new Date("2026-03-01T12:01:00.250Z"),
      NextRotationDate: new Date("2026-03-11T23:59:59Z"),
      VersionIdsToStages: { [second]: ["AWSCURRENT", "AWSPENDING"], [first]: ["AWSPREVIOUS"] },
    });
    expect(cloud.events).toMatchObject([
      { detail: { labelUpdated: "AWSCURRENT", versionId: first } },
      {
        source: "aws.secretsmanager",
        "detail-type": "Secret Label Updated",
        resources: [described.ARN],
        detail: { name: "app/db", labelUpdated: "AWSCURRENT", versionId: second },
      },
    ]);
  });

  it("rotates again with what it was told the first time", async () => {
    await rotate();
    await settled();
    await rotate({ RotationLambdaARN: undefined });
    await settled();
    expect(steps).toHaveLength(8);
  });

  it("leaves AWSPENDING where a step failed, and refuses to start another rotation then", async () => {
    failing = "setSecret";
    const second = await rotate();
    const described = await settled();
    expect(steps).toEqual([1, 2, 3].flatMap(() => ["createSecret", "setSecret"]));
    expect(described.LastRotatedDate).toBeUndefined();
    expect(described.VersionIdsToStages).toEqual({ [first]: ["AWSCURRENT"], [second]: ["AWSPENDING"] });
    await expect(rotate()).rejects.toMatchObject({
      name: "InvalidRequestException",
      message: "A previous rotation isn't complete. That rotation will be reattempted.",
    });
    await settled();
  });

  it("tries all steps again with the same version where one failed", async () => {
    failing = "setSecret";
    failures = 1;
    const second = await rotate();
    const described = await settled();
    expect(steps).toEqual(["createSecret", "setSecret", "createSecret", "setSecret", "testSecret", "finishSecret"]);
    expect(described.LastRotatedDate).toBeInstanceOf(Date);
    expect(described.VersionIdsToStages?.[second]).toContain("AWSCURRENT");
  });

  it("reattempts the rotation that isn't complete when it is asked for another", async () => {
    failing = "setSecret";
    failures = 3;
    const second = await rotate();
    await settled();
    await expect(rotate()).rejects.toMatchObject({ name: "InvalidRequestException" });
    expect((await settled()).VersionIdsToStages?.[second]).toEqual(["AWSCURRENT", "AWSPENDING"]);
  });

  it("abandons a rotation that has lost AWSPENDING", async () => {
    failing = "setSecret";
    givesUp = true;
    await rotate();
    expect((await settled()).LastRotatedDate).toBeUndefined();
    expect(steps).toEqual(["createSecret", "setSecret"]);
    failing = undefined;
    await rotate();
    expect((await settled()).LastRotatedDate).toBeInstanceOf(Date);
  });

  it("takes the version from another function than the one it invoked only with the token that this one was given", async () => {
    failing = "createSecret";
    const ClientRequestToken = await rotate();
    await settled();
    const input = { SecretId: "app/db", ClientRequestToken, SecretString: "other", VersionStages: ["AWSPENDING"] };
    const as = (functionArn: string, RotationToken?: string) =>
      cloud.service.handle({
        operation: "PutSecretValue",
        input: { ...input, ...(RotationToken ? { RotationToken } : {}) },
        caller: { ...ROOT, conditions: { "lambda:SourceFunctionArn": functionArn } },
      });
    await expect(as(`${LAMBDA}-2`)).rejects.toMatchObject({ code: "AccessDeniedException" });
    await expect(as(`${LAMBDA}-2`, "0".repeat(36))).rejects.toMatchObject({ code: "AccessDeniedException" });
    expect(await as(`${LAMBDA}-2`, String(tokens[0]))).toMatchObject({ VersionId: ClientRequestToken });
    expect(await as(LAMBDA)).toMatchObject({ VersionId: ClientRequestToken });
    // Of a version that nobody waits for it is not asked.
    const own = { ...input, ClientRequestToken: "11111111-2222-3333-4444-555555555555" };
    const caller = { ...ROOT, conditions: { "lambda:SourceFunctionArn": `${LAMBDA}-2` } };
    await cloud.service.handle({ operation: "PutSecretValue", input: own, caller });
  });

  it("leaves a version that is empty where the first step failed: in DescribeSecret, and in no list of versions", async () => {
    failing = "createSecret";
    const second = await rotate();
    expect((await settled()).VersionIdsToStages).toEqual({ [first]: ["AWSCURRENT"], [second]: ["AWSPENDING"] });
    const list = new ListSecretVersionIdsCommand({ SecretId: "app/db", IncludeDeprecated: true });
    expect((await cloud.client.send(list)).Versions?.map(({ VersionId }) => VersionId)).toEqual([first]);
  });

  it("gives the same answer to the same token, and rotates once", async () => {
    const ClientRequestToken = "11111111-2222-3333-4444-555555555555";
    expect(await rotate({ ClientRequestToken })).toBe(ClientRequestToken);
    expect(await rotate({ ClientRequestToken })).toBe(ClientRequestToken);
    await settled();
    expect(steps).toHaveLength(4);
  });

  it("only tests, on a copy that goes away, when it is not to rotate immediately", async () => {
    await rotate({ RotateImmediately: false, RotationRules: { ScheduleExpression: "rate(10 days)" } });
    const described = await settled();
    expect(steps).toEqual(["testSecret"]);
    expect(described).toMatchObject({
      RotationEnabled: true,
      NextRotationDate: new Date("2026-03-11T23:59:59Z"),
      VersionIdsToStages: { [first]: ["AWSCURRENT"] },
    });
    expect(described.LastRotatedDate).toBeUndefined();
  });

  it("counts a value put by hand as a rotation for the next date", async () => {
    await rotate({ RotationRules: { AutomaticallyAfterDays: 10 } });
    await settled();
    cloud.advance(5 * 86_400);
    await cloud.client.send(new PutSecretValueCommand({ SecretId: "app/db", SecretString: "by hand" }));
    expect(await settled()).toMatchObject({
      LastRotatedDate: new Date("2026-03-01T12:00:00.250Z"),
      NextRotationDate: new Date("2026-03-16T23:59:59Z"),
    });
  });

  it.each([
    ["no function", { RotationLambdaARN: undefined }, "InvalidRequestException"],
    [
      "two schedules",
      { RotationRules: { AutomaticallyAfterDays: 1, ScheduleExpression: "rate(1 day)" } },
      "InvalidParameterException",
    ],
    ["an unknown schedule", { RotationRules: { ScheduleExpression: "at(noon)" } }, "InvalidParameterException"],
    ["1001 days", { RotationRules: { AutomaticallyAfterDays: 1001 } }, "ValidationException"],
  ])("refuses %s and runs nothing", async (_, input, name) => {
    await expect(rotate(input)).rejects.toMatchObject({ name });
    await settled();
    expect(steps).toEqual([]);
  });
});

describe("RotateSecret with a function that is not there", () => {
  it("is refused as one that may not be invoked, and changes nothing", async () => {
    const before = await settled();
    const RotationLambdaARN = `${LAMBDA}-gone`;
    await expect(rotate({ RotationLambdaARN })).rejects.toMatchObject({
      name: "AccessDeniedException",
      message:
        "Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants access to the principal secretsmanager.amazonaws.com.",
    });
    const after = await settled();
    expect({ ...after, $metadata: undefined }).toEqual({ ...before, $metadata: undefined });
    expect(steps).toEqual([]);
  });
});

describe("CancelRotateSecret", () => {
  it("turns the schedule off and keeps the configuration", async () => {
    await rotate({ RotationRules: { AutomaticallyAfterDays: 10 } });
    await settled();
    await cloud.client.send(new CancelRotateSecretCommand({ SecretId: "app/db" }));
    const described = await settled();
    expect(described).toMatchObject({ RotationEnabled: false, RotationLambdaARN: LAMBDA });
    expect(described.NextRotationDate).toBeUndefined();
  });

  it("names the version of a rotation that is not complete", async () => {
    failing = "setSecret";
    const second = await rotate();
    await settled();
    const cancelled = await cloud.client.send(new CancelRotateSecretCommand({ SecretId: "app/db" }));
    expect(cancelled.VersionId).toBe(second);
  });
});
