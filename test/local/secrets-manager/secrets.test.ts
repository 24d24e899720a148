import { randomUUID } from "node:crypto";
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  UpdateSecretCommand,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { serve, type TestCloud } from "./serve.js";

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

describe("CreateSecret", () => {
  it("stores the value as AWSCURRENT and gives an ARN with six random characters", async () => {
    const created = await create();
    expect(created.ARN).toMatch(/^arn:aws:secretsmanager:us-east-1:123456789012:secret:app\/db-[A-Za-z0-9]{6}$/);
    expect(await read()).toMatchObject({
      ARN: created.ARN,
      Name: "app/db",
      VersionId: created.VersionId,
      SecretString: "first",
      VersionStages: ["AWSCURRENT"],
      CreatedDate: new Date("2026-03-01T12:00:00.250Z"),
    });
  });

  it("makes a secret without a value, which has no version", async () => {
    const created = await cloud.client.send(new CreateSecretCommand({ Name: "empty" }));
    expect(created.VersionId).toBeUndefined();
    const described = await cloud.client.send(new DescribeSecretCommand({ SecretId: "empty" }));
    // No description, no key, no tags, no stages.
    expect(Object.keys(described).sort()).toEqual(["$metadata", "ARN", "CreatedDate", "LastChangedDate", "Name"]);
    await expect(read({}, "empty")).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
    });
  });

  it("succeeds twice with the same token and value, and refuses the name otherwise", async () => {
    const command = { Name: "app/db", SecretString: "first", ClientRequestToken: randomUUID() };
    const first = await cloud.client.send(new CreateSecretCommand(command));
    expect(await cloud.client.send(new CreateSecretCommand(command))).toMatchObject({ ARN: first.ARN });
    await expect(create()).rejects.toMatchObject({
      name: "ResourceExistsException",
      message: "The operation failed because the secret app/db already exists.",
    });
    await expect(
      cloud.client.send(new CreateSecretCommand({ ...command, SecretString: "other" })),
    ).rejects.toMatchObject({ name: "ResourceExistsException" });
  });

  it.each([
    ["a name of 513 characters", { Name: "x".repeat(513) }, "ValidationException", "'name'"],
    ["both kinds of value", { SecretString: "a", SecretBinary: Buffer.from("a") }, "InvalidParameterException", "both"],
    ["65,537 bytes", { SecretString: `${"é".repeat(32_768)}x` }, "ValidationException", "'secretString'"],
    ["a token of 31 characters", { ClientRequestToken: "x".repeat(31) }, "ValidationException", "'clientRequestToken'"],
    ["a tag value with parentheses", { Tags: [{ Key: "k", Value: "rate(1)" }] }, "InvalidParameterException", "tag k"],
    ["a reserved tag key", { Tags: [{ Key: "aws:k", Value: "" }] }, "InvalidParameterException", "reserved"],
    ["a parameter not emulated", { Type: "x" }, "ValidationException", "'type'"],
  ])("refuses %s", async (_, input, name, message) => {
    const command = new CreateSecretCommand({ Name: "app/db", ...input });
    await expect(cloud.client.send(command)).rejects.toMatchObject({
      name,
      message: expect.stringContaining(message),
    });
  });

  it("takes 65,536 bytes", async () => {
    const value = "é".repeat(32_768);
    await create("app/db", value);
    expect((await read()).SecretString).toBe(value);
  });
});

describe("a name that is none", () => {
  const message =
    "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!";

  it.each(["app db", " app", "app*", "app?", "app:db", "äpp"])("%j is refused by whatever takes a name", async (id) => {
    const commands = [
      new CreateSecretCommand({ Name: id }),
      new DeleteSecretCommand({ SecretId: id }),
      new DescribeSecretCommand({ SecretId: id }),
      new GetSecretValueCommand({ SecretId: id }),
      new PutSecretValueCommand({ SecretId: id, SecretString: "{}" }),
      new UpdateSecretCommand({ SecretId: id, Description: "" }),
    ];
    for (const command of commands) {
      await expect(cloud.client.send(command as GetSecretValueCommand)).rejects.toMatchObject({
        name: "ValidationException",
        message,
      });
    }
  });

  it("every character that a name may have is taken, 512 of them", async () => {
    const Name = "aZ0/_+=.@-".padEnd(512, "x");
    await cloud.client.send(new CreateSecretCommand({ Name }));
    expect((await cloud.client.send(new DescribeSecretCommand({ SecretId: Name }))).Name).toBe(Name);
  });
});

describe("finding a secret", () => {
  it("takes the name, the full ARN and the partial ARN", async () => {
    const { ARN = "" } = await create();
    for (const id of ["app/db", ARN, ARN.slice(0, -7)]) expect((await read({}, id)).ARN).toBe(ARN);
    for (const id of ["app", `${ARN.slice(0, -6)}xxxxxx`, ARN.replace("us-east-1", "eu-west-1"), `${ARN}x`]) {
      await expect(read({}, id)).rejects.toMatchObject({
        name: "ResourceNotFoundException",
        message: "Secrets Manager can't find the specified secret.",
      });
    }
  });

  it("does not find a name that ends like an ARN by its partial ARN, which looks like a full one", async () => {
    const { ARN = "" } = await create("app-a1b2c3");
    for (const id of ["app-a1b2c3", ARN]) expect((await read({}, id)).ARN).toBe(ARN);
    await expect(read({}, ARN.slice(0, -7))).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  });

  it("does not answer for another region or account, whose secret may have the same name", async () => {
    const { ARN = "" } = await create();
    const elsewhere = [ARN.replace("us-east-1", "eu-west-1"), ARN.replace("123456789012", "210987654321")];
    for (const SecretId of elsewhere.flatMap((arn) => [arn, arn.slice(0, -7)])) {
      for (const command of [new GetSecretValueCommand({ SecretId }), new DescribeSecretCommand({ SecretId })]) {
        await expect(cloud.client.send(command as GetSecretValueCommand)).rejects.toMatchObject({
          name: "ResourceNotFoundException",
        });
      }
    }
  });
});

describe("GetSecretValue", () => {
  it("reads by version, by stage and by both", async () => {
    const { VersionId: first } = await create();
    const put = new PutSecretValueCommand({ SecretId: "app/db", SecretString: "second" });
    const { VersionId: second } = await cloud.client.send(put);
    expect(await read()).toMatchObject({ VersionId: second, SecretString: "second" });
    expect(await read({ VersionStage: "AWSPREVIOUS" })).toMatchObject({ VersionId: first, SecretString: "first" });
    expect(await read({ VersionId: first as string })).toMatchObject({ SecretString: "first" });
    expect(await read({ VersionId: first as string, VersionStage: "AWSPREVIOUS" })).toMatchObject({ VersionId: first });
    await expect(read({ VersionId: first as string, VersionStage: "AWSCURRENT" })).rejects.toMatchObject({
      name: "InvalidRequestException",
      message: "You provided a VersionStage that is not associated to the provided VersionId.",
    });
    await expect(read({ VersionStage: "AWSPENDING" })).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: "Secrets Manager can't find the specified secret value for staging label: AWSPENDING",
    });
    const unknown = randomUUID();
    await expect(read({ VersionId: unknown })).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: `Secrets Manager can't find the specified secret value for VersionId: ${unknown}`,
    });
  });

  it("gives binary back byte for byte", async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    await cloud.client.send(new CreateSecretCommand({ Name: "app/db", SecretBinary: bytes }));
    const value = await read();
    expect(value.SecretBinary).toEqual(bytes);
    expect(value.SecretString).toBeUndefined();
  });

  it("notes the day of the last access, and nothing else", async () => {
    await create();
    cloud.advance(2 * DAY);
    await read();
    const described = await cloud.client.send(new DescribeSecretCommand({ SecretId: "app/db" }));
    expect(described.LastAccessedDate).toEqual(new Date("2026-03-03T00:00:00Z"));
    expect(described.LastChangedDate).toEqual(new Date("2026-03-01T12:00:00.250Z"));
    expect(described.LastRotatedDate).toBeUndefined();
  });
});

describe("PutSecretValue", () => {
  it("is a no-op with the same token and value, and refused with another value", async () => {
    await create();
    const put = { SecretId: "app/db", SecretString: "second", ClientRequestToken: randomUUID() };
    await cloud.client.send(new PutSecretValueCommand(put));
    cloud.advance(60);
    await cloud.client.send(new PutSecretValueCommand({ ...put, VersionStages: ["AWSPENDING"] }));
    const described = await cloud.client.send(new DescribeSecretCommand({ SecretId: "app/db" }));
    expect(described.VersionIdsToStages?.[put.ClientRequestToken]).toEqual(["AWSCURRENT"]);
    expect(described.LastChangedDate).toEqual(new Date("2026-03-01T12:00:00.250Z"));
    await expect(
      cloud.client.send(new PutSecretValueCommand({ ...put, SecretString: "canary" })),
    ).rejects.toMatchObject({
      name: "ResourceExistsException",
      message: expect.not.stringContaining("canary"),
    });
    expect((await read()).SecretString).toBe("second");
  });

  it("attaches AWSCURRENT to the first version whatever is asked for", async () => {
    await cloud.client.send(new CreateSecretCommand({ Name: "app/db" }));
    const put = { SecretId: "app/db", SecretString: "first", VersionStages: ["AWSPENDING"] };
    expect(await cloud.client.send(new PutSecretValueCommand(put))).toMatchObject({
      VersionStages: ["AWSCURRENT", "AWSPENDING"],
    });
  });

  it("needs a value", async () => {
    await create();
    await expect(cloud.client.send(new PutSecretValueCommand({ SecretId: "app/db" }))).rejects.toMatchObject({
      name: "InvalidRequestException",
      message: "You must provide either SecretString or SecretBinary.",
    });
  });

  it("keeps a hundred versions and those with a label, once the others are a day old", async () => {
    const { VersionId: first } = await create();
    const keep = { SecretId: "app/db", VersionStage: "keep", MoveToVersionId: first };
    await cloud.client.send(new UpdateSecretVersionStageCommand(keep));
    for (let index = 0; index < 105; index++) {
      await cloud.client.send(new PutSecretValueCommand({ SecretId: "app/db", SecretString: `value ${index}` }));
    }
    const count = async () => {
      const input = { SecretId: "app/db", IncludeDeprecated: true, MaxResults: 100 };
      const first = await cloud.client.send(new ListSecretVersionIdsCommand(input));
      if (!first.NextToken) return first.Versions?.length;
      const more = await cloud.client.send(new ListSecretVersionIdsCommand({ ...input, NextToken: first.NextToken }));
      return 100 + (more.Versions?.length ?? 0);
    };
    expect(await count()).toBe(106);
    cloud.advance(DAY + 1);
    await cloud.client.send(new PutSecretValueCommand({ SecretId: "app/db", SecretString: "last" }));
    expect(await count()).toBe(101);
    expect((await read({ VersionStage: "keep" })).SecretString).toBe("first");
    expect((await read({ VersionStage: "AWSPREVIOUS" })).SecretString).toBe("value 104");
  });
});

describe("UpdateSecret", () => {
  it("changes the description without a new version, and the value with one", async () => {
    const { VersionId: first } = await create();
    const update = (input: object) => cloud.client.send(new UpdateSecretCommand({ SecretId: "app/db", ...input }));
    expect((await update({ Description: "the database" })).VersionId).toBeUndefined();
    const { VersionId: second } = await update({ SecretString: "second" });
    const described = await cloud.client.send(new DescribeSecretCommand({ SecretId: "app/db" }));
    expect(described).toMatchObject({
      Description: "the database",
      VersionIdsToStages: { [second as string]: ["AWSCURRENT"], [first as string]: ["AWSPREVIOUS"] },
    });
  });
});
