import { ledger } from "../../aws/ledger.js";
import { listSecrets } from "../../aws/list-secrets.js";
import type { ListedSecret } from "../../fleet/page.js";
import { fleetFrom, inParts } from "../../fleet/request.js";
import { managed } from "../../fleet/review.js";
import type { Outcome } from "../../rotation/ledger.js";
import type { Answer, Work } from "../command.js";
import { EXIT } from "../exit.js";
import { plain, table } from "../style.js";
import { lineOf } from "./again.js";
import type { AskOptions } from "./asked.js";
import { nextLines } from "./ending.js";
import { rotateMany } from "./many.js";
import type { RunOptions } from "./selected.js";

export interface RetryOptions extends Omit<AskOptions, "reason">, RunOptions {
  /** What they failed of. */
  readonly reason?: string;
}

interface Failing {
  readonly arn: string;
  readonly name: string;
  readonly reason: string;
  readonly outcome: Outcome;
}

/** Rotates again all that failed of one reason; or says which reasons there are. */
export async function retry(work: Work<RetryOptions>): Promise<Answer> {
  const { reason, ...options } = work.options;
  const failing = await failingSecrets(work);
  if (reason === undefined) return reasons(work, failing);
  const chosen = failing.filter((one) => one.reason === reason);
  const selections = inParts(chosen.map(({ arn }) => arn)).map((list) => ({ list }));
  const names = chosen.map(({ name }) => name);
  return rotateMany(
    { ...work, options: { ...options, reason: `retry of ${reason}` } },
    { selections, names, leftOut: {} },
  );
}

/** The stage's secrets whose last rotation did not end well. */
async function failingSecrets({ deployment, host, options: { stage } }: Work<unknown>): Promise<Failing[]> {
  const { TableName } = await deployment.outputs();
  const all = fleetFrom({ selection: { tags: { "keyturn:stage": stage } } }, host.clock());
  const secrets: ListedSecret[] = [];
  for await (const secret of managed(all, listSecrets(await deployment.secrets()), { stage })) secrets.push(secret);
  const lasts = await ledger(await deployment.dynamodb(), TableName).lastOf(secrets.map(({ arn }) => arn));
  return secrets.flatMap(({ arn, name }) => {
    const last = lasts.get(arn);
    if (!last || !FAILED.has(last.outcome)) return [];
    return [{ arn, name, reason: last.reason ?? "Unknown", outcome: last.outcome }];
  });
}

const FAILED: ReadonlySet<Outcome> = new Set(["failed", "rolled back", "needs attention"]);

function reasons({ options }: Work<unknown>, failing: readonly Failing[]): Answer {
  const byReason = new Map<string, string[]>();
  for (const { reason, name } of failing) byReason.set(reason, [...(byReason.get(reason) ?? []), name]);
  const found = [...byReason]
    .map(([reason, secrets]) => ({ reason, count: secrets.length, secrets }))
    .sort((a, b) => b.count - a.count);
  const next = found.slice(0, 3).map(({ reason }) => lineOf(["retry", "--reason", reason], options));
  return {
    json: { failing: found, next },
    text: (style) =>
      found.length === 0
        ? "Nothing has failed."
        : [
            table(
              found.map(({ reason, count, secrets }) => [
                style.bold(String(count)),
                plain(reason),
                style.dim(plain(secrets.slice(0, 3).join(", ") + (count > 3 ? " …" : ""))),
              ]),
            ),
            ...nextLines(next, style),
          ].join("\n"),
    exit: found.length === 0 ? EXIT.done : EXIT.notWell,
  };
}
