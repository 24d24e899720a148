/** A table as the formatter has tables; the first row is its head. */
export function markdown(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  const lines = rows.map((cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`);
  return [lines[0], `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...lines.slice(1)].join("\n");
}

const END = "<!-- made until here -->";

/** The document with the table between `<!-- mark -->` and the end's mark that follows. Throws where it has none. */
export function withTable(document: string, mark: string, table: string): string {
  const begin = document.indexOf(`<!-- ${mark} -->`);
  const end = document.indexOf(END, begin);
  if (begin < 0 || end < 0) throw new Error(`The document has lost the marks around the table that is ${mark}.`);
  return `${document.slice(0, begin)}<!-- ${mark} -->\n\n${table}\n\n${document.slice(end)}`;
}
