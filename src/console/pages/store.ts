import type { Draft, Mistake, Option } from "../../storing/draft.js";
import type { Question } from "../../storing/questions.js";
import type { Review } from "../../storing/review.js";
import { type Html, html } from "../html.js";
import { type Place, to } from "../place.js";
import { STEPS, type Step } from "../walk.js";
import { layout } from "./layout.js";

export interface StepShown {
  readonly draftName: string;
  readonly step: Step;
  readonly questions: readonly Question[];
  readonly draft: Draft;
  /** None before anything was answered. */
  readonly mistakes: readonly Mistake[];
}

/** One step of the walk. */
export function stepPage(place: Place, { draftName, step, questions, draft, mistakes }: StepShown): Html {
  return layout(place, {
    title: "Store a secret",
    part: "/store",
    main: html`${progress(place, draftName, step.name)}
<h2>${step.title}</h2>
${mistakes.length > 0 && html`<div class="notice failing" role="alert"><ul>${mistakes.map(({ key, message }) => html`<li><a href="#${key}">${message}</a></li>`)}</ul></div>`}
<form method="post" action="${to(place, "/store")}" autocomplete="off">
<input type="hidden" name="draft" value="${draftName}"><input type="hidden" name="step" value="${step.name}">
${questions.map((question) =>
  field(
    question,
    draft,
    mistakes.find(({ key }) => key === question.key),
  ),
)}
<p class="buttons"><button class="main">Go on</button></p>
</form>`,
  });
}

/** Where one is in the walk; what was answered can be gone back to. */
function progress(place: Place, draft: string, at: string): Html {
  const reached = at === "review" ? STEPS.length : STEPS.findIndex(({ name }) => name === at);
  const item = (name: string, title: string, index: number) =>
    html`<li>${index <= reached ? html`<a href="${to(place, "/store/step", { draft, step: name })}"${name === at && html` aria-current="step"`}>${title}</a>` : html`<span>${title}</span>`}</li>`;
  return html`<nav aria-label="Steps"><ol class="chips">${STEPS.map(({ name, title }, index) => item(name, title, index))}<li><span${at === "review" && html` aria-current="step"`}>Review</span></li></ol></nav>`;
}

function field(question: Question, draft: Draft, mistake: Mistake | undefined): Html {
  const { key, ask, hint, otherwise, kind } = question;
  const notes = [hint, otherwise !== undefined && `Without an answer: ${otherwise}.`].filter(Boolean).join(". ");
  const wrong = mistake && html`<small class="wrong" id="${key}-wrong">${mistake.message}</small>`;
  const help = html`${notes && html`<small id="${key}-hint">${notes}</small>`}${wrong}`;
  const marks = html`id="${key}" name="${key}" aria-describedby="${[notes && `${key}-hint`, mistake && `${key}-wrong`].filter(Boolean).join(" ")}"${mistake && html` aria-invalid="true"`}`;
  const value = draft[key];
  switch (kind) {
    case "choice":
      return html`<fieldset class="field choices" id="${key}" tabindex="-1"><legend>${ask}</legend>${help}${choices(question, typeof value === "string" ? value : undefined)}</fieldset>`;
    case "password":
      return html`<div class="field"><label for="${key}">${ask}</label>${help}${value !== undefined && html`<small>It is kept; leave this empty, or type another.</small>`}<input type="password" autocomplete="off" ${marks}></div>`;
    case "list":
      return html`<div class="field"><label for="${key}">${ask}</label>${help}<small>One a line.</small><textarea rows="3" ${marks}>${Array.isArray(value) ? value.join("\n") : ""}</textarea></div>`;
    case "fields":
      return html`<fieldset class="field" id="${key}" tabindex="-1"><legend>${ask}</legend>${help}${fields(draft)}</fieldset>`;
    default:
      return html`<div class="field"><label for="${key}">${ask}</label>${help}<input autocomplete="off" spellcheck="false" value="${typeof value === "string" ? value : ""}" ${marks}></div>`;
  }
}

function choices({ key, options = [], otherwise }: Question, chosen: string | undefined): Html {
  // What no answer means, where it is one of them.
  const taken = chosen ?? options.find(({ value }) => value === (otherwise === "none" ? "" : otherwise))?.value;
  const one = ({ value, label, hint }: Option) =>
    html`<label><input type="radio" name="${key}" value="${value}"${value === taken && html` checked`}> ${label}${hint && html`<small>${hint}</small>`}</label>`;
  return html`${options.map(one)}`;
}

/** Rows that are empty; more come with the next look at the step. */
const ROWS = 4;

function fields({ fields: kept = {} }: Draft): Html {
  const known = Object.keys(kept).map(
    (name) =>
      html`<label><input type="checkbox" name="remove" value="${name}"> Take out <code>${name}</code>, whose value is kept</label>`,
  );
  const row = (number: number) =>
    html`<div class="row"><label>Name <input name="field" autocomplete="off" spellcheck="false" aria-label="Name ${number}"></label><label>Value <input type="password" name="value" autocomplete="off" aria-label="Value ${number}"></label></div>`;
  return html`${known}${Array.from({ length: ROWS }, (_, index) => row(index + 1))}`;
}

export interface ReviewShown {
  readonly draftName: string;
  readonly review: Review;
  /** What AWS, or the database, said to it. */
  readonly refusal?: { readonly code: string; readonly message: string; readonly isOfLogin: boolean };
}

export function reviewPage(place: Place, { draftName, review, refusal }: ReviewShown): Html {
  const section = ({ title, rows }: Review["sections"][number]) =>
    html`<h2>${title}</h2><dl>${rows.map(([label, value]) => html`<dt>${label}</dt><dd>${value}</dd>`)}</dl>`;
  return layout(place, {
    title: "Store a secret",
    part: "/store",
    main: html`${progress(place, draftName, "review")}
${refusal && html`<div class="notice failing" role="alert"><p><code>${refusal.code}</code> ${refusal.message}</p><p>Nothing was stored. Mend it, and store again.</p></div>`}
${review.sections.map(section)}
${review.notes.length > 0 && html`<div class="notice due"><ul>${review.notes.map((note) => html`<li>${note}</li>`)}</ul></div>`}
<form method="post" action="${to(place, "/store/it")}">
<input type="hidden" name="draft" value="${draftName}">
${refusal?.isOfLogin && html`<label class="field"><input type="checkbox" name="skipLogin" value="yes"> Store it without logging in <small>for a database that is reached from its VPC only; a dry run tries it there</small></label>`}
<p class="quiet">Of a database the credential is tried first, from this machine; nothing is stored where it does not get in.</p>
<p class="buttons"><button class="main">Store it</button></p>
</form>`,
  });
}
