import type { Check } from "../../rotation/dry-run/checklist.js";
import type { DryRun } from "../../rotation/dry-run/sum-up.js";
import { plain, type Style, table } from "../style.js";

/** What a dry run found, check by check; what a rotation would do below. */
export function checksText(name: string, { ok, would, checks }: DryRun, style: Style): string {
  const failed = checks.filter((check) => !check.ok).length;
  const verdict = ok
    ? style.green("a rotation would work")
    : style.red(`a rotation would fail, by ${failed} of ${checks.length} checks`);
  const rows = checks.map((check) => rowOf(check, style));
  return [
    `${style.bold(plain(name))}  ${verdict}`,
    "",
    table(rows),
    ...(would ? ["", wouldText(would, style)] : []),
  ].join("\n");
}

function rowOf({ phase, check, ok, code, message }: Check, style: Style): string[] {
  const mark = ok ? style.green("✔") : style.red("✘");
  const said = ok ? style.dim(plain(message)) : `${style.bold(plain(code ?? ""))}: ${plain(message)}`;
  return [`  ${mark} ${phase}`, check, said];
}

function wouldText({ strategy, engine, username, facts }: NonNullable<DryRun["would"]>, style: Style): string {
  const who = username ? `, the next password is of the user ${style.bold(plain(username))}` : "";
  return [
    `  It would rotate by ${plain(strategy)} on ${plain(engine)}${who}.`,
    ...facts.map((fact) => `  ${style.yellow("But now:")} ${plain(fact)}`),
  ].join("\n");
}
