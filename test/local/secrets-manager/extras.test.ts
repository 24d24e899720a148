import {
  CreateSecretCommand,
  DeleteResourcePolicyCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetRandomPasswordCommand,
  GetResourcePolicyCommand,
  PutResourcePolicyCommand,
  PutSecretValueCommand,
  RemoveRegionsFromReplicationCommand,
  ReplicateSecretToRegionsCommand,
  ValidateResourcePolicyCommand,
} from "@aws-sdk/client-secrets-manager";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { serve, type TestCloud } from "./serve.js";

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await serve({ replicaDelayMs: 4000, speed: 2 });
  await cloud.client.send(new CreateSecretCommand({ Name: "app/db", SecretString: "first" }));
});
afterEach(() => cloud.remove());

describe("replication", () => {
  const SecretId = "app/db";
  const replicate = (...regions: string[]) =>
    cloud.client.send(
      new ReplicateSecretToRegionsCommand({ SecretId, AddReplicaRegions: regions.map((Region) => ({ Region })) }),
    );
  const statuses = async () => {
    const { ReplicationStatus = [] } = await cloud.client.send(new DescribeSecretCommand({ SecretId }));
    return ReplicationStatus.map(({ Region, Status }) => `${Region} ${Status}`);
  };

  it("lags behind each change for the delay, divided by speed, then is in sync", async () => {
    const { ReplicationStatus } = await replicate("eu-west-1", "eu-north-1");
    expect(ReplicationStatus).toMatchObject([{ Status: "InProgress" }, { Status: "InProgress" }]);
    cloud.advance(1.9);
    expect(await statuses()).toEqual(["eu-west-1 InProgress", "eu-north-1 InProgress"]);
    cloud.advance(0.1);
    expect(await statuses()).toEqual(["eu-west-1 InSync", "eu-north-1 InSync"]);

    await cloud.client.send(new PutSecretValueCommand({ SecretId, SecretString: "second" }));
    expect(await statuses()).toEqual(["eu-west-1 InProgress", "eu-north-1 InProgress"]);
    cloud.advance(2);
    expect(await statuses()).toEqual(["eu-west-1 InSync", "eu-north-1 InSync"]);
  });

  it("begins with the secret when CreateSecret asks for it", async () => {
    const created = await cloud.client.send(
      new CreateSecretCommand({ Name: "new", SecretString: "x", AddReplicaRegions: [{ Region: "eu-west-1" }] }),
    );
    expect(created.ReplicationStatus).toMatchObject([{ Region: "eu-west-1", Status: "InProgress" }]);
    const described = await cloud.client.send(new DescribeSecretCommand({ SecretId: "new" }));
    expect(described).toMatchObject({ PrimaryRegion: "us-east-1", ReplicationStatus: [{ Status: "InProgress" }] });
  });

  it("refuses its own region and one it is in already", async () => {
    await replicate("eu-west-1");
    for (const region of ["us-east-1", "eu-west-1"]) {
      await expect(replicate(region)).rejects.toMatchObject({ name: "InvalidParameterException" });
    }
  });

  it("ends for a removed region, without which the secret cannot be deleted", async () => {
    await replicate("eu-west-1");
    const remove = new RemoveRegionsFromReplicationCommand({ SecretId, RemoveReplicaRegions: ["eu-west-1"] });
    await expect(cloud.client.send(new DeleteSecretCommand({ SecretId }))).rejects.toMatchObject({
      name: "InvalidRequestException",
    });
    await cloud.client.send(remove);
    expect(await statuses()).toEqual([]);
    await expect(cloud.client.send(remove)).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    await cloud.client.send(new DeleteSecretCommand({ SecretId }));
  });
});

describe("resource policies", () => {
  const SecretId = "app/db";
  const policy = (Principal: unknown) =>
    JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal, Action: "secretsmanager:GetSecretValue", Resource: "*" }],
    });

  it("are kept as they came, and deleted", async () => {
    const ResourcePolicy = policy({ AWS: "arn:aws:iam::123456789012:role/app" });
    await cloud.client.send(new PutResourcePolicyCommand({ SecretId, ResourcePolicy, BlockPublicPolicy: true }));
    const get = new GetResourcePolicyCommand({ SecretId });
    expect((await cloud.client.send(get)).ResourcePolicy).toBe(ResourcePolicy);
    await cloud.client.send(new DeleteResourcePolicyCommand({ SecretId }));
    expect((await cloud.client.send(get)).ResourcePolicy).toBeUndefined();
  });

  it.each([
    ["no JSON", "{", "MalformedPolicyDocumentException"],
    ["no statement", "{}", "MalformedPolicyDocumentException"],
    ["everyone, by *", policy("*"), "PublicPolicyException"],
    ["everyone, by AWS: *", policy({ AWS: ["*"] }), "PublicPolicyException"],
  ])("are refused and found invalid: %s", async (_, ResourcePolicy, name) => {
    const put = new PutResourcePolicyCommand({ SecretId, ResourcePolicy, BlockPublicPolicy: true });
    await expect(cloud.client.send(put)).rejects.toMatchObject({ name });
    const validated = await cloud.client.send(new ValidateResourcePolicyCommand({ ResourcePolicy }));
    expect(validated.PolicyValidationPassed).toBe(false);
    expect(validated.ValidationErrors).toHaveLength(1);
  });
});

describe("GetRandomPassword", () => {
  const generate = async (input: object = {}) =>
    (await cloud.client.send(new GetRandomPasswordCommand(input))).RandomPassword ?? "";

  it("has 32 characters and one of each kind", async () => {
    for (const password of await Promise.all(Array.from({ length: 50 }, () => generate()))) {
      expect(password).toMatch(/^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)(?=.*[^a-zA-Z\d])[!-~]{32}$/);
    }
  });

  it("holds to what is excluded", async () => {
    const rules = { PasswordLength: 200, ExcludePunctuation: true, ExcludeUppercase: true, ExcludeCharacters: "abc0" };
    expect(await generate(rules)).toMatch(/^[d-z1-9]{200}$/);
    const digits = { ExcludeLowercase: true, ExcludeUppercase: true, ExcludePunctuation: true, IncludeSpace: true };
    expect(await generate({ ...digits, PasswordLength: 2 })).toMatch(/^(\d | \d)$/);
  });

  it.each([
    ["a length without room for each kind", { PasswordLength: 3 }],
    [
      "rules that leave nothing",
      { ExcludeCharacters: "0123456789", ExcludeLowercase: true, ExcludeUppercase: true, ExcludePunctuation: true },
    ],
  ])("refuses %s", async (_, input) => {
    await expect(generate(input)).rejects.toMatchObject({ name: "InvalidParameterException" });
  });
});
