import type { SecretStatus } from "../../overview/secret-status.js";
import type { Happening } from "../../overview/timeline.js";
import type { Secret } from "../desk.js";
import { type Html, html } from "../html.js";
import { type Place, to } from "../place.js";
import { ago, classOf, executionName, outcomeWord, stateWord } from "../words.js";
import { layout } from "./layout.js";
import { reasonField } from "./selection.js";

/** One secret. `isOlder`: an older page of its timeline. */
export function secretPage(place: Place, secret: Secret, isOlder: boolean): Html {
  const { status } = secret;
  const isMoving = status.state === "running" || status.state === "retrying";
  return layout(place, {
    title: status.name,
    part: "/fleet",
    main: html`<div id="now" data-live>${standing(place, status)}${facts(place, secret)}</div>
${actions(place, status)}
<h2>Timeline</h2>
<div id="timeline" data-live>${timeline(place, secret)}</div>
<h2>Versions</h2>
<p class="quiet">Labels only: no value is read.</p>
${versions(place, secret)}`,
    ...(isOlder ? {} : { everyMs: isMoving ? 2_000 : 30_000 }),
  });
}

function standing(place: Place, { state, reason, message, failure, execution }: SecretStatus): Html {
  const holder =
    execution && html`<p><a href="${to(place, "/execution", { id: execution })}">Look at the rotation</a></p>`;
  const failed =
    failure &&
    html`<p>It failed ${failure.times === 1 ? "once" : `${failure.times} times in a row`}, last ${ago(failure.at, place.now)}: <a href="${to(place, "/execution", { id: failure.execution })}">look at that rotation</a>.</p>`;
  return html`<div class="notice ${classOf(state)}" role="status"><p>${stateWord(state)} <code>${reason}</code></p><p>${message}</p>${failed}${holder}</div>`;
}

function facts(place: Place, { status, description, tags }: Secret): Html {
  const { arn, schedule, engine, strategy, lastRotatedAt, dueAt, nextRunAt, overdueAt } = status;
  const rows: ReadonlyArray<readonly [string, string | Html | undefined]> = [
    ["Description", description],
    ["Rotated", lastRotatedAt ? ago(lastRotatedAt, place.now) : "never"],
    ["Due", ago(dueAt, place.now)],
    ["Next run", ago(nextRunAt, place.now)],
    ["Overdue", ago(overdueAt, place.now)],
    ["Schedule", schedule],
    ["Engine", engine],
    ["Strategy", strategy],
    ["Tags", html`${Object.entries(tags).map(([key, value]) => html`<code>${key}=${value}</code> `)}`],
    ["ARN", html`<code>${arn}</code>`],
  ];
  return html`<dl>${rows.map(([name, value]) => value !== undefined && html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
}

function actions(place: Place, { arn, state }: SecretStatus): Html {
  const [path, words] = state === "paused" ? ["/secret/unpause", "Unpause"] : ["/secret/pause", "Pause"];
  return html`<form method="post" action="${to(place, "/secret/rotate")}">
<input type="hidden" name="id" value="${arn}">
${reasonField()}
<p class="buttons"><button class="main">Rotate now</button>
<button formaction="${to(place, "/secret/check")}">Dry run</button>
<button formaction="${to(place, path)}">${words}</button></p>
</form>`;
}

function timeline(place: Place, { status, timeline: { happenings, next } }: Secret): Html {
  if (happenings.length === 0) return html`<p>Nothing has happened to it yet.</p>`;
  return html`${happeningsTable(place, happenings)}
${next && html`<p class="buttons"><a class="button" href="${to(place, "/secret", { id: status.arn, before: next })}">What was before</a></p>`}`;
}

/** What happened, the newest first. `withSecret`: where they are of several. */
export function happeningsTable(place: Place, happenings: readonly Happening[], withSecret = false): Html {
  return html`<table class="cards"><thead><tr><th scope="col">When</th>${withSecret && html`<th scope="col">Secret</th>`}<th scope="col">What</th><th scope="col">Why</th><th scope="col">Asked by</th></tr></thead>
<tbody>${happenings.map((one) => happeningRow(place, one, withSecret))}</tbody></table>`;
}

function happeningRow(place: Place, happening: Happening, withSecret: boolean): Html {
  const { at, record } = happening;
  const { what, code, message, execution, asked } = toldOf(happening);
  const secretArn = "secretArn" in record ? record.secretArn : undefined;
  const name = "secretName" in record ? record.secretName : undefined;
  const when = ago(at, place.now);
  return html`<tr>
<td class="nowrap">${execution ? html`<a href="${to(place, "/execution", { id: execution })}" aria-label="Execution ${executionName(execution)}">${when}</a>` : when}</td>
${withSecret && html`<td>${secretArn && html`<a href="${to(place, "/secret", { id: secretArn })}">${name ?? secretArn}</a>`}</td>`}
<td>${what}</td>
<td><code>${code}</code> ${message}</td>
<td data-name="asked by">${asked}</td>
</tr>`;
}

interface Told {
  readonly what: Html;
  readonly code?: string;
  readonly message?: string;
  readonly execution?: string;
  readonly asked?: string;
}

function toldOf(happening: Happening): Told {
  switch (happening.kind) {
    case "rotation": {
      const { outcome, reason, message, executionArn, requestedBy, requestReason, trigger } = happening.record;
      const asked = [requestedBy ?? trigger, requestReason].filter(Boolean).join(": ");
      return { what: html`rotation ${outcomeWord(outcome)}`, code: reason, message, execution: executionArn, asked };
    }
    case "retirement": {
      const { outcome, reason, message, executionArn } = happening.record;
      return { what: html`retirement ${outcomeWord(outcome)}`, code: reason, message, execution: executionArn };
    }
    case "change":
      return { what: html`changed outside Keyturn`, message: "Somebody else moved AWSCURRENT." };
    case "refresh": {
      const { outcome, reason, message, consumer } = happening.record;
      return { what: html`consumer ${consumer} ${outcomeWord(outcome)}`, code: reason, message };
    }
  }
}

function versions(place: Place, { versions: all }: Secret): Html {
  return html`<table class="cards"><thead><tr><th scope="col">Version</th><th scope="col">Labels</th><th scope="col">Made</th></tr></thead>
<tbody>${all.map(({ id, labels, createdAt }) => html`<tr><td><code>${id}</code></td><td>${labels.join(", ")}</td><td data-name="made">${ago(createdAt, place.now)}</td></tr>`)}</tbody></table>`;
}
