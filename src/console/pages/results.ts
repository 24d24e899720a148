import type { Check } from "../../rotation/dry-run/checklist.js";
import type { DryRun } from "../../rotation/dry-run/sum-up.js";
import type { ExecutionSeen } from "../desk.js";
import { type Html, html } from "../html.js";
import { type Place, to } from "../place.js";
import { executionName, nameIn, outcomeWord } from "../words.js";

/** What a dry run found. */
export function checkResult(output: Readonly<Record<string, unknown>>): Html | undefined {
  const { ok, would, checks } = output as Partial<DryRun>;
  if (!Array.isArray(checks)) return undefined;
  const plan =
    would &&
    html`<p>It would be rotated as ${would.strategy}${would.username && `, and the next password be ${would.username}'s`}. <code>${would.reason}</code> ${would.message}</p>
${would.facts.length > 0 && html`<ul>${would.facts.map((fact) => html`<li>${fact}</li>`)}</ul>`}`;
  return html`<p>${ok ? outcomeWord("passed") : outcomeWord("failed")} ${ok ? "A rotation would go well, as far as can be seen without one." : "A rotation would fail."}</p>
${plan}
<table class="cards"><thead><tr><th scope="col">Looked at</th><th scope="col">Found</th></tr></thead><tbody>${checks.map(checkRow)}</tbody></table>`;
}

function checkRow({ phase, check, ok, code, message }: Check): Html {
  return html`<tr><th scope="row">${check}<br><small>${phase}</small></th><td>${outcomeWord(ok ? "passed" : "failed")} ${code && html`<code>${code}</code> `}${message}</td></tr>`;
}

/** What a run has come to so far, and its secrets. */
export function runResult(place: Place, { arn, input, run }: ExecutionSeen): Html | undefined {
  if (!run) return undefined;
  const { rotated, skipped, failed, byReason, leftOut, wave, pause, next, end } = run;
  const reasons = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts).map(([reason, count]) => html`<li><code>${reason}</code> ${count}</li>`);
  const { list = [] } = (input.selection ?? {}) as { readonly list?: readonly unknown[] };
  const ids = list.filter((id) => typeof id === "string");
  const execution = (id: string, words: string) => html`<a href="${to(place, "/execution", { id })}">${words}</a>`;
  return html`<p>${rotated} rotated, ${skipped} skipped, ${failed} failed${wave && `; ${wave.done} of ${wave.size} of this wave are done`}${pause && `; waits ${pause.seconds} s for servers`}.</p>
${end && end.reason !== "Completed" && html`<p><code>${end.reason}</code> ${end.message}</p>`}
${next && html`<p>${execution(next, "Another execution carries it on")}.</p>`}
<ul>${reasons({ ...leftOut, ...byReason })}</ul>
${end && end.failures.length > 0 && html`<h2>Failed</h2><ul>${end.failures.map((id) => html`<li>${execution(id, executionName(id))}</li>`)}</ul>`}
${ids.length > 0 && html`<h2>Secrets</h2><ul>${ids.map((id) => html`<li><a href="${to(place, "/secret", { id })}">${nameIn(id, arn)}</a></li>`)}</ul>`}`;
}
