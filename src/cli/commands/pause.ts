import { owner } from "../../aws/owner.js";
import { KeyturnError } from "../../errors.js";
import { settingsFrom } from "../../rotation/settings.js";
import { type Answer, answering, command, type MakeCommand, type Work } from "../command.js";
import { UsageError } from "../failure.js";
import { lineOf } from "../rotating/again.js";
import { nextLines } from "../rotating/ending.js";
import { plain } from "../style.js";
import { fromNow, utc } from "../times.js";

interface Options {
  readonly until?: string;
}

const PAUSE = "keyturn:pause";

/** `keyturn pause shop/orders --until 2026-12-24` */
export const pause: MakeCommand = (host, exit) =>
  command("pause <secret>", {
    summary: "hold a secret's rotations",
    description:
      "Tags the secret keyturn:pause, so that nothing rotates it, whoever asks. A rotation that is under way ends as it would. It becomes overdue all the same, and is told of as such.",
    examples: [
      ["keyturn pause shop/orders", "until keyturn unpause"],
      ["keyturn pause shop/orders --until 2026-12-24T08:00:00Z", "until then"],
    ],
  })
    .option("--until <time>", "2026-12-24, or a time with its zone: 2026-12-24T08:00:00Z; absent: for good")
    .action(
      answering<Options>(host, exit, async (work, secretId = "") => {
        const { until } = work.options;
        const secret = await ours(work, secretId);
        const at = until === undefined ? undefined : timeOf(until, work.options.stage);
        if (at && at <= host.clock()) throw new UsageError(`--until ${until} is over.`);
        await secret.as.tag(secret.arn, { [PAUSE]: until ?? "true" });
        const when = at ? `until ${utc(at)}, ${fromNow(at, host.clock())}` : "for good";
        const json = { paused: true, until: at?.toISOString() ?? null };
        return done(work, secret, json, `is paused ${when}`, "unpause");
      }),
    );

/** `keyturn unpause shop/orders` */
export const unpause: MakeCommand = (host, exit) =>
  command("unpause <secret>", {
    summary: "let a paused secret be rotated again",
    examples: [["keyturn unpause shop/orders", "its schedule takes it up at the next run"]],
  }).action(
    answering(host, exit, async (work, secretId = "") => {
      const secret = await ours(work, secretId);
      const was = Object.hasOwn(secret.tags, PAUSE);
      if (was) await secret.as.untag(secret.arn, [PAUSE]);
      return done(work, secret, { paused: false, was }, was ? "is no longer paused" : "was not paused", "show");
    }),
  );

/** The secret, and whoever may tag it. */
async function ours({ deployment, options }: Work<unknown>, secretId: string) {
  const as = owner(await deployment.secrets(), await deployment.states());
  const { arn, name, tags } = await as.describe(secretId);
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
