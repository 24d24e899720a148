import type { Happening } from "../../overview/timeline.js";
import type { AuditRecord, Outcome, RetirementRecord } from "../../rotation/ledger.js";
import { plain, type Style } from "../style.js";
import { lasting, utc } from "../times.js";

/** A line for what happened, and below it, indented, why and what was found. */
export function happeningLines(happening: Happening, style: Style): string[] {
  const { what, mark, more } = toldOf(happening, style);
  const colour = { "✔": style.green, "✘": style.red, "–": style.dim, "!": style.yellow }[mark];
  return [`${style.dim(utc(happening.at))}  ${colour(mark)} ${what}`, ...more.map((line) => `${INDENT}${plain(line)}`)];
}

const INDENT = " ".repeat("2026-01-01 00:00Z    ".length);

interface Told {
  readonly mark: "✔" | "✘" | "–" | "!";
  readonly what: string;
  readonly more: readonly string[];
}

function toldOf(happening: Happening, style: Style): Told {
  switch (happening.kind) {
    case "rotation":
      return ofRotation(happening.record, style);
    case "retirement":
      return ofRetirement(happening.record);
    case "change":
      return {
        mark: "!",
        what: style.yellow("AWSCURRENT was moved by somebody else"),
        more: [`from version ${happening.record.previousVersionId}`, `to   version ${happening.record.versionId}`],
      };
    case "refresh": {
      const { outcome, consumer, kind, reason, message } = happening.record;
      const isGood = outcome === "refreshed";
      return {
        mark: isGood ? "✔" : "✘",
        what: `consumer ${plain(consumer)} (${plain(kind)}) ${isGood ? "took it up" : "did not take it up"}`,
        more: isGood ? [] : [`${reason}: ${message}`],
      };
    }
  }
}

const ROTATIONS: Readonly<Record<Outcome, readonly [mark: Told["mark"], what: string]>> = {
  succeeded: ["✔", "rotated"],
  "rolled forward": ["✔", "rotated, after a failure"],
  skipped: ["–", "skipped"],
  failed: ["✘", "failed, nothing was changed"],
  "rolled back": ["✘", "failed, and was rolled back"],
  "needs attention": ["✘", "needs attention"],
};

function ofRotation(record: AuditRecord, style: Style): Told {
  const [mark, what] = ROTATIONS[record.outcome];
  const { trigger, schedule, requestedBy, requestReason, reason, message, facts = [], recoveredBy } = record;
  const by = schedule ? `by schedule ${schedule}` : requestedBy ? `asked for by ${requestedBy}` : `by ${trigger}`;
  const why = record.outcome === "succeeded" ? [] : [`${reason}: ${message}`];
  return {
    mark,
    what: `${what}${style.dim(`, ${plain(by)}`)}${phases(record, style)}`,
    more: [
      ...(requestReason ? [`asked because: ${requestReason}`] : []),
      ...why,
      ...facts,
      ...(recoveredBy ? ["A recovery brought it to rest."] : []),
      ...(record.passwordSentAs ? ["The password went to the server in clear text: it may stand in its logs."] : []),
    ],
  };
}

/** `  create 0.3 s · set 1.2 s, 3 tries · …` */
function phases({ phases: all, startedAt, endedAt }: AuditRecord, style: Style): string {
  if (all.length === 0) return "";
  const parts = all.map(({ name, ms, attempts }) => {
    const tries = attempts > 1 ? style.yellow(`, ${attempts} tries`) : "";
    return `${plain(WORDS[name] ?? name)} ${lasting(ms)}${tries}`;
  });
  const whole = lasting(new Date(endedAt).getTime() - new Date(startedAt).getTime());
  return `  ${whole}: ${style.dim(parts.join(" · "))}`;
}

const WORDS: Readonly<Record<string, string>> = { rollBack: "roll back" };

function ofRetirement({ outcome, username, sessions, reason, message, consumersBehind = [] }: RetirementRecord): Told {
  const of = username ? ` of ${plain(username)}` : "";
  const open = sessions ? `${sessions} of its sessions were open, and left alone.` : "";
  const behind =
    consumersBehind.length > 0 ? `Not known to have taken up the new one: ${consumersBehind.join(", ")}.` : "";
  if (outcome === "retired")
    return { mark: "✔", what: `old credential${of} retired`, more: [open, behind].filter(Boolean) };
  return {
    mark: "✘",
    what: `old credential${of} could not be retired`,
    more: [`${reason}: ${message}`, behind].filter(Boolean),
  };
}
