import {
  BatchGetSecretValueCommand,
  CreateSecretCommand,
  DeleteSecretCommand,
  type Filter,
  GetSecretValueCommand,
  ListSecretsCommand,
  type ListSecretsCommandInput,
} from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ServiceError } from "../../../src/local/service.js";
import { serve, type TestCloud } from "./serve.js";

const DENIED = "prod/web";

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await serve({
    authorize: (_caller, touched) => {
      if (touched.some(({ resource }) => resource.includes(`:secret:${DENIED}-`)))
        throw new ServiceError("AccessDeniedException", "not this one");
    },
  });
  await create("prod/db", { Description: "Orders database", Tags: [{ Key: "team", Value: "blue" }] });
  await create("prod/web", { Description: "orders front", Tags: [{ Key: "Team", Value: "red" }] });
  await create("dev/db", { Tags: [{ Key: "tier", Value: "bluebell" }] });
  await create("devCreds892");
  await create("rds!cluster-1");
  await create("gone");
  await create("copied", { AddReplicaRegions: [{ Region: "eu-west-1" }] });
  await cloud.client.send(new DeleteSecretCommand({ SecretId: "gone" }));
});
afterAll(() => cloud.remove());

async function create(Name: string, input: object = {}): Promise<void> {
  await cloud.client.send(new CreateSecretCommand({ Name, SecretString: `value of ${Name}`, ...input }));
  cloud.advance(1);
}

async function names(input: ListSecretsCommandInput = {}): Promise<Array<string | undefined>> {
  const { SecretList = [] } = await cloud.client.send(new ListSecretsCommand({ SortBy: "name", ...input }));
  return SecretList.map(({ Name }) => Name);
}

function filter(Key: Filter["Key"], ...Values: string[]): Filter {
  return { Key, Values };
}

describe("ListSecrets filters", () => {
  it.each<[string, Filter[], string[]]>([
    ["name is a prefix", [filter("name", "prod/")], ["prod/db", "prod/web"]],
    ["name is case-sensitive", [filter("name", "Prod")], []],
    ["description is a prefix in any case", [filter("description", "ORDERS")], ["prod/db", "prod/web"]],
    ["description does not match in the middle", [filter("description", "database")], []],
    ["tag-key is a case-sensitive prefix", [filter("tag-key", "te")], ["prod/db"]],
    ["tag-value is a prefix", [filter("tag-value", "blue")], ["dev/db", "prod/db"]],
    ["primary-region finds what is replicated", [filter("primary-region", "us-")], ["copied"]],
    ["owning-service", [filter("owning-service", "rds")], ["rds!cluster-1"]],
    ["all takes words apart, in any case", [filter("all", "none/CREDS")], ["devCreds892"]],
    ["all looks into tags", [filter("all", "red")], ["prod/web"]],
    ["values are alternatives", [filter("name", "prod/w", "dev/")], ["dev/db", "prod/web"]],
    ["filters add up", [filter("name", "prod/"), filter("tag-value", "blue")], ["prod/db"]],
    ["! negates", [filter("name", "prod/", "!prod/w")], ["prod/db"]],
    ["! alone lets the others pass", [filter("name", "!prod", "!dev", "!copied")], ["rds!cluster-1"]],
  ])("%s", async (_, Filters, found) => {
    expect(await names({ Filters, SortOrder: "asc" })).toEqual(found);
  });

  it("refuses a key it does not know", async () => {
    const Filters = [{ Key: "color" as Filter["Key"], Values: ["red"] }];
    await expect(names({ Filters })).rejects.toMatchObject({
      name: "ValidationException",
      message: expect.stringContaining("'filters.1.member.key'"),
    });
  });
});

describe("ListSecrets", () => {
  it("leaves out what awaits deletion unless asked", async () => {
    expect(await names()).not.toContain("gone");
    expect(await names({ IncludePlannedDeletion: true })).toContain("gone");
  });

  it("sorts by name, dates, and the newest first by default", async () => {
    const byName = ["copied", "dev/db", "devCreds892", "prod/db", "prod/web", "rds!cluster-1"];
    expect(await names({ SortOrder: "asc" })).toEqual(byName);
    expect(await names({ SortOrder: "desc" })).toEqual(byName.toReversed());
    const newest = ["copied", "rds!cluster-1", "devCreds892", "dev/db", "prod/web", "prod/db"];
    expect(await names({ SortBy: undefined })).toEqual(newest);
    expect(await names({ SortBy: "last-changed-date", SortOrder: "asc" })).toEqual(newest.toReversed());
  });

  it("gives each secret once over all pages", async () => {
    const found: Array<string | undefined> = [];
    let NextToken: string | undefined;
    do {
      const page = await cloud.client.send(new ListSecretsCommand({ MaxResults: 4, NextToken, SortBy: "name" }));
      found.push(...(page.SecretList ?? []).map(({ Name }) => Name));
      NextToken = page.NextToken;
    } while (NextToken);
    expect(found).toEqual(await names());
  });

  it("shows what DescribeSecret shows, with no value in it", async () => {
    const input = { Filters: [filter("name", "prod/db")] };
    const { SecretList } = await cloud.client.send(new ListSecretsCommand(input));
    const { VersionId = "" } = await cloud.client.send(new GetSecretValueCommand({ SecretId: "prod/db" }));
    expect(SecretList).toMatchObject([
      {
        Name: "prod/db",
        Description: "Orders database",
        Tags: [{ Key: "team", Value: "blue" }],
        SecretVersionsToStages: { [VersionId]: ["AWSCURRENT"] },
      },
    ]);
    expect(JSON.stringify(SecretList)).not.toContain("value of");
  });
});

describe("BatchGetSecretValue", () => {
  it("reads a list, and tells of each secret that cannot be read", async () => {
    const batch = new BatchGetSecretValueCommand({ SecretIdList: ["prod/db", "none", DENIED, "gone", "dev/db"] });
    const { SecretValues, Errors } = await cloud.client.send(batch);
    expect(SecretValues?.map(({ SecretString }) => SecretString)).toEqual(["value of prod/db", "value of dev/db"]);
    expect(Errors).toMatchObject([
      { SecretId: "none", ErrorCode: "ResourceNotFoundException" },
      { SecretId: DENIED, ErrorCode: "AccessDeniedException" },
      { SecretId: "gone", ErrorCode: "InvalidRequestException" },
    ]);
  });

  it("reads what filters find, page by page", async () => {
    const ask = { Filters: [filter("name", "dev", "prod/d")], MaxResults: 2 };
    const first = await cloud.client.send(new BatchGetSecretValueCommand(ask));
    const second = await cloud.client.send(new BatchGetSecretValueCommand({ ...ask, NextToken: first.NextToken }));
    const found = [first, second].map(({ SecretValues }) => SecretValues?.map(({ Name }) => Name));
    expect(found).toEqual([["dev/db", "devCreds892"], ["prod/db"]]);
    expect(second.NextToken).toBeUndefined();
  });

  it.each([
    ["neither a list nor filters", {}],
    ["both", { SecretIdList: ["prod/db"], Filters: [filter("name", "dev")] }],
    ["MaxResults with a list", { SecretIdList: ["prod/db"], MaxResults: 1 }],
  ])("refuses %s", async (_, input) => {
    await expect(cloud.client.send(new BatchGetSecretValueCommand(input))).rejects.toMatchObject({
      name: "InvalidParameterException",
    });
  });
});
