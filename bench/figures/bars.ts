import type { Spread } from "../spread.js";
import {
  type Caption,
  LEGEND_HEIGHT,
  legend,
  line,
  number,
  round,
  SERIES,
  svg,
  TOP,
  text,
  WIDTH,
  whisker,
} from "./svg.js";

export interface Group {
  readonly label: string;
  /** One for each series; undefined where it was not measured. */
  readonly bars: ReadonlyArray<Spread | undefined>;
}

const LEFT = 250;
const RIGHT = 110;
const BAR = 13;
const GAP = 12;

/** Lying bars to the median, with a whisker from the 5th to the 95th of a hundred. `limit`: a line that no bar should reach. */
export function barChart(
  caption: Caption,
  series: readonly string[],
  groups: readonly Group[],
  limit?: { readonly at: number; readonly label: string },
): string {
  const most = Math.max(limit?.at ?? 0, ...groups.flatMap(({ bars }) => bars.map((bar) => bar?.p95 ?? 0)));
  const x = (value: number) => LEFT + (value / most) * (WIDTH - LEFT - RIGHT);
  const legendHeight = series.length > 1 ? LEGEND_HEIGHT : 0;
  let y = TOP + legendHeight;
  const parts = series.length > 1 ? legend(series, LEFT) : [];
  for (const { label, bars } of groups) {
    parts.push(text(LEFT - 10, y + (bars.length * BAR) / 2 + 4, label, "end"));
    for (const [index, bar] of bars.entries()) {
      if (bar) parts.push(...drawn(bar, x, y, SERIES[index] ?? SERIES[0]));
      y += BAR;
    }
    y += GAP;
  }
  if (limit) {
    parts.push(line(x(limit.at), TOP + legendHeight, x(limit.at), y - GAP, "axis"));
    parts.push(text(x(limit.at), y + 4, limit.label, "small mid"));
    y += 12;
  }
  return svg(caption, y - TOP, parts);
}

function drawn({ p5, median, p95 }: Spread, x: (value: number) => number, y: number, colour: string): string[] {
  const middle = y + BAR / 2;
  return [
    `<rect x="${LEFT}" y="${y + 1}" width="${round(x(median) - LEFT)}" height="${BAR - 2}" fill="${colour}"/>`,
    whisker(x(p5), middle, x(p95), middle),
    text(x(Math.max(median, p95)) + 6, middle + 4, `${number(median)} ms`, "small"),
  ];
}
