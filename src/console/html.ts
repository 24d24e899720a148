import { raw, html as tagged } from "hono/html";
import type { HtmlEscapedString } from "hono/utils/html";

/** Markup; the only thing that `html` takes as it is. */
export type Html = HtmlEscapedString;

type Shown = string | number | false | undefined | Html | readonly Shown[];

/**
 * Markup with values in it, each escaped: text of others goes in as it is, and only where an element's text or a quoted
 * attribute stands.
 */
export const html = tagged as (strings: TemplateStringsArray, ...values: readonly Shown[]) => Html;

/** Nothing. */
export const NOTHING: Html = raw("");
