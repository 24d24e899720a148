import {
  BatchGetItemCommand,
  type BatchGetItemCommandInput,
  type BatchGetItemCommandOutput,
  type DynamoDBClient,
} from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { doorOf } from "../rotation/brakes.js";
import type { Holder, LastKnown } from "../rotation/ledger.js";
import { attempt } from "./attempt.js";
import { holderFrom, stateFrom, stateKey } from "./state-item.js";

/** What the ledger knows of a secret. */
export interface Standing {
  readonly last?: LastKnown;
  /** Who has its lock. */
  readonly holder?: Holder;
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html */
const MOST_KEYS = 100;

/** What is known of each of these secrets, in as few calls as can be; those that nothing is known of are not in the answer. */
export async function standings(
  client: DynamoDBClient,
  table: string,
  secretArns: readonly string[],
): Promise<ReadonlyMap<string, Standing>> {
  const found = new Map<string, Standing>();
  for (let start = 0; start < secretArns.length; start += MOST_KEYS) {
    let asked: BatchGetItemCommandInput["RequestItems"] = {
      [table]: { Keys: secretArns.slice(start, start + MOST_KEYS).map(stateKey) },
    };
    while (asked && Object.keys(asked).length > 0) {
      const request: BatchGetItemCommand = new BatchGetItemCommand({ RequestItems: asked });
      const answer: BatchGetItemCommandOutput = await attempt("Reading how the secrets were rotated last", () =>
        client.send(request),
      );
      for (const item of answer.Responses?.[table] ?? []) {
        const state = unmarshall(item);
        found.set(state.pk.slice("secret#".length), standingFrom(state));
      }
      asked = answer.UnprocessedKeys;
    }
  }
  return found;
}

function standingFrom(state: Record<string, unknown>): Standing {
  const { last, claims } = stateFrom(state);
  const holder = holderFrom(state);
  const server = claims[0] ? { server: doorOf(claims[0]) } : {};
  return { ...(last ? { last: { ...last, ...server } } : {}), ...(holder ? { holder } : {}) };
}
