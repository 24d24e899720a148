import { explain } from "../../explain/explain.js";
import type { CommonOptions } from "../host.js";
import { lineOf } from "../rotating/again.js";
import { nextLines } from "../rotating/ending.js";
import { plain, type Style } from "../style.js";

/** What a dry run of one secret found. */
export interface Diagnosis {
  readonly name: string;
  readonly arn: string;
  readonly ok: boolean;
  readonly failed: ReadonlyArray<{
    readonly phase?: string;
    readonly check?: string;
    readonly code: string;
    readonly message: string;
  }>;
}

/** What is wrong in the same way. */
export interface Wrong {
  readonly code: string;
  /** Of the first that was looked at. */
  readonly message: string;
  /** What to do about it, where the code is known. */
  readonly todo?: string;
  readonly secrets: readonly string[];
}

/** By the code of what failed first, what most have first. */
export function wrongByCode(found: readonly Diagnosis[]): Wrong[] {
  const byCode = new Map<string, { message: string; secrets: string[] }>();
  for (const { name, failed } of found) {
    const [first] = failed;
    if (!first) continue;
    const known = byCode.get(first.code) ?? { message: first.message, secrets: [] };
    known.secrets.push(name);
    byCode.set(first.code, known);
  }
  return [...byCode]
    .map(([code, { message, secrets }]) => {
      const todo = explain(code)?.todo;
      return { code, message, ...(todo ? { todo } : {}), secrets };
    })
    .toSorted((a, b) => b.secrets.length - a.secrets.length || a.code.localeCompare(b.code));
}

/** Names that are shown of one code. */
const MOST_NAMED = 10;

export function diagnosisText(
  found: readonly Diagnosis[],
  wrong: readonly Wrong[],
  style: Style,
  options: CommonOptions,
): string {
  if (found.length === 0) return "No secret to look at.";
  const ok = found.filter((one) => one.ok).length;
  const failed = found.length - ok;
  const count = `${found.length.toLocaleString("en")} ${found.length === 1 ? "secret" : "secrets"}`;
  const head = `${style.bold(count)}: ${style.green(`${ok} would rotate`)}${failed > 0 ? `, ${style.red(`${failed} would fail`)}` : ""}`;
  const parts = wrong.map(({ code, message, todo, secrets }) => {
    const more = secrets.length > MOST_NAMED ? style.dim(` and ${secrets.length - MOST_NAMED} more`) : "";
    return [
      `${style.red("✘")} ${style.bold(plain(code))} × ${secrets.length}: ${plain(message)}`,
      ...(todo ? [`  ${plain(todo)}`] : []),
      `  ${secrets.slice(0, MOST_NAMED).map(plain).join(", ")}${more}`,
    ].join("\n");
  });
  const [first] = wrong[0]?.secrets ?? [];
  const next = first === undefined ? [] : [lineOf(["plan", first], options)];
  return [head, ...parts, ...(next.length > 0 ? [nextLines(next, style).join("\n")] : [])].join("\n\n");
}
