import { randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  RestoreSecretCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ROOT, serve, type TestCloud } from "./serve.js";

const DAY = 86_400;

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await serve();
});
afterEach(() => cloud.remove());

async function create(name = "app/db", SecretString = "first") {
  return cloud.client.send(new CreateSecretCommand({ Name: name, SecretString }));
}

async function read(input: { VersionId?: string; VersionStage?: string } = {}, SecretId = "app/db") {
  return cloud.client.send(new GetSecretValueCommand({ SecretId, ...input }));
}

describe("ListSecretVersionIds", () => {
  it("shows versions without labels only when asked, page by page", async () => {
    await create();
    for (const value of ["second", "third"]) {
      await cloud.client.send(new PutSecretValueCommand({ SecretId: "app/db", SecretString: value }));
    }
    const list = (input: object) =>
      cloud.client.send(new ListSecretVersionIdsCommand({ SecretId: "app/db", ...input }));
    const stages = async (input: object) => (await list(input)).Versions?.map(({ VersionStages }) => VersionStages);
    expect(await stages({})).toEqual([["AWSPREVIOUS"], ["AWSCURRENT"]]);
    expect(await stages({ IncludeDeprecated: true })).toEqual([undefined, ["AWSPREVIOUS"], ["AWSCURRENT"]]);

    const first = await list({ IncludeDeprecated: true, MaxResults: 2 });
    expect(first.Versions).toHaveLength(2);
    expect(await stages({ IncludeDeprecated: true, NextToken: first.NextToken })).toEqual([["AWSCURRENT"]]);
    await expect(list({ NextToken: "nonsense" })).rejects.toMatchObject({ name: "InvalidNextTokenException" });
  });
});

describe("tags", () => {
  it("are left out until there was one, and are an empty list when the last is taken off", async () => {
    await create();
    const tags = async () => (await cloud.client.send(new DescribeSecretCommand({ SecretId: "app/db" }))).Tags;
    const untag = () => cloud.client.send(new UntagResourceCommand({ SecretId: "app/db", TagKeys: ["team"] }));
    expect(await tags()).toBeUndefined();
    await untag();
    expect(await tags()).toBeUndefined();
    await cloud.client.send(new TagResourceCommand({ SecretId: "app/db", Tags: [{ Key: "team", Value: "a" }] }));
    await untag();
    expect(await tags()).toEqual([]);
  });

  it("are put over one another and taken off", async () => {
    await create();
    const tag = (Tags: Array<{ Key: string; Value: string }>) =>
      cloud.client.send(new TagResourceCommand({ SecretId: "app/db", Tags }));
    await tag([
      { Key: "keyturn:schedule", Value: "nightly" },
      { Key: "team", Value: "a" },
    ]);
    await tag([{ Key: "team", Value: "b" }]);
    await cloud.client.send(new UntagResourceCommand({ SecretId: "app/db", TagKeys: ["keyturn:schedule", "none"] }));
    const { Tags } = await cloud.client.send(new DescribeSecretCommand({ SecretId: "app/db" }));
    expect(Tags).toEqual([{ Key: "team", Value: "b" }]);

    const fifty = Array.from({ length: 50 }, (_, index) => ({ Key: `key${index}`, Value: "" }));
    await expect(tag(fifty)).rejects.toMatchObject({ name: "InvalidParameterException" });
  });
});

describe("DeleteSecret", () => {
  it("refuses reads and writes in the recovery window, and gives all back on restore", async () => {
    await create();
    const deleted = await cloud.client.send(new DeleteSecretCommand({ SecretId: "app/db", RecoveryWindowInDays: 7 }));
    expect(deleted.DeletionDate).toEqual(new Date("2026-03-08T12:00:00.250Z"));
    const message = "You can't perform this operation on the secret because it was marked for deletion.";
    const put = new PutSecretValueCommand({ SecretId: "app/db", SecretString: "second" });
    await expect(read()).rejects.toMatchObject({ name: "InvalidRequestException", message });
    await expect(cloud.client.send(put)).rejects.toMatchObject({ name: "InvalidRequestException", message });
    await expect(create()).rejects.toMatchObject({
      name: "InvalidRequestException",
      message: "You can't create this secret because a secret with this name is already scheduled for deletion.",
    });
    const described = await cloud.client.send(new DescribeSecretCommand({ SecretId: "app/db" }));
    expect(described.DeletedDate).toEqual(deleted.DeletionDate);

    await cloud.client.send(new RestoreSecretCommand({ SecretId: "app/db" }));
    expect((await read()).SecretString).toBe("first");
  });

  it("is gone when the window is over, and its name is free", async () => {
    const { ARN } = await create();
    await cloud.client.send(new DeleteSecretCommand({ SecretId: "app/db" }));
    cloud.advance(30 * DAY);
    await expect(read()).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    expect((await create()).ARN).not.toBe(ARN);
  });

  it("is gone at once when forced, and forced again is no error", async () => {
    await create();
    const forced = new DeleteSecretCommand({ SecretId: "app/db", ForceDeleteWithoutRecovery: true });
    await cloud.client.send(forced);
    await expect(cloud.client.send(forced)).resolves.toMatchObject({
      ARN: expect.stringMatching(/:secret:app\/db-\w{6}$/),
      Name: "app/db",
      DeletionDate: new Date("2026-03-01T12:00:00.250Z"),
    });
    await expect(cloud.client.send(new DeleteSecretCommand({ SecretId: "app/db" }))).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
  });

  it("forced on what never was there names it, by its ARN in another region too, and a name that is none is refused", async () => {
    const forced = (SecretId: string) =>
      cloud.client.send(new DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery: true }));
    const elsewhere = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:app/db-a1b2c3";
    expect(await forced(elsewhere)).toMatchObject({ ARN: elsewhere, Name: "app/db" });
    await expect(forced("app db")).rejects.toMatchObject({ name: "ValidationException" });
  });

  it.each([
    [{ RecoveryWindowInDays: 6 }, "The RecoveryWindowInDays value must be between 7 and 30 days (inclusive)."],
    [
      { RecoveryWindowInDays: 7, ForceDeleteWithoutRecovery: true },
      "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
    ],
  ])("refuses %j", async (input, message) => {
    await create();
    await expect(cloud.client.send(new DeleteSecretCommand({ SecretId: "app/db", ...input }))).rejects.toMatchObject({
      name: "InvalidParameterException",
      message,
    });
  });
});

describe("many at the same time", () => {
  it("50 PutSecretValue with one token make one version", async () => {
    await create();
    const put = { SecretId: "app/db", SecretString: "second", ClientRequestToken: randomUUID() };
    const all = Array.from({ length: 50 }, () => cloud.client.send(new PutSecretValueCommand(put)));
    const answers = await Promise.all(all);
    expect(new Set(answers.map(({ VersionId }) => VersionId))).toEqual(new Set([put.ClientRequestToken]));
    const list = new ListSecretVersionIdsCommand({ SecretId: "app/db", IncludeDeprecated: true });
    expect((await cloud.client.send(list)).Versions).toHaveLength(2);
  });

  it("50 PutSecretValue with a token each make 50 versions", async () => {
    await create();
    const all = Array.from({ length: 50 }, (_, index) =>
      cloud.client.send(new PutSecretValueCommand({ SecretId: "app/db", SecretString: `value ${index}` })),
    );
    await Promise.all(all);
    const list = new ListSecretVersionIdsCommand({ SecretId: "app/db", IncludeDeprecated: true });
    expect((await cloud.client.send(list)).Versions).toHaveLength(51);
  });

  it("of UpdateSecretVersionStage from the same version, one wins", async () => {
    const { VersionId: first = "" } = await create();
    const rivals = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        cloud.client.send(
          new PutSecretValueCommand({ SecretId: "app/db", SecretString: `${index}`, VersionStages: [`rival${index}`] }),
        ),
      ),
    );
    const moves = await Promise.allSettled(
      rivals.map(({ VersionId }) =>
        cloud.client.send(
          new UpdateSecretVersionStageCommand({
            SecretId: "app/db",
            VersionStage: "AWSCURRENT",
            RemoveFromVersionId: first,
            MoveToVersionId: VersionId,
          }),
        ),
      ),
    );
    const won = moves.findIndex(({ status }) => status === "fulfilled");
    expect(moves.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect((await read()).VersionId).toBe(rivals[won]?.VersionId);
  });
});

describe("what is on disk", () => {
  it("survives a restart", async () => {
    const { ARN } = await create();
    cloud = await cloud.reopen();
    expect(await read()).toMatchObject({ ARN, SecretString: "first" });
  });

  it("shows no value in plain text", async () => {
    await create("app/db", "canary-in-a-string");
    const binary = Buffer.from("canary-in-bytes");
    await cloud.client.send(new PutSecretValueCommand({ SecretId: "app/db", SecretBinary: binary }));
    cloud = await cloud.reopen();
    const files = await readdir(cloud.dir, { recursive: true, withFileTypes: true });
    const read = files.filter((file) => file.isFile()).map((file) => readFile(join(file.parentPath, file.name)));
    const written = Buffer.concat(await Promise.all(read)).toString("latin1");
    expect(written).toContain("app/db");
    expect(written).not.toContain("canary");
    expect(written).not.toContain(binary.toString("base64"));
  });
});

describe("the service", () => {
  it("refuses an operation it does not have by name", async () => {
    const call = { operation: "StopReplicationToReplica", input: {}, caller: ROOT };
    await expect(cloud.service.handle(call)).rejects.toMatchObject({ code: "UnknownOperationException" });
    await expect(cloud.service.touches(call)).rejects.toMatchObject({ code: "UnknownOperationException" });
  });

  it("needs a ClientRequestToken from who calls without an SDK", async () => {
    const call = { operation: "CreateSecret", input: { Name: "app/db", SecretString: "first" }, caller: ROOT };
    await expect(cloud.service.handle(call)).rejects.toMatchObject({
      code: "InvalidRequestException",
      message: "You must provide a ClientRequestToken value. We recommend a UUID-type value.",
    });
  });

  it("says what a call touches", async () => {
    const { ARN } = await cloud.client.send(
      new CreateSecretCommand({ Name: "app/db", Tags: [{ Key: "keyturn:schedule", Value: "nightly" }] }),
    );
    const touches = (operation: string, input: object) =>
      cloud.service.touches({ operation, input: { ...input }, caller: ROOT });
    expect(await touches("GetSecretValue", { SecretId: "app/db", VersionStage: "AWSPENDING" })).toEqual([
      {
        action: "secretsmanager:GetSecretValue",
        resource: ARN,
        conditions: {
          "secretsmanager:SecretId": "app/db",
          "secretsmanager:ResourceTag/keyturn:schedule": "nightly",
          "aws:ResourceTag/keyturn:schedule": "nightly",
          "secretsmanager:VersionStage": "AWSPENDING",
        },
      },
    ]);
    expect(await touches("DescribeSecret", { SecretId: "none" })).toMatchObject([
      { resource: "arn:aws:secretsmanager:us-east-1:123456789012:secret:none" },
    ]);
    expect(await touches("CreateSecret", { Name: "new", Tags: [{ Key: "team", Value: "a" }] })).toMatchObject([
      {
        resource: "arn:aws:secretsmanager:us-east-1:123456789012:secret:new",
        conditions: { "secretsmanager:Name": "new", "aws:RequestTag/team": "a" },
      },
    ]);
    expect(await touches("ListSecrets", {})).toEqual([
      { action: "secretsmanager:ListSecrets", resource: "*", conditions: {} },
    ]);
  });

  it("lets only the managing service change a secret it owns", async () => {
    await create("rds!cluster-1");
    const put = new PutSecretValueCommand({ SecretId: "rds!cluster-1", SecretString: "second" });
    await expect(cloud.client.send(put)).rejects.toMatchObject({ name: "InvalidRequestException" });
    const described = await cloud.client.send(new DescribeSecretCommand({ SecretId: "rds!cluster-1" }));
    expect(described.OwningService).toBe("rds");
  });
});
