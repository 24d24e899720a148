import { stripVTControlCharacters } from "node:util";
import type { SecretStatus } from "../../overview/secret-status.js";
import { asFlag, countStates, rankOf, type SecretState } from "../../overview/states.js";
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
/** Characters of names, on a terminal. */
const MOST_OF_NAME = 44;
const MOST_OF_SCHEDULE = 24;
/** With fewer characters for the reasons other columns give way; fewer than the least say nothing. */
const ENOUGH_OF_WHY = 56;
const LEAST_OF_WHY = 20;

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
  const cells = shown.map((secret) => cellsOf(secret, style, options));
  const isTold = shown.some(tellsWhy);
  const { kept, room } = fitted(cells, isTold ? options.columns : undefined);
  const rows = cells.map((row, index) => [
    ...row.filter((_, column) => kept.includes(column)),
    ...(isTold ? [whyOf(shown[index] as SecretStatus, style, room)] : []),
  ]);
  const head = [...HEAD.filter((_, column) => kept.includes(column)), ...(isTold ? ["WHY"] : [])];
  return [
    table([head.map((name) => style.dim(name)), ...rows]),
    ...hidden.map((line) => style.dim(line)),
    "",
    summary(secrets, style),
  ].join("\n");
}

const HEAD = ["STATE", "SECRET", "SCHEDULE", "ENGINE", "STRATEGY", "ROTATED", "NEXT"];
/** In the order in which columns give way to the reason on a narrow terminal. */
const GIVE_WAY = ["STRATEGY", "SCHEDULE", "ENGINE"].map((name) => HEAD.indexOf(name));

function cellsOf(secret: SecretStatus, style: Style, { now, columns }: TableOptions): string[] {
  const { state, name, schedule, engine = "–", strategy = "–", lastRotatedAt, nextRunAt } = secret;
  return [
    inColour(state, style),
    shortened(plain(name), columns === undefined ? Number.POSITIVE_INFINITY : MOST_OF_NAME),
    shortened(plain(schedule), columns === undefined ? Number.POSITIVE_INFINITY : MOST_OF_SCHEDULE),
    plain(engine),
    plain(strategy),
    lastRotatedAt ? fromNow(lastRotatedAt, now) : "never",
    nextRunAt ? fromNow(nextRunAt, now) : "–",
  ];
}

/** Which columns stand, and how many characters are left for the reason: all columns, unless it would be cut to nothing. */
function fitted(cells: ReadonlyArray<readonly string[]>, columns: number | undefined) {
  const all = HEAD.map((_, column) => column);
  if (columns === undefined) return { kept: all, room: Number.POSITIVE_INFINITY };
  const widths = HEAD.map((name, column) =>
    cells.reduce((widest, row) => Math.max(widest, stripVTControlCharacters(row[column] ?? "").length), name.length),
  );
  const roomBeside = (kept: readonly number[]) =>
    columns - kept.reduce((taken, column) => taken + (widths[column] ?? 0) + 2, 0);
  let kept = all;
  for (const column of GIVE_WAY) if (roomBeside(kept) < ENOUGH_OF_WHY) kept = kept.filter((one) => one !== column);
  return { kept, room: Math.max(LEAST_OF_WHY, roomBeside(kept)) };
}

/** Of one that is well it would say the same in each line. */
function tellsWhy({ state, reason }: SecretStatus): boolean {
  return !["due", "ok"].includes(state) || reason === "NoClock" || reason === "NativeSchedule";
}

/** `room`: in characters; the code stands whole. */
function whyOf(secret: SecretStatus, style: Style, room: number): string {
  if (!tellsWhy(secret)) return "";
  const { state, reason, message, failure, overdue } = secret;
  const late = overdue && state !== "overdue" ? "overdue, " : "";
  const code = plain(reason);
  const times = failure && failure.times > 1 ? ` ×${failure.times}` : "";
  const text = `: ${plain(message)}`;
  const left = room - late.length - code.length - times.length;
  return `${style.yellow(late)}${style.bold(code)}${times}${text.length <= left ? text : `${text.slice(0, Math.max(0, left - 1))}…`}`;
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
    ([state, count]) => `… and ${count.toLocaleString("en")} more ${state}: --state ${asFlag(state)} shows them`,
  );
  return { shown, hidden };
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
