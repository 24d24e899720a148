import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { consumers } from "../src/aws/consumers/consumers.js";
import { refreshLedger } from "../src/aws/refreshes.js";
import { consumerAnnouncement } from "../src/events/consumer.js";
import { declaredConsumers, tableName } from "../src/lambda/environment.js";
import { handler as wrap } from "../src/lambda/handler.js";
import { type RefreshRequest, refreshConsumer } from "../src/rotation/refresh/refresh.js";

const declared = declaredConsumers();
const reached = {
  ledger: refreshLedger(new DynamoDBClient({}), tableName()),
  consumers: consumers(),
  clock: () => new Date(),
};

/** The states "Refresh consumer" and "Give up": one step of having a consumer take up a new credential. */
export const handler = wrap(
  async (request: RefreshRequest) => {
    const consumer = Object.hasOwn(declared, request.name) ? declared[request.name] : undefined;
    const refreshed = await refreshConsumer(reached, consumer, request);
    return refreshed.decision === "ended"
      ? { decision: refreshed.decision, ...consumerAnnouncement(refreshed.record) }
      : refreshed;
  },
  ({ name, by, secretArn }) => ({ phase: "refresh-consumer", consumer: name, executionArn: by, secretArn }),
);
