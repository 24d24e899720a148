import type { Execution, Phase } from "../../overview/execution.js";
import { type Html, html } from "../html.js";
import { span } from "../words.js";

const WIDTH = 900;
const LEFT = 110;
const RIGHT = 90;
const ROW = 30;

/** The phases of an execution on an axis of time: what was at work as bars, waits between tries as gaps. `now`: while it runs. */
export function timeAxis({ startedAt, endedAt, phases }: Execution, now: Date): Html | undefined {
  const first = startedAt ?? phases[0]?.startedAt;
  if (!first || phases.length === 0) return undefined;
  const end = endedAt ?? now;
  const whole = Math.max(1, end.getTime() - first.getTime());
  const x = (at: Date) => round(LEFT + ((at.getTime() - first.getTime()) / whole) * (WIDTH - LEFT - RIGHT));
  const height = phases.length * ROW + 34;
  const ticks = ticksOf(whole).map((ms) => {
    const at = x(new Date(first.getTime() + ms));
    return html`<line class="grid" x1="${at}" x2="${at}" y1="0" y2="${height - 24}"/><text class="quiet" x="${at}" y="${height - 6}" text-anchor="middle">${span(ms)}</text>`;
  });
  const rows = phases.map((phase, index) => row(phase, index * ROW + 4, x, end));
  return html`<svg class="axis-of-time" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="The phases on an axis of time; the table below has the same in words">${ticks}${rows}</svg>`;
}

function row(phase: Phase, y: number, x: (at: Date) => number, end: Date): Html {
  const until = phase.endedAt ?? end;
  const cuts = phase.waits.map(({ from, until: to = until }) => [from, to] as const);
  const starts = [phase.startedAt, ...cuts.map(([, to]) => to)];
  const ends = [...cuts.map(([from]) => from), until];
  const bars = starts.map((start, index) => {
    const stop = ends[index] ?? until;
    const isLast = index === starts.length - 1;
    return html`<rect class="fill ${isLast ? markOf(phase) : "failing"}" x="${x(start)}" y="${y}" width="${Math.max(2, round(x(stop) - x(start)))}" height="18" rx="2"/>`;
  });
  const waits = cuts.map(([from, to]) => html`<path class="wait retrying" d="M${x(from)} ${y + 9}H${x(to)}"/>`);
  return html`<g><title>${phase.name}: ${phaseWords(phase, end)}</title><text x="0" y="${y + 13}">${phase.name}</text>${bars}${waits}<text class="quiet" x="${x(until) + 6}" y="${y + 13}">${span(until.getTime() - phase.startedAt.getTime())}</text></g>`;
}

function markOf({ name, status }: Phase): string {
  return name === "Roll back" && status === "done" ? "due" : MARKS[status];
}

const MARKS: Readonly<Record<Phase["status"], string>> = {
  running: "running",
  retrying: "failing",
  done: "ok",
  failed: "failing",
  "cut off": "failing",
};

/** How a phase went, for the table and for who hears the picture. */
export function phaseWords({ status, attempts, startedAt, endedAt, failed, because }: Phase, now: Date): string {
  const tries = attempts > 1 ? `, ${attempts} tries` : "";
  const why = failed
    ? ` (${failed.code}: ${failed.message})`
    : because
      ? ` (${because.reason}: ${because.message})`
      : "";
  return `${status}${why}, ${span((endedAt ?? now).getTime() - startedAt.getTime())}${tries}`;
}

/** Four to eight of a round length, the first at 0. */
function ticksOf(whole: number): number[] {
  const raw = whole / 5;
  const ten = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((factor) => factor * ten).find((one) => one >= raw) ?? raw;
  return Array.from({ length: Math.floor(whole / step) + 1 }, (_, index) => index * step);
}

function round(number: number): number {
  return Math.round(number * 10) / 10;
}
