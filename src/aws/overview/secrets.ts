import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { SFNClient } from "@aws-sdk/client-sfn";
import type { ListedSecret } from "../../fleet/page.js";
import { type Execution, executionIn } from "../../overview/execution.js";
import { type SecretStatus, secretStatus } from "../../overview/secret-status.js";
import type { Lights, Seen } from "../../overview/seen.js";
import type { Holder, LastKnown } from "../../rotation/ledger.js";
import { historyReader } from "../history.js";
import { listSecrets } from "../list-secrets.js";
import { auditRecords } from "../records.js";
import { secretStore } from "../secret-store.js";
import { type Standing, standings } from "../standings.js";

export interface Reached {
  readonly secrets: SecretsManagerClient;
  readonly dynamodb: DynamoDBClient;
  readonly states: SFNClient;
  /** The ledger's. */
  readonly table: string;
}

/** Executions whose history is read in one look: all of an account share how often Step Functions may be asked. */
const MOST_HISTORIES = 50;
/** Records that are read in one look, of rotations from before the ledger remembered why they failed. */
const MOST_RECORDS = 50;
/** Pages whose ledger items are read while the list goes on: it gives one page after the other. */
const PAGES_AHEAD = 4;

/**
 * All managed secrets of the stage, a page of the list at a time: no more than some pages are held at once. No value is read.
 * Throws `KeyturnError`s only.
 */
export async function* secretStatuses(reached: Reached, lights: Lights): AsyncGenerator<SecretStatus[]> {
  const list = listSecrets(reached.secrets);
  const look = looker(reached, lights);
  const ahead: Array<Promise<SecretStatus[]>> = [];
  let token: string | undefined;
  do {
    const { secrets, nextToken } = await list(token);
    const page = look(secrets);
    // Whoever stops to read leaves it to nobody.
    page.catch(() => undefined);
    ahead.push(page);
    if (ahead.length >= PAGES_AHEAD) yield (await ahead.shift()) ?? [];
    token = nextToken;
  } while (token);
  for (const page of ahead) yield await page;
}

/** One secret, by name or ARN; `undefined` for one that is none of this stage's. Throws `SecretNotFound`. */
export async function statusOf(reached: Reached, lights: Lights, secretId: string): Promise<SecretStatus | undefined> {
  const secret = await secretStore(reached.secrets).describe(secretId);
  const [status] = await looker(reached, lights)([secret]);
  return status;
}

function looker(reached: Reached, lights: Lights): (secrets: readonly ListedSecret[]) => Promise<SecretStatus[]> {
  const { dynamodb, states, table } = reached;
  const left = { histories: MOST_HISTORIES, records: MOST_RECORDS };

  async function seen(secret: ListedSecret, { last, holder }: Standing): Promise<Seen> {
    const execution = holder && (await executionOf(holder));
    const known = last && (await explained(secret.arn, last));
    return {
      secret,
      ...(known ? { last: known } : {}),
      ...(holder ? { holder } : {}),
      ...(execution ? { execution } : {}),
    };
  }

  /** Without its inputs and outputs: the states' names, tries and errors say all. */
  async function executionOf({ executionArn, purpose }: Holder): Promise<Execution | undefined> {
    if (purpose !== "rotation" || left.histories === 0) return undefined;
    left.histories -= 1;
    try {
      return executionIn(await historyReader(states, executionArn, { data: false })());
    } catch {
      // It is gone, or whoever asks may not read it: the lock itself says enough.
      return undefined;
    }
  }

  async function explained(secretArn: string, last: LastKnown): Promise<LastKnown> {
    if (!last.failures || last.reason || left.records === 0) return last;
    left.records -= 1;
    const record = await auditRecords(dynamodb, table).rotation(secretArn, last.executionArn);
    if (!record) return last;
    const { engine, strategy, reason, message } = record;
    return { ...last, ...(engine ? { engine } : {}), ...(strategy ? { strategy } : {}), reason, message };
  }

  return async (secrets) => {
    const { stage } = lights.rules;
    const ours = secrets.filter(({ tags }) => tags["keyturn:stage"]?.trim() === stage);
    const known = await standings(
      dynamodb,
      table,
      ours.map(({ arn }) => arn),
    );
    const all = await Promise.all(ours.map((secret) => seen(secret, known.get(secret.arn) ?? {})));
    return all.flatMap((one) => secretStatus(one, lights) ?? []);
  };
}
