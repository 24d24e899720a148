import { stripVTControlCharacters } from "node:util";
import type { SecretStatus } from "../../overview/secret-status.js";
import { countStates, rankOf, type SecretState } from "../../overview/states.js";
import { plain, type Style, table } from "../style.js";
import { fromNow } from "../times.js";
import { inColour } from "./state-colour.js";

export interface TableOptions {
  readonly now: Date;
  /** Of the terminal; absent: no terminal, so each line is as long as it is, and none is left out. */
  readonly columns?: number;
  /** Whether those that are well are all shown, on a terminal too. */
  readonly all: boolean;
}

/** Secrets of a state where nobody has anything to do, that a terminal shows; the others are counted. */
const MOST_SHOWN = 20;
/** Characters of a name, on a terminal. */
const MOST_OF_NAME = 44;
/** Below so many characters a reason says nothing. */
const LEAST_OF_WHY = 40;

const QUIET: readonly SecretState[] = ["due", "paused", "ok"];

/** The worst first; of one state the one that waits longest. */
export function inOrder(secrets: readonly SecretStatus[]): SecretStatus[] {
  return secrets.toSorted(
    (a, b) => rankOf(a.state) - rankOf(b.state) || a.since.localeCompare(b.since) || a.name.localeCompare(b.name),
  );
}

/** One line a secret, and one that sums up. */
export function statusTable(secrets: readonly SecretStatus[], style: Style, options: TableOptions): string {
  if (secrets.length === 0) return "No secret.";
  const { shown, hidden } = shownOf(inOrder(secrets), options);
  const rows = shown.map((secret) => cellsOf(secret, style, options));
  const kept = columnsFor(rows, options.columns);
  const lines = table(
    [HEAD.map((name) => style.dim(name)), ...rows].map((row) => row.filter((_, i) => kept.includes(i))),
  );
  const cut = options.columns === undefined ? lines : cutTo(lines, options.columns);
  return [cut, ...hidden.map((line) => style.dim(line)), "", summary(secrets, style)].join("\n");
}

const HEAD = ["STATE", "SECRET", "SCHEDULE", "ENGINE", "STRATEGY", "ROTATED", "NEXT", "WHY"];
const WHY = HEAD.length - 1;
/** In the order in which columns give way to the reason on a narrow terminal. */
const GIVE_WAY = ["STRATEGY", "SCHEDULE", "ENGINE"].map((name) => HEAD.indexOf(name));

function cellsOf(secret: SecretStatus, style: Style, { now, columns }: TableOptions): string[] {
  const { state, name, schedule, engine = "–", strategy = "–", lastRotatedAt, nextRunAt } = secret;
  return [
    inColour(state, style),
    shortened(plain(name), columns === undefined ? Infinity : MOST_OF_NAME),
    plain(schedule),
    plain(engine),
    plain(strategy),
    lastRotatedAt ? fromNow(lastRotatedAt, now) : "never",
    nextRunAt ? fromNow(nextRunAt, now) : "–",
    whyOf(secret, style),
  ];
}

/** Of one that is well, nothing: it would say the same in each line. */
function whyOf({ state, reason, message, failure, overdue }: SecretStatus, style: Style): string {
  if (["due", "ok"].includes(state) && reason !== "NoClock" && reason !== "NativeSchedule") return "";
  const times = failure && failure.times > 1 ? ` (${failure.times} times)` : "";
  const late = overdue && state !== "overdue" ? style.yellow("overdue, ") : "";
  return `${late}${style.bold(plain(reason))}${times}: ${plain(message)}`;
}

function shownOf(secrets: readonly SecretStatus[], { columns, all }: TableOptions) {
  if (columns === undefined || all) return { shown: secrets, hidden: [] };
  const shown: SecretStatus[] = [];
  const left = new Map<SecretState, number>();
  const counts = countStates([]) as Record<SecretState, number>;
  for (const secret of secrets) {
    counts[secret.state] += 1;
    if (QUIET.includes(secret.state) && counts[secret.state] > MOST_SHOWN)
      left.set(secret.state, (left.get(secret.state) ?? 0) + 1);
    else shown.push(secret);
  }
  const hidden = [...left].map(
    ([state, count]) => `… and ${count.toLocaleString("en")} more ${state}: --state ${state} shows them`,
  );
  return { shown, hidden };
}

/** Which columns stand: all, unless the reasons would be cut to nothing. */
function columnsFor(rows: ReadonlyArray<readonly string[]>, columns: number | undefined): number[] {
  let kept = HEAD.map((_, index) => index).filter((index) => index !== WHY || rows.some((row) => row[WHY]));
  if (columns === undefined || !kept.includes(WHY)) return kept;
  const width = (index: number) =>
    2 + Math.max(HEAD[index]?.length ?? 0, ...rows.map((row) => stripVTControlCharacters(row[index] ?? "").length));
  for (const index of GIVE_WAY) {
    const taken = kept.filter((one) => one !== WHY).reduce((sum, one) => sum + width(one), 0);
    if (columns - taken >= LEAST_OF_WHY) break;
    kept = kept.filter((one) => one !== index);
  }
  return kept;
}

/** Each line to the terminal's width, its colours kept. */
function cutTo(lines: string, columns: number): string {
  return lines
    .split("\n")
    .map((line) => cutLine(line, columns))
    .join("\n");
}

function cutLine(line: string, columns: number): string {
  if (stripVTControlCharacters(line).length <= columns) return line;
  let [cut, width] = ["", 0];
  // A colour's sequence takes no room; all are ended.
  for (const [part] of line.matchAll(/\u001b\[[0-9;]*m|./gu)) {
    if (part.startsWith("\u001b")) cut += part;
    else if (width < columns - 1) {
      cut += part;
      width += part.length;
    }
  }
  return `${cut}…`;
}

function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  const half = Math.floor((most - 1) / 2);
  return `${text.slice(0, half)}…${text.slice(-half)}`;
}

/** `12 secrets: 1 needs attention, 2 failing, 9 ok` */
export function summary(secrets: readonly SecretStatus[], style: Style): string {
  const counts = Object.entries(countStates(secrets)) as Array<[SecretState, number]>;
  const parts = counts.filter(([, count]) => count > 0).map(([state, count]) => countOf(state, count, style));
  const also = secrets.filter(({ state, overdue }) => overdue && state !== "overdue").length;
  const total = secrets.length.toLocaleString("en");
  const late = also > 0 ? style.yellow(` (${also} of them overdue)`) : "";
  return `${style.bold(`${total} ${secrets.length === 1 ? "secret" : "secrets"}`)}: ${parts.join(", ")}${late}`;
}

function countOf(state: SecretState, count: number, style: Style): string {
  return inColour(state, style, `${count.toLocaleString("en")} ${state}`);
}
