import type { SecretState } from "../overview/states.js";
import { type Html, html } from "./html.js";

/** A secret's state: word, mark and colour. */
export function stateWord(state: SecretState): Html {
  return html`<span class="state ${classOf(state)}">${state}</span>`;
}

/** The outcome of a rotation, or how an execution stands. */
export function outcomeWord(outcome: string): Html {
  return html`<span class="state ${OUTCOMES.get(outcome) ?? "failing"}">${outcome}</span>`;
}

/** What is none of these has not gone well. */
const OUTCOMES: ReadonlyMap<string, string> = new Map([
  ["succeeded", "ok"],
  ["rolled forward", "ok"],
  ["retired", "ok"],
  ["refreshed", "ok"],
  ["passed", "ok"],
  ["running", "running"],
  ["retrying", "retrying"],
  ["skipped", "paused"],
  ["needs attention", "attention"],
]);

/** A moment, as far from now as a person would say it; the exact one stands in the title. */
export function ago(at: string | Date | undefined, now: Date): Html | undefined {
  if (at === undefined) return undefined;
  const iso = typeof at === "string" ? at : at.toISOString();
  const ms = now.getTime() - Date.parse(iso);
  if (Number.isNaN(ms)) return html`${iso}`;
  const far = span(Math.abs(ms));
  const words = Math.abs(ms) < 1_000 ? "now" : ms > 0 ? `${far} ago` : `in ${far}`;
  return html`<time datetime="${iso}" title="${iso}">${words}</time>`;
}

/** What an execution is called, short. */
export function executionName(executionArn: string): string {
  return executionArn.slice(executionArn.lastIndexOf(":") + 1);
}

/**
 * What a secret is called, by its ARN or name: Secrets Manager puts a hyphen and six characters behind the name. One of another
 * account or region than `at`, an ARN of the deployment, is called by its whole ARN, since a name is the deployment's own.
 */
export function nameIn(secretId: string, at: string): string {
  const place = (arn: string) => arn.split(":").slice(3, 5).join(":");
  if (!secretId.startsWith("arn:") || place(secretId) !== place(at)) return secretId;
  return (secretId.split(":")[6] ?? secretId).replace(/-[A-Za-z0-9]{6}$/, "");
}

/** `240 ms`, `3.2 s`, `4 min`, `2 h`, `3 d` */
export function span(ms: number): string {
  const [amount, unit] = UNITS.find(([of]) => ms >= of * 0.95) ?? [1, "ms"];
  const number = Math.max(0, ms) / amount;
  return `${number < 10 && unit !== "ms" ? Math.round(number * 10) / 10 : Math.round(number)} ${unit}`;
}

const UNITS = [
  [86_400_000, "d"],
  [3_600_000, "h"],
  [60_000, "min"],
  [1_000, "s"],
] as const;

/** The class under which the style sheet has a state's colour and mark. */
export function classOf(state: SecretState): string {
  return state === "needs attention" ? "attention" : state;
}
