import { type Html, html } from "../html.js";
import { type Place, to } from "../place.js";

export interface Page {
  readonly title: string;
  /** The part of the console that it belongs to. */
  readonly part?: Part;
  readonly main: Html;
  /** It is fetched again after so many milliseconds, and what is marked as `data-live` brought up to date. */
  readonly everyMs?: number;
}

const PARTS = { "/fleet": "Fleet", "/store": "Store a secret", "/audit": "Audit" } as const;
export type Part = keyof typeof PARTS;

export function layout(place: Place, { title, part, main, everyMs }: Page): Html {
  const links = Object.entries(PARTS).map(
    ([path, name]) => html`<a href="${to(place, path)}"${path === part && html` aria-current="page"`}>${name}</a>`,
  );
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${title} · Keyturn</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="${to(place, "/assets/icon.svg")}">
<link rel="stylesheet" href="${to(place, "/assets/console.css")}">
<script type="module" src="${to(place, "/assets/console.js")}"></script>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header><strong>Keyturn</strong><nav aria-label="Console">${links}</nav><small>${place.stage}, ${place.where}</small></header>
<main id="main" tabindex="-1"${everyMs !== undefined && html` data-every="${everyMs}"`}>
<h1>${title}</h1>
${main}
</main>
<footer>This page is served by <code>keyturn console</code> on this machine, and can do what its AWS credentials can. It shows no secret value. Ctrl-C in the terminal ends it.</footer>
</body>
</html>`;
}

/** What is not there, was refused, or went wrong. */
export function notice(place: Place, title: string, message: string): Html {
  return layout(place, { title, main: html`<div class="notice failing" role="alert"><p>${message}</p></div>` });
}
