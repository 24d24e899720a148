import { CHAPTERS } from "../../src/explain/explain.js";
import type { Chapter } from "../../src/explain/explanation.js";
import { markdown } from "./markdown.js";

/** Before them in the page. */
export const RUNBOOK_MARK = "made by npm run runbook";

/** The chapters of `docs/runbook.md`, with their headings. */
export function runbookTables(): string {
  return CHAPTERS.map(section).join("\n\n");
}

function section({ title, about, entries }: Chapter): string {
  const rows = entries.map(({ code, means, todo }) => [`\`${code}\``, cell(means), cell(todo)]);
  return `## ${title}\n\n${about}\n\n${markdown([["Code", "It means", "What to do"], ...rows])}`;
}

/** As Markdown has plain text in a table. */
function cell(text: string): string {
  return text.replace(/[|<*]/g, "\\$&");
}
