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

export interface Series {
  readonly name: string;
  readonly points: ReadonlyArray<{ readonly x: number; readonly y: Spread }>;
}

const LEFT = 80;
const RIGHT = 60;
const HEIGHT = 300;
/** Where the lines begin, below what they are called. */
const FROM = TOP + LEGEND_HEIGHT;

/** Lines over two scales of powers of ten: a line that falls or lies grows no faster than what it is drawn over. */
export function lineChart(
  caption: Caption,
  axes: { readonly x: string; readonly y: string },
  series: readonly Series[],
): string {
  const points = series.flatMap((one) => one.points);
  const [fromX, toX] = powers(points.map(({ x }) => x));
  const [fromY, toY] = powers(points.flatMap(({ y }) => [y.p5, y.p95]));
  const x = (value: number) => LEFT + share(value, fromX, toX) * (WIDTH - LEFT - RIGHT);
  const y = (value: number) => FROM + (1 - share(value, fromY, toY)) * HEIGHT;
  const parts = legend(
    series.map(({ name }) => name),
    LEFT,
  );
  for (let power = fromX; power <= toX; power += 1)
    parts.push(
      line(x(10 ** power), FROM, x(10 ** power), FROM + HEIGHT, "grid"),
      text(x(10 ** power), FROM + HEIGHT + 18, decimal(10 ** power), "mid"),
    );
  for (let power = fromY; power <= toY; power += 1)
    parts.push(
      line(LEFT, y(10 ** power), WIDTH - RIGHT, y(10 ** power), "grid"),
      text(LEFT - 8, y(10 ** power) + 4, decimal(10 ** power), "end"),
    );
  parts.push(
    text((LEFT + WIDTH - RIGHT) / 2, FROM + HEIGHT + 38, axes.x, "mid"),
    text(LEFT - 8, FROM - 8, axes.y, "small end"),
  );
  for (const [index, one] of series.entries()) parts.push(...drawn(one, x, y, SERIES[index] ?? SERIES[0]));
  return svg(caption, LEGEND_HEIGHT + HEIGHT + 46, parts);
}

function drawn(
  { points }: Series,
  x: (value: number) => number,
  y: (value: number) => number,
  colour: string,
): string[] {
  const way = points.map((point) => `${round(x(point.x))},${round(y(point.y.median))}`).join(" ");
  return [
    `<polyline points="${way}" fill="none" stroke="${colour}" stroke-width="2"/>`,
    ...points.flatMap((point) => [
      whisker(x(point.x), y(point.y.p5), x(point.x), y(point.y.p95)),
      `<circle cx="${round(x(point.x))}" cy="${round(y(point.y.median))}" r="4" fill="${colour}"/>`,
      text(x(point.x) + 8, y(point.y.median) - 7, number(point.y.median), "small"),
    ]),
  ];
}

/** The powers of ten around them. */
function powers(values: readonly number[]): [number, number] {
  const from = Math.floor(Math.log10(Math.min(...values)));
  return [from, Math.max(from + 1, Math.ceil(Math.log10(Math.max(...values))))];
}

function share(value: number, from: number, to: number): number {
  return (Math.log10(value) - from) / (to - from);
}

function decimal(value: number): string {
  return value.toLocaleString("en-GB", { maximumFractionDigits: 6 });
}
