import { BatchWriteItemCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { marshall } from "@aws-sdk/util-dynamodb";
import type { Cloud } from "../../src/local/cloud.js";
import { storeSecret } from "../../stage/store-secret.js";

const DAY_MS = 86_400_000;
const AT_ONCE = 16;
/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html */
const MOST_WRITES = 25;

/** Stores secrets, and what the ledger would remember of their last rotations: each hundredth failed, each thousandth needs a person. */
export async function manySecrets(
  cloud: Pick<Cloud, "clientConfig" | "resource">,
  count: number,
  interrupted: AbortSignal,
): Promise<void> {
  const secrets = new SecretsManagerClient(cloud.clientConfig);
  const dynamodb = new DynamoDBClient(cloud.clientConfig);
  const table = cloud.resource("Table").ref;
  const numbers = Array.from({ length: count }, (_, number) => number).values();
  const worker = async () => {
    let items: object[] = [];
    for (const number of numbers) {
      interrupted.throwIfAborted();
      const name = `bench/secret-${number}`;
      items.push(
        stateOf(await storeSecret(secrets, { name, value: {}, tags: { "keyturn:schedule": "nightly" } }), number),
      );
      if (items.length === MOST_WRITES) await write(items.splice(0));
    }
    if (items.length > 0) await write(items);
    items = [];
  };
  const write = (items: readonly object[]) =>
    dynamodb.send(
      new BatchWriteItemCommand({
        RequestItems: { [table]: items.map((item) => ({ PutRequest: { Item: marshall(item) } })) },
      }),
    );
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

/** As src/aws/state-item.ts writes it. */
function stateOf(arn: string, number: number): object {
  const endedAt = new Date(Date.now() - (number % 30) * DAY_MS).toISOString();
  const failed = number % 100 === 0;
  return {
    pk: `secret#${arn}`,
    sk: "state",
    lastExecution: `arn:aws:states:eu-central-1:000000000000:execution:keyturn-dev-rotate-secret:${number}`,
    outcome: failed ? (number % 1_000 === 0 ? "needs attention" : "rolled back") : "succeeded",
    endedAt,
    rotatedAt: endedAt,
    begunAt: endedAt,
    claims: [`postgres db-${number % 40}.example:5432 user${number}`],
    lastEngine: "postgres",
    lastStrategy: "single-user",
    ...(failed ? { attempts: 1, lastReason: "LoginRejected", lastMessage: "The server refuses the new login." } : {}),
  };
}
