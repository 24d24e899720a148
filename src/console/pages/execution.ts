import { explain } from "../../explain/explain.js";
import type { Execution, Phase } from "../../overview/execution.js";
import type { AuditRecord } from "../../rotation/ledger.js";
import type { ExecutionSeen, MachineName } from "../desk.js";
import { type Html, html } from "../html.js";
import { machine } from "../pictures/machine.js";
import { machinePlan } from "../pictures/machine-plan.js";
import { phaseWords, timeAxis } from "../pictures/time-axis.js";
import { type Place, to } from "../place.js";
import { ago, executionName, nameIn, outcomeWord, span } from "../words.js";
import { layout } from "./layout.js";
import { checkResult, runResult } from "./results.js";

const TITLES: Readonly<Record<MachineName, string>> = {
  "rotate-secret": "Rotation",
  "check-secret": "Dry run",
  "retire-secret": "Retirement",
  "rotate-fleet": "Run",
};

/** One execution, live while it runs. */
export function executionPage(place: Place, seen: ExecutionSeen): Html {
  const { machine: kind, execution, definition } = seen;
  const isOver = execution.status !== "running";
  const secret = secretOf(seen);
  return layout(place, {
    title: secret.name ? `${TITLES[kind]} of ${secret.name}` : TITLES[kind],
    part: "/fleet",
    main: html`<div id="how" role="status" data-live>${standing(seen)}</div>
<div id="about" data-live>${about(place, seen, secret.id)}</div>
<div id="next" data-live>${isOver && again(place, seen, secret.id)}</div>
<div id="result" data-live>${kind === "check-secret" && checkResult(seen.output)}${kind === "rotate-fleet" && runResult(place, seen)}</div>
${kind === "rotate-secret" && html`<h2>Phases</h2><div id="phases" data-live>${phases(execution, place.now)}</div>`}
<h2>State machine</h2>
<div id="machine" data-live>
<p class="quiet">Solid: the way that is meant. Dashed: the way when it fails. Lit: the way that was taken.</p>
<div class="scroll" role="region" tabindex="0" aria-label="State machine">${machine(machinePlan(definition), execution.states, isOver)}</div>
<details><summary>The states that were entered, in words</summary>${states(execution)}</details>
</div>`,
    ...(isOver ? {} : { everyMs: 1_000 }),
  });
}

/** By what is on record, else by what was asked for. */
function secretOf({ arn, execution, input, output }: ExecutionSeen): { readonly id?: string; readonly name?: string } {
  const asked = input.request ?? input;
  const record: Partial<AuditRecord> = execution.end?.record ?? {};
  const [id] = [record.secretArn, output.secretArn, (asked as { secretId?: unknown }).secretId].filter(isText);
  const name = record.secretName ?? (isText(output.secretName) ? output.secretName : id && nameIn(id, arn));
  return { ...(id ? { id } : {}), ...(name ? { name } : {}) };
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function standing({ machine: kind, execution }: ExecutionSeen): Html {
  const { status, end, phases: all } = execution;
  const phase = all.at(-1);
  if (status === "running") {
    const word = outcomeWord(phase?.status === "retrying" ? "retrying" : "running");
    return html`<div class="notice running"><p>${word} ${phase && `${phase.name}: ${said(phase)}`}</p></div>`;
  }
  if (kind !== "rotate-secret") return html`<div class="notice"><p>${outcomeWord(status)}</p></div>`;
  const { outcome = status, reason, message, record = {} } = end ?? {};
  const mark = outcome === "succeeded" || outcome === "rolled forward" ? "ok" : outcome === "skipped" ? "" : "failing";
  const { facts = [], settle = [], error } = record;
  return html`<div class="notice ${mark}"><p>${outcomeWord(outcome)} <code>${reason}</code></p><p>${message}</p>
${error && error.message !== message && html`<p><code>${error.code}</code> ${error.message}</p>`}
${facts.length > 0 && html`<ul>${facts.map((fact) => html`<li>${fact}</li>`)}</ul>`}
${mark === "failing" && todo(reason, message)}
${settle.length > 0 && html`<details id="settle"><summary>What to run, case by case</summary>${settle.map(({ when, run }) => html`<p>${when}</p><pre>${run.join("\n")}</pre>`)}</details>`}</div>`;
}

/** What the runbook says that the message does not. */
function todo(code = "", message = ""): Html | undefined {
  const found = explain(code);
  return found && !message.includes(found.todo) ? html`<p class="quiet">${found.todo}</p>` : undefined;
}

function said({ status, failed, because, attempts }: Phase): string {
  if (failed) return `failed with ${failed.code} (${failed.message}); it is tried again`;
  if (because) return `${because.message}`;
  return attempts > 1 ? `${status}, try ${attempts}` : status;
}

function about(place: Place, { arn, execution, input }: ExecutionSeen, secretId: string | undefined): Html {
  const { startedAt, endedAt, end } = execution;
  const asked = (input.request ?? input) as Readonly<Record<string, unknown>>;
  const { requestedBy = asked.requestedBy, requestReason = asked.reason, trigger = input.trigger } = end?.record ?? {};
  const until = endedAt ?? place.now;
  const rows: ReadonlyArray<readonly [string, string | Html | undefined]> = [
    ["Secret", secretId && html`<a href="${to(place, "/secret", { id: secretId })}">${nameIn(secretId, arn)}</a>`],
    ["Asked by", [requestedBy, requestReason].filter(isText).join(": ") || (isText(trigger) ? trigger : undefined)],
    ["Started", ago(startedAt, place.now)],
    ["Took", startedAt && span(until.getTime() - startedAt.getTime())],
    ["Execution", html`<code>${executionName(arn)}</code>`],
  ];
  return html`<dl>${rows.map(([name, value]) => value !== undefined && html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
}

/** What there is to do once it has ended. */
function again(place: Place, { machine: kind, arn, execution, output }: ExecutionSeen, secretId: string | undefined) {
  if (!secretId || (kind !== "rotate-secret" && kind !== "check-secret")) return undefined;
  const { outcome, reason } = execution.end ?? {};
  const isWell = outcome === "succeeded" || outcome === "rolled forward" || output.ok === true;
  const why =
    kind === "check-secret" ? "after a dry run" : `again, after ${reason ?? execution.status} in ${executionName(arn)}`;
  const words = kind === "check-secret" ? "Rotate now" : "Try again";
  if (kind === "rotate-secret" && isWell) return undefined;
  return html`<form method="post" action="${to(place, "/secret/rotate")}" class="buttons">
<input type="hidden" name="id" value="${secretId}"><input type="hidden" name="reason" value="${why}">
<button class="main" id="again">${words}</button><button id="check" formaction="${to(place, "/secret/check")}">Dry run</button></form>`;
}

function phases(execution: Execution, now: Date): Html {
  const { phases: all, endedAt } = execution;
  const end = endedAt ?? now;
  return html`<div class="scroll" role="region" tabindex="0" aria-label="Phases on an axis of time">${timeAxis(execution, now)}</div>
<table class="cards"><thead><tr><th scope="col">Phase</th><th scope="col">How it went</th></tr></thead>
<tbody>${all.map((phase) => html`<tr><th scope="row">${phase.name}</th><td>${phaseWords(phase, end)}</td></tr>`)}</tbody></table>`;
}

function states({ states: all }: Execution): Html {
  return html`<ol>${all.map(({ state, tries }) => {
    const failures = tries.flatMap(({ failed }) => (failed ? [`${failed.code}: ${failed.message}`] : []));
    return html`<li>${state}${tries.length > 1 && `, ${tries.length} tries`}${failures.length > 0 && html`<br><small>${failures.join("; ")}</small>`}</li>`;
  })}</ol>`;
}
