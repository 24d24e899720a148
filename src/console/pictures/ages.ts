import { countStates, type SecretState, STATES } from "../../overview/states.js";
import { type Column, LAST, STEP, UNKNOWN } from "../fleet-view.js";
import { type Html, html } from "../html.js";
import { classOf } from "../words.js";

export interface Links {
  secret(arn: string): string;
  column(number: number): string;
}

const WIDTH = 920;
const HEIGHT = 170;
const FLOOR = 140;
const STRIDE = 20;
const LEFT = 4;
/** Beside the axis, for those whose age nobody knows. */
const ASIDE = LEFT + (LAST + 1) * STRIDE + 24;
/** A column of single secrets may be so high; then they are told by numbers. */
const MOST_DOTS = 9;

/**
 * The age of each credential against its schedule: from just rotated, by due, to twice as old as that and more. Few are
 * shown one by one, many as bars; keyboards have the same in the list's filters and rows.
 */
export function ages(columns: readonly Column[], links: Links): Html {
  const highest = Math.max(1, ...columns.map(({ secrets }) => secrets.length));
  const drawn = columns.map((column) => (highest <= MOST_DOTS ? dots(column, links) : bar(column, links, highest)));
  const marks = [0, DUE / 2, DUE, DUE * 1.5, LAST].map((number) => {
    const x = LEFT + number * STRIDE;
    return html`<line class="${number === DUE ? "axis" : "grid"}" x1="${x}" x2="${x}" y1="4" y2="${FLOOR + 4}"/><text class="quiet" x="${x + 3}" y="${FLOOR + 18}">${LABELS[number] ?? ""}</text>`;
  });
  const unknown = columns.some(({ number }) => number === UNKNOWN);
  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="group" aria-label="${spoken(columns)}">
<rect class="late" x="${LEFT + DUE * STRIDE}" y="4" width="${(LAST + 1 - DUE) * STRIDE}" height="${FLOOR - 4}"/><line class="axis" x1="${LEFT}" x2="${LEFT + (LAST + 1) * STRIDE}" y1="${FLOOR + 0.5}" y2="${FLOOR + 0.5}"/>${marks}
${unknown && html`<text class="quiet" x="${ASIDE - 14}" y="${FLOOR + 18}">not known</text>`}
${drawn}
</svg>`;
}

const DUE = Math.round(1 / STEP);

const LABELS: Readonly<Record<number, string>> = {
  0: "just rotated",
  [DUE / 2]: "half",
  [DUE]: "due",
  [DUE * 1.5]: "half as long again",
  [LAST]: "twice",
};

function left(number: number): number {
  return number === UNKNOWN ? ASIDE : LEFT + number * STRIDE;
}

function dots({ number, secrets }: Column, links: Links): Html[] {
  return secrets
    .toReversed()
    .map(
      ({ arn, name, state }, index) =>
        html`<a href="${links.secret(arn)}" tabindex="-1"><rect class="fill ${classOf(state)}" x="${left(number) + 3}" y="${FLOOR - 14 * (index + 1)}" width="13" height="12" rx="3"><title>${name}: ${state}</title></rect></a>`,
    );
}

function bar({ number, secrets }: Column, links: Links, highest: number): Html {
  const counts = countStates(secrets);
  let y = FLOOR;
  const parts = (Object.keys(STATES) as SecretState[]).toReversed().map((state) => {
    if (counts[state] === 0) return false;
    const height = Math.max(2, (counts[state] / highest) * (FLOOR - 20));
    y -= height;
    return html`<rect class="fill ${classOf(state)}" x="${left(number) + 2}" y="${round(y)}" width="16" height="${round(height)}"/>`;
  });
  return html`<a href="${links.column(number)}" tabindex="-1"><title>${secrets.length} ${secrets.length === 1 ? "secret" : "secrets"}: ${inWords(secrets)}</title>${parts}<text class="quiet small" x="${left(number) + 10}" y="${round(y - 4)}" text-anchor="middle">${secrets.length}</text></a>`;
}

function inWords(secrets: Column["secrets"]): string {
  const counts = Object.entries(countStates(secrets)).filter(([, count]) => count > 0);
  return counts.map(([state, count]) => `${count} ${state}`).join(", ");
}

function spoken(columns: readonly Column[]): string {
  const count = (from: number, to: number) =>
    columns
      .filter(({ number }) => number >= from && number <= to)
      .reduce((sum, { secrets }) => sum + secrets.length, 0);
  return `Age of each credential against its schedule: ${count(0, DUE - 1)} younger than due, ${count(DUE, LAST)} due or older, ${count(UNKNOWN, UNKNOWN)} not known`;
}

function round(number: number): number {
  return Math.round(number * 10) / 10;
}
