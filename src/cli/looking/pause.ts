import { owner } from "../../aws/owner.js";
import { KeyturnError } from "../../errors.js";
import { settingsFrom } from "../../rotation/settings.js";
import type { Answer, Work } from "../command.js";
import { UsageError } from "../failure.js";
import { lineOf } from "../rotating/again.js";
import { called } from "../rotating/elsewhere.js";
import { nextLines } from "../rotating/ending.js";
import { plain } from "../style.js";
import { fromNow, utc } from "../times.js";

export interface PauseOptions {
  readonly until?: string;
}

const PAUSE = "keyturn:pause";

/** What `keyturn pause` answers. */
export async function pause(work: Work<PauseOptions>, secretId: string): Promise<Answer> {
  const { until } = work.options;
  const now = work.host.clock();
  const secret = await ours(work, secretId);
  const at = until === undefined ? undefined : timeOf(until, work.options.stage);
  if (at && at <= now) throw new UsageError(`--until ${until} is over.`);
  await secret.as.tag(secret.arn, { [PAUSE]: until ?? "true" });
  const when = at ? `until ${utc(at)}, ${fromNow(at, now)}` : "for good";
  const json = { paused: true, until: at?.toISOString() ?? null };
  return done(work, secret, json, `is paused ${when}`, "unpause");
}

/** What `keyturn unpause` answers. */
export async function unpause(work: Work<unknown>, secretId: string): Promise<Answer> {
  const secret = await ours(work, secretId);
  const was = Object.hasOwn(secret.tags, PAUSE);
  if (was) await secret.as.untag(secret.arn, [PAUSE]);
  return done(work, secret, { paused: false, was }, was ? "is no longer paused" : "was not paused", "show");
}

/** The secret, and whoever may tag it. */
async function ours({ deployment, options }: Work<unknown>, secretId: string) {
  const as = owner(await deployment.secrets(), await deployment.states());
  const { arn, name, tags } = await called(deployment, secretId, await as.describe(secretId));
  if (!tags["keyturn:schedule"] || tags["keyturn:stage"]?.trim() !== options.stage)
    throw new KeyturnError("ConflictError", {
      code: "NotManaged",
      message: `${name} is not in the hands of keyturn-${options.stage}: nothing of its rotates it.`,
    });
  return { as, arn, name, tags };
}

/** As the tag is understood; what it would not mean is the command line's mistake. */
function timeOf(until: string, stage: string): Date {
  try {
    const pause = settingsFrom({ "keyturn:stage": stage, "keyturn:schedule": "any", [PAUSE]: until }, { stage })?.pause;
    if (pause instanceof Date) return pause;
  } catch (error) {
    if (!(error instanceof KeyturnError)) throw error;
  }
  throw new UsageError("--until must be a date, 2026-12-24, or a time with its zone: 2026-12-24T08:00:00Z.");
}

function done(
  { options }: Work<unknown>,
  { arn, name }: { readonly arn: string; readonly name: string },
  json: object,
  said: string,
  next: string,
): Answer {
  const line = lineOf([next, name], options);
  return {
    json: { name, arn, ...json, next: [line] },
    text: (style) =>
      [`${style.green("✔")} ${style.bold(plain(name))} ${said}.`, ...nextLines([line], style)].join("\n"),
  };
}
