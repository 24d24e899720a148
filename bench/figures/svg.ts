/** Around a plot: what it shows in words, for who cannot see it, and where its figures come from. */
export interface Caption {
  readonly title: string;
  readonly description: string;
  /** Below the plot. */
  readonly source: string;
}

export const WIDTH = 860;
/** Where the plot is, without title and source. */
export const TOP = 40;

/** Colours that are told apart on white and on black, and by who sees no red or green. */
export const SERIES = ["#1f77b4", "#d97706", "#7c8794"] as const;

/** Read on white and on GitHub's black: a picture in a page is not told which of the two it stands on. */
const INK = "#6e7781";

/** A picture of this height, without a background. */
export function svg({ title, description, source }: Caption, height: number, parts: readonly string[]): string {
  const lines = wrapped(source, 135);
  const whole = TOP + height + 16 * lines.length + 14;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${whole}" role="img" aria-labelledby="title desc">`,
    `<title id="title">${escaped(title)}</title>`,
    `<desc id="desc">${escaped(description)}</desc>`,
    "<style>",
    `text { font: 13px system-ui, sans-serif; fill: ${INK}; }`,
    ".head { font-weight: 600; font-size: 15px; } .small { font-size: 11px; } .end { text-anchor: end; } .mid { text-anchor: middle; }",
    `.axis { stroke: ${INK}; } .grid { stroke: ${INK}; opacity: 0.25; }`,
    ".halo { stroke: #ffffff; stroke-width: 3; } .whisker { stroke: #24292f; }",
    "</style>",
    text(0, 18, title, "head"),
    ...parts,
    ...lines.map((line, index) => text(0, TOP + height + 16 * (index + 1), line, "small")),
    "</svg>",
    "",
  ].join("\n");
}

export function text(x: number, y: number, words: string, kind = ""): string {
  return `<text x="${round(x)}" y="${round(y)}"${kind ? ` class="${kind}"` : ""}>${escaped(words)}</text>`;
}

export function line(x1: number, y1: number, x2: number, y2: number, kind: string): string {
  return `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" class="${kind}"/>`;
}

/** From one to the other of two values, seen on whatever is behind it. */
export function whisker(x1: number, y1: number, x2: number, y2: number): string {
  return line(x1, y1, x2, y2, "halo") + line(x1, y1, x2, y2, "whisker");
}

export function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** Three digits that count. */
export function number(value: number): string {
  if (value > 0 && value < 1) return String(Number(value.toPrecision(2)));
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return value.toFixed(digits).replace(/\B(?=(\d{3})+$)/g, ",");
}

function escaped(words: string): string {
  return words.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function wrapped(words: string, most: number): string[] {
  const lines = [""];
  for (const word of words.split(" ")) {
    const last = lines.at(-1) ?? "";
    if (last.length + word.length < most) lines[lines.length - 1] = last === "" ? word : `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** What each colour stands for, above a plot that begins there. */
export function legend(series: readonly string[], left: number): string[] {
  return series.flatMap((name, index) => [
    `<rect x="${left + index * 200}" y="${TOP - 9}" width="11" height="11" fill="${SERIES[index]}"/>`,
    text(left + index * 200 + 17, TOP + 1, name),
  ]);
}

export const LEGEND_HEIGHT = 24;
