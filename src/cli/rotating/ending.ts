import type { Ending, Execution } from "../../overview/execution.js";
import { nextCommands } from "../../overview/next.js";
import type { AuditRecord, Outcome } from "../../rotation/ledger.js";
import type { Answer } from "../command.js";
import { EXIT, type ExitCode } from "../exit.js";
import type { CommonOptions } from "../host.js";
import { plain, type Style } from "../style.js";
import { lineOf } from "./again.js";

const EXITS: Readonly<Record<Outcome, ExitCode>> = {
  succeeded: EXIT.done,
  "rolled forward": EXIT.done,
  skipped: EXIT.skipped,
  failed: EXIT.failed,
  "rolled back": EXIT.failed,
  "needs attention": EXIT.needsAttention,
};

/** Of one whose end nobody knows yet, a person had better look. */
export function exitOf({ outcome }: Ending): ExitCode {
  return outcome ? EXITS[outcome] : EXIT.needsAttention;
}

/** What a command answers when a rotation has ended. `secret`: its name. */
export function ended(
  executionArn: string,
  secret: string,
  execution: Execution & { readonly end: Ending },
  options: CommonOptions,
): Answer {
  const { end, status, startedAt, endedAt, phases } = execution;
  const next = nextCommands(end, secret).map((command) => lineOf(command, options));
  const { outcome, reason, message, record } = end;
  return {
    json: {
      executionArn,
      secret,
      status,
      outcome: outcome ?? "unknown",
      reason,
      message,
      startedAt,
      endedAt,
      phases: phases.map(({ name, status, startedAt, endedAt, attempts, waits }) => ({
        ...{ name, status, startedAt, endedAt, attempts },
        waits: waits.map(({ failed: { code }, from, until }) => ({ code, from, until })),
      })),
      ...(record ? { record } : {}),
      next,
    },
    text: (style) => textOf(end, secret, next, style),
    exit: exitOf(end),
  };
}

function textOf(end: Ending, secret: string, next: readonly string[], style: Style): string {
  const { outcome, reason, message, record } = end;
  const name = style.bold(plain(secret));
  const isGood = outcome === "succeeded" || outcome === "rolled forward";
  const head = isGood
    ? `${style.green("✔")} ${name} has ${record?.restore ? "its credential from before again" : "a new credential"}.`
    : `${outcome === "skipped" ? style.yellow("–") : style.red("✘")} ${name}: ${outcome ?? "ended without a record"}.`;
  const why =
    outcome === "succeeded" ? [`  ${beforeOf(record)}`] : [`  ${style.bold(plain(reason))}: ${plain(message)}`];
  const facts = (record?.facts ?? []).map((fact) => `  ${plain(fact)}`);
  return [head, ...why, ...facts, ...nextLines(next, style)].join("\n");
}

/** What becomes of the credential that was current before. */
function beforeOf({ strategy, retireAfterMinutes }: Partial<AuditRecord> = {}): string {
  if (strategy === "single-user") return "The one before is refused from now on.";
  if (retireAfterMinutes === undefined)
    return "The one before stays valid until it is retired, or the secret rotated again.";
  return retireAfterMinutes === 0
    ? "The one before is made useless now."
    : `The one before is made useless in ${retireAfterMinutes} minutes.`;
}

/** The commands to type next, one a line. */
export function nextLines(next: readonly string[], style: Style): string[] {
  return next.map((line, number) => `  ${style.dim(number === 0 ? "next" : "    ")}  ${style.cyan(line)}`);
}
