import { stripVTControlCharacters } from "node:util";
import pc from "picocolors";
import type { Host } from "./host.js";

/** Colours on a terminal, nothing else; `NO_COLOR` and `TERM=dumb` turn them off. https://no-color.org */
export type Style = ReturnType<typeof pc.createColors>;

export function styleOf({ env }: Pick<Host, "env">, stream: { readonly isTTY?: boolean }): Style {
  return pc.createColors(stream.isTTY === true && !env.NO_COLOR && env.TERM !== "dumb");
}

/** Text of others on a terminal: no control character, no direction that turns a line around. */
export function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\u2028\u2029]/gu, " ");
}

/** Columns as wide as what stands in them; the last is not filled up. Cells may be coloured. */
export function table(rows: ReadonlyArray<readonly string[]>): string {
  const width = (cell: string) => stripVTControlCharacters(cell).length;
  const widths: number[] = [];
  for (const row of rows)
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, width(cell));
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          column === row.length - 1 ? cell : cell + " ".repeat((widths[column] ?? 0) - width(cell)),
        )
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
