import type { SecretStatus } from "../../overview/secret-status.js";
import { type Html, html } from "../html.js";
import { type Place, to } from "../place.js";
import { stateWord } from "../words.js";
import { layout } from "./layout.js";

/** What is looked at before many are rotated. */
export function selectionPage(place: Place, secrets: readonly SecretStatus[]): Html {
  const count = secrets.length === 1 ? "1 secret" : `${secrets.length} secrets`;
  return layout(place, {
    title: `Rotate ${count}?`,
    part: "/fleet",
    main: html`<p>Each is rotated now, whatever its age, in one run that is put on record with your name. What a schedule keeps to, this keeps to as well: secrets that are paused stay as they are.</p>
<ul>${secrets.map((one) => html`<li>${one.name} ${stateWord(one.state)}</li>`)}</ul>
<form method="post" action="${to(place, "/selection/rotate")}">
${secrets.map(({ arn }) => html`<input type="hidden" name="id" value="${arn}">`)}
${reasonField()}
<p class="buttons"><button class="main">Rotate ${count}</button><a class="button" href="${to(place, "/fleet")}">Do nothing</a></p>
</form>`,
  });
}

/** Why it is asked for; it stands in the records. */
export function reasonField(): Html {
  return html`<label class="field">Reason <small>stands in the records, for everybody who reads them</small><input name="reason" maxlength="200" autocomplete="off"></label>
<label class="field"><input type="checkbox" name="leaked" value="yes"> It leaked: the credential before is made useless at once</label>`;
}
