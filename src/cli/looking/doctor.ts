import { listSecrets } from "../../aws/list-secrets.js";
import { dryRun } from "../../aws/overview/dry-run.js";
import { KeyturnError, parseMessage } from "../../errors.js";
import type { ListedSecret, ListSecrets } from "../../fleet/page.js";
import type { Answer, Work } from "../command.js";
import { EXIT } from "../exit.js";
import { live } from "../live.js";
import { type Diagnosis, diagnosisText, wrongByCode } from "./diagnosis.js";
import { noSchedule } from "./no-schedule.js";

export interface DoctorOptions {
  readonly schedule?: string;
  readonly concurrency: number;
}

/** What `keyturn doctor` answers. */
export async function doctor(work: Work<DoctorOptions>): Promise<Answer> {
  const { deployment, options, style } = work;
  const { CheckSecretArn: machine } = await deployment.outputs();
  const states = await deployment.states();
  const secrets = await managedOf(listSecrets(await deployment.secrets()), options.stage, options.schedule);
  if (options.schedule && secrets.length === 0) throw noSchedule(options.schedule, options);
  const run = `keyturn doctor ${work.host.clock().toISOString()}`;
  const shown = live(work.host);
  let done = 0;
  try {
    const found = await inTurns(secrets, options.concurrency, async ({ arn, name }): Promise<Diagnosis> => {
      work.host.interrupted.throwIfAborted();
      const diagnosis = await diagnosed(name, arn, () =>
        dryRun(states, { machine, secretId: arn, run, signal: work.host.interrupted, every: [500, 3_000] }),
      );
      done += 1;
      shown.print([], style.dim(`${done} of ${secrets.length} secrets …`));
      return diagnosis;
    });
    const wrong = wrongByCode(found);
    const ok = found.filter((one) => one.ok).length;
    return {
      json: { checked: found.length, ok, failed: found.length - ok, byCode: wrong, secrets: found },
      text: (style) => diagnosisText(found, wrong, style, options),
      exit: wrong.length > 0 ? EXIT.notWell : EXIT.done,
    };
  } finally {
    shown.end();
  }
}

/** What could not be looked at is a finding of its own, and keeps nobody else's from being looked at. */
async function diagnosed(name: string, arn: string, look: () => ReturnType<typeof dryRun>): Promise<Diagnosis> {
  try {
    const { ok, reason, checks } = await look();
    const failed = checks
      .filter((check) => !check.ok)
      .map(({ phase, check, code, message }) => ({ phase, check, code: code ?? reason, message }));
    return { name, arn, ok, failed: ok || failed.length > 0 ? failed : [{ code: reason, message: "" }] };
  } catch (error) {
    if (!(error instanceof KeyturnError)) throw error;
    return { name, arn, ok: false, failed: [{ code: error.code, message: parseMessage(error.message).text }] };
  }
}

async function managedOf(list: ListSecrets, stage: string, schedule: string | undefined): Promise<ListedSecret[]> {
  const found: ListedSecret[] = [];
  let token: string | undefined;
  do {
    const { secrets, nextToken } = await list(token);
    for (const one of secrets) {
      const [of, on] = [one.tags["keyturn:stage"]?.trim(), one.tags["keyturn:schedule"]?.trim()];
      if (of === stage && on && (schedule === undefined || on === schedule)) found.push(one);
    }
    token = nextToken;
  } while (token);
  return found.toSorted((a, b) => a.name.localeCompare(b.name));
}

/** Does the work of all, some at a time, and gives the results in their order. */
async function inTurns<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const queue = items.entries();
  const worker = async () => {
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  return results;
}
