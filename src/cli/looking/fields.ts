import { type Style, table } from "../style.js";

/** What is said of something, word by word; a value of several lines goes on below itself. What is absent is left out. */
export type Fields = ReadonlyArray<readonly [word: string, value: string | readonly string[] | undefined]>;

export function fieldsText(fields: Fields, style: Style): string {
  const rows = fields.flatMap(([word, value]) => {
    const lines = (typeof value === "string" ? [value] : (value ?? [])).filter(Boolean);
    return lines.map((line, number) => [`  ${number === 0 ? style.dim(word) : ""}`, line]);
  });
  return table(rows);
}
