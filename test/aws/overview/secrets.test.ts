import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { ListSecretsCommandInput, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { SFNClient } from "@aws-sdk/client-sfn";
import { marshall } from "@aws-sdk/util-dynamodb";
import { describe, expect, it } from "vitest";
import { secretStatuses } from "../../../src/aws/overview/secrets.js";
import { clockOf, deployedSchedules } from "../../../src/overview/schedules.js";

const NOW = new Date("2026-06-15T12:00:00Z");
const deployed = deployedSchedules([]);
const lights = { deployed, clock: clockOf(deployed), now: NOW, rules: { stage: "dev" } };

/** An account of so many secrets, each tenth of another stage; all failed once, before the ledger remembered why. */
function account(count: number) {
  const calls: string[] = [];
  const arnOf = (number: number) => `arn:aws:secretsmanager:eu-central-1:000000000000:secret:s${number}-AbCdEf`;
  const list = async ({ NextToken = "0", MaxResults = 0 }: ListSecretsCommandInput) => {
    const from = Number(NextToken);
    calls.push(`list ${from}`);
    const numbers = Array.from({ length: Math.min(MaxResults, count - from) }, (_, index) => from + index);
    const SecretList = numbers.map((number) => ({
      ARN: arnOf(number),
      Name: `s${number}`,
      CreatedDate: NOW,
      Tags: [
        { Key: "keyturn:stage", Value: number % 10 === 0 ? "prod" : "dev" },
        { Key: "keyturn:schedule", Value: "nightly" },
      ],
    }));
    const next = from + MaxResults;
    return { SecretList, ...(next < count ? { NextToken: String(next) } : {}) };
  };
  type Keys = Record<string, { Keys: Array<{ pk: { S: string } }> }>;
  const batch = async (RequestItems: Keys) => {
    const { Keys = [] } = RequestItems.table ?? {};
    calls.push(`read ${Keys.length}`);
    const state = { sk: "state", lastExecution: "arn:one", outcome: "failed", endedAt: NOW.toISOString(), attempts: 1 };
    return { Responses: { table: Keys.map(({ pk }) => marshall({ pk: pk.S, ...state })) } };
  };
  const query = async () => {
    calls.push("record");
    return {
      Items: [marshall({ pk: "", sk: "", reason: "LoginRefused", message: "It is refused.", engine: "mysql" })],
    };
  };
  const secrets = { send: ({ input }: { input: ListSecretsCommandInput }) => list(input) };
  const dynamodb = {
    send: ({ input }: { input: { RequestItems?: Keys } }) => (input.RequestItems ? batch(input.RequestItems) : query()),
  };
  const reached = {
    secrets: secrets as unknown as SecretsManagerClient,
    dynamodb: dynamodb as unknown as DynamoDBClient,
    states: {} as SFNClient,
    table: "table",
  };
  return { calls, reached };
}

async function all({ reached }: ReturnType<typeof account>) {
  const found = [];
  for await (const page of secretStatuses(reached, lights)) found.push(...page);
  return found;
}

describe("the statuses of all secrets", () => {
  it("are those of the stage, each once, over all pages", async () => {
    const found = await all(account(1_250));
    expect(found).toHaveLength(1_125);
    expect(new Set(found.map(({ arn }) => arn)).size).toBe(1_125);
  });

  it("take a list and a batch of reads a hundred secrets, and few records for what was not remembered", async () => {
    const one = account(1_250);
    const found = await all(one);
    const count = (kind: string) => one.calls.filter((call) => call.startsWith(kind)).length;
    expect({ lists: count("list"), reads: count("read"), records: count("record") }).toEqual({
      lists: 13,
      reads: 13,
      records: 50,
    });
    const told = found.filter(({ reason }) => reason === "LoginRefused");
    expect(told).toHaveLength(50);
    expect(told[0]).toMatchObject({ state: "failing", message: "It is refused.", engine: "mysql" });
    expect(found.at(-1)).toMatchObject({ state: "failing", reason: "Failing" });
  });

  it("throw what a page's reading throws", async () => {
    const { reached } = account(250);
    const dynamodb = { send: () => Promise.reject(new Error("no table")) } as unknown as DynamoDBClient;
    const read = async () => {
      for await (const _ of secretStatuses({ ...reached, dynamodb }, lights));
    };
    await expect(read()).rejects.toThrow("Reading how the secrets were rotated last");
  });
});
