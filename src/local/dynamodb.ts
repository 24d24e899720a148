import { once } from "node:events";
import { Agent, request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import dynalite from "dynalite";
import { type Service, ServiceError, type Surroundings } from "./service.js";

/** A table as CloudFormation has it; what dynalite does not know of is left out. */
export interface Table {
  readonly TableName: string;
  readonly AttributeDefinitions: unknown;
  readonly KeySchema: unknown;
  readonly GlobalSecondaryIndexes?: unknown;
  readonly BillingMode?: string;
}

/** DynamoDB by dynalite, with the tables of the template. `path`: where the data is kept. */
export async function dynamodb(surroundings: Surroundings, tables: readonly Table[], path: string): Promise<Service> {
  const server = dynalite({ path, createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true });

  async function handle(operation: string, input: unknown): Promise<Readonly<Record<string, unknown>>> {
    const { status, body } = await post(port, agent, operation, JSON.stringify(input));
    const answer = JSON.parse(body) as Record<string, unknown>;
    if (status === 200) return answer;
    const code = String(answer.__type).replace(/^.*#/, "");
    throw new ServiceError(code, String(answer.message ?? answer.Message ?? ""), status);
  }

  async function close(): Promise<void> {
    agent.destroy();
    await new Promise((resolve) => server.close(resolve));
  }

  try {
    const { TableNames } = (await handle("ListTables", {})) as { TableNames: string[] };
    for (const { TableName, AttributeDefinitions, KeySchema, GlobalSecondaryIndexes } of tables) {
      if (TableNames.includes(TableName)) continue;
      const indexes = GlobalSecondaryIndexes ? { GlobalSecondaryIndexes } : {};
      await handle("CreateTable", {
        TableName,
        AttributeDefinitions,
        KeySchema,
        BillingMode: "PAY_PER_REQUEST",
        ...indexes,
      });
    }
  } catch (error) {
    await close();
    throw error;
  }

  const arnOf = (table: string) => `arn:aws:dynamodb:${surroundings.region}:${surroundings.accountId}:table/${table}`;
  return {
    name: "dynamodb",
    async touches({ operation, input }) {
      const names = input.TableName
        ? [String(input.TableName)]
        : Object.keys((input.RequestItems as object | undefined) ?? {});
      const index = input.IndexName ? `/index/${input.IndexName}` : "";
      const resources = names.length > 0 ? names.map((name) => arnOf(name) + index) : ["*"];
      return resources.map((resource) => ({ action: `dynamodb:${operation}`, resource, conditions: {} }));
    },
    handle: ({ operation, input }) => handle(operation, input),
    close,
  };
}

/** dynalite wants a signature's form, not a signature. */
const AUTHORIZATION =
  "AWS4-HMAC-SHA256 Credential=local/20200101/local/dynamodb/aws4_request, SignedHeaders=host, Signature=0";

function post(port: number, agent: Agent, operation: string, body: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        host: "127.0.0.1",
        port,
        agent,
        method: "POST",
        headers: {
          "content-type": "application/x-amz-json-1.0",
          "content-length": Buffer.byteLength(body),
          "x-amz-target": `DynamoDB_20120810.${operation}`,
          "x-amz-date": "20200101T000000Z",
          authorization: AUTHORIZATION,
        },
      },
      (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk) => (text += chunk));
        response.on("end", () => resolve({ status: response.statusCode ?? 500, body: text }));
      },
    );
    request.on("error", reject);
    request.end(body);
  });
}
