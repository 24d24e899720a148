import type { SecretStatus } from "../../overview/secret-status.js";
import { type SecretState, STATES } from "../../overview/states.js";
import { type FleetQuery, type FleetView, SORTS } from "../fleet-view.js";
import { type Html, html } from "../html.js";
import { ages } from "../pictures/ages.js";
import { type Place, to } from "../place.js";
import { ago, classOf, stateWord } from "../words.js";
import { layout } from "./layout.js";

export interface FleetRead {
  readonly view: FleetView;
  readonly query: FleetQuery;
  /** Whether all secrets were listed yet. */
  readonly isWhole: boolean;
  readonly readAt: Date;
  /** Why the list was not read to its end. */
  readonly trouble?: { readonly code: string; readonly message: string };
}

/** The fleet at a glance. */
export function fleetPage(place: Place, read: FleetRead): Html {
  const { view, isWhole } = read;
  const isEmpty = isWhole && view.all === 0 && !read.trouble;
  const isMoving = !isWhole || view.counts.running + view.counts.retrying > 0;
  return layout(place, {
    title: "Fleet",
    part: "/fleet",
    main: isEmpty ? empty(place) : html`${glance(place, read)}${filters(place, read)}${list(place, read)}`,
    everyMs: isWhole ? (isMoving ? 3_000 : 30_000) : 1_000,
  });
}

function empty(place: Place): Html {
  return html`<p>The deployment ${place.stage} rotates no secret yet. A secret is its to rotate once it carries the tags <code>keyturn:stage</code> and <code>keyturn:schedule</code>.</p>
<p class="buttons"><a class="button" href="${to(place, "/store")}">Store a secret</a></p>
<p class="quiet">For secrets that are there already: <code>keyturn adopt</code>.</p>`;
}

function glance(place: Place, { view, query, isWhole, readAt, trouble }: FleetRead): Html {
  const states = (Object.keys(STATES) as SecretState[]).filter((state) => view.counts[state] > 0);
  const chip = (state: SecretState) =>
    html`<li><a class="${classOf(state)}" href="${to(place, "/fleet", { ...query, state: query.state === state ? "" : state, page: "" })}"${query.state === state && html` aria-current="true"`} title="${STATES[state]}">${stateWord(state)} ${count(view.counts[state])}</a></li>`;
  const links = {
    secret: (arn: string) => to(place, "/secret", { id: arn }),
    column: (number: number) => to(place, "/fleet", { ...query, age: number, page: "" }),
  };
  return html`<div id="glance" data-live>
<form class="line" method="post" action="${to(place, "/reload")}">${count(view.all)} ${view.all === 1 ? "secret" : "secrets"}${!isWhole && " so far; the list is being read"}. <span class="quiet">As of ${ago(readAt, place.now)}.</span> <button class="plain" id="reload">Read again</button></form>
${trouble && html`<div class="notice failing" role="alert"><p><code>${trouble.code}</code> ${trouble.message}</p></div>`}
<ul class="chips">${states.map(chip)}</ul>
<div class="scroll" role="region" tabindex="0" aria-label="Ages">${ages(view.columns, links)}</div>
</div>`;
}

function filters(place: Place, { view, query }: FleetRead): Html {
  const isNarrowed = Object.entries(query).some(([name, value]) => value && name !== "sort" && name !== "page");
  return html`<form class="row" role="search" data-auto method="get" action="${to(place, "/fleet")}">
<label>Search <input type="search" name="q" value="${query.q ?? ""}" placeholder="name, reason, message"></label>
${choice("state", "State", Object.keys(STATES), query.state)}
${choice("schedule", "Schedule", view.schedules, query.schedule)}
${choice("engine", "Engine", view.engines, query.engine)}
<label>Order <select name="sort">${Object.entries(SORTS).map(([name, words]) => option(name, words, query.sort))}</select></label>
${query.age && html`<input type="hidden" name="age" value="${query.age}">`}
<button>Show</button>${isNarrowed && html`<a class="button" href="${to(place, "/fleet")}">Show all</a>`}
</form>`;
}

function choice(name: string, label: string, values: readonly string[], chosen: string | undefined): Html {
  return html`<label>${label} <select name="${name}">${option("", "any", chosen)}${values.map((value) => option(value, value, chosen))}</select></label>`;
}

function option(value: string, words: string, chosen: string | undefined): Html {
  return html`<option value="${value}"${value === (chosen ?? "") && html` selected`}>${words}</option>`;
}

function list(place: Place, { view, query }: FleetRead): Html {
  return html`<form method="post" action="${to(place, "/selection")}">
<p class="buttons"><button>Rotate those selected …</button> <label id="all" hidden><input type="checkbox"> All on this page</label> <span id="picked" role="status"></span></p>
<div id="secrets" data-live>
<table class="cards">
<caption>${count(view.matching)} of ${count(view.all)}${query.age && ", of one age"}${view.pages > 1 && `; page ${view.page} of ${view.pages}`}</caption>
<thead><tr><th scope="col"><span class="quiet">Select</span></th><th scope="col">Secret</th><th scope="col">State</th><th scope="col">Rotated</th><th scope="col">Next</th><th scope="col">Engine</th><th scope="col">Schedule</th></tr></thead>
<tbody>${view.rows.map((one, index) => row(place, one, index))}</tbody>
</table>
${pager(place, view, query)}
</div>
</form>`;
}

function row(place: Place, one: SecretStatus, index: number): Html {
  const { arn, name, state, message, failure, lastRotatedAt, nextRunAt, engine = "", strategy, schedule } = one;
  const said = state === "ok" ? undefined : (failure?.message ?? message);
  return html`<tr>
<td class="pick"><input type="checkbox" name="id" id="pick${index}" value="${arn}" aria-label="Select ${name}"></td>
<th scope="row"><a id="row${index}" href="${to(place, "/secret", { id: arn })}">${name}</a></th>
<td>${stateWord(state)}${said && html`<br><small>${failure?.code && html`<code>${failure.code}</code> `}${cut(said)}</small>`}</td>
<td class="nowrap" data-name="rotated">${lastRotatedAt ? ago(lastRotatedAt, place.now) : "never"}</td>
<td class="nowrap" data-name="next">${ago(nextRunAt, place.now)}</td>
<td data-name="engine">${engine}${strategy && html`<br><small>${strategy}</small>`}</td>
<td data-name="schedule">${schedule}</td>
</tr>`;
}

function count(number: number): string {
  return number.toLocaleString("en");
}

/** A line's worth; the secret's own page has all of it. */
function cut(message: string): string {
  return message.length > 140 ? `${message.slice(0, 140)} …` : message;
}

function pager(place: Place, { page, pages }: FleetView, query: FleetQuery): Html | undefined {
  if (pages === 1) return undefined;
  const link = (number: number, words: string) =>
    html`<a class="button" href="${to(place, "/fleet", { ...query, page: number })}">${words}</a>`;
  return html`<nav class="buttons" aria-label="Pages">${page > 1 && link(page - 1, "Before")}${page < pages && link(page + 1, "After")}</nav>`;
}
