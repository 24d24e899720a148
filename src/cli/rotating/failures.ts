import { executions } from "../../aws/executions.js";
import { standings } from "../../aws/standings.js";
import { parseMessage } from "../../errors.js";
import { named } from "../../messages/named.js";
import type { Outcome } from "../../rotation/ledger.js";
import type { Work } from "../command.js";

/** A secret whose rotation failed in a run. */
export interface FailedSecret {
  /** With its account, where that is another than the deployment's. */
  readonly secret: string;
  /** As a command takes it. */
  readonly secretId: string;
  readonly executionArn: string;
  /** Absent where the ledger knows of no rotation: it was refused before it began. */
  readonly outcome?: Outcome;
  readonly reason: string;
  readonly message: string;
}

/** What became of rotations that failed, by their executions. */
export async function failedIn({ deployment }: Work<unknown>, arns: readonly string[]): Promise<FailedSecret[]> {
  if (arns.length === 0) return [];
  const { lookUp } = executions(await deployment.states());
  const found = await Promise.all(
    arns.map(async (executionArn) => {
      const { input = "{}", cause = "", error = "Stopped" } = (await lookUp(executionArn)) ?? {};
      const secretArn = String((JSON.parse(input) as { secretId?: unknown }).secretId ?? "");
      const { code, text } = parseMessage(cause);
      const known = code !== "Unknown";
      return { executionArn, secretArn, reason: known ? code : error, message: known ? text : cause };
    }),
  );
  const { TableName } = await deployment.outputs();
  const secretArns = [...new Set(found.map(({ secretArn }) => secretArn))];
  const standing = await standings(await deployment.dynamodb(), TableName, secretArns);
  return found.map(({ executionArn, secretArn, reason, message }) => {
    const last = standing.get(secretArn)?.last;
    const outcome = last?.executionArn === executionArn ? last.outcome : undefined;
    // No ARN: it is called what it was asked for by.
    const { shown: secret, typed: secretId } = named({ secretArn }, executionArn) ?? {
      shown: secretArn,
      typed: secretArn,
    };
    return { secret, secretId, executionArn, ...(outcome ? { outcome } : {}), reason, message };
  });
}
