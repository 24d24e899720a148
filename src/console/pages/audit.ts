import type { Audited, AuditSearch } from "../desk.js";
import { type Html, html } from "../html.js";
import { type Place, to } from "../place.js";
import { layout } from "./layout.js";
import { happeningsTable } from "./secret.js";

const OUTCOMES = [
  "succeeded",
  "rolled forward",
  "failed",
  "rolled back",
  "needs attention",
  "skipped",
  "retired",
  "changed outside",
] as const;

/** The records, searched. */
export function auditPage(place: Place, search: AuditSearch, { happenings, looked, of, isCut }: Audited): Html {
  const { secret, outcome, reason, from, to: until } = search;
  const options = OUTCOMES.map((one) => html`<option${one === outcome && html` selected`}>${one}</option>`);
  return layout(place, {
    title: "Audit",
    part: "/audit",
    main: html`<form class="row" role="search" data-auto method="get" action="${to(place, "/audit")}">
<label>Secret <input type="search" name="secret" value="${secret}" placeholder="a part of its name"></label>
<label>Outcome <select name="outcome"><option value="">any</option>${options}</select></label>
<label>Reason <input name="reason" value="${reason}" placeholder="as in NotDue"></label>
<label>From <input type="date" name="from" value="${from}"></label>
<label>To <input type="date" name="to" value="${until}"></label>
<button>Search</button>
</form>
<p class="quiet" role="status">${happenings.length === 0 ? "Nothing was found" : `${happenings.length} found, the newest first`}${isCut && ", and there is more: narrow the search"}. Looked at the records of ${looked} of ${of} secrets${looked < of && ": records are kept by secret, so a search over all of them has an end. Say a part of the name, or narrow the time"}.</p>
${happenings.length > 0 && happeningsTable(place, happenings, true)}`,
  });
}
