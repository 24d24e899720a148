import type { Classification } from "../engine.js";
import { type Link as AnyLink, chainOf, classification, type Row } from "../error-rows.js";
import { classifyNetworkError } from "../network-errors.js";
import { DRIVER, TLS_MESSAGES } from "./driver-errors.js";
import { NUMBERS, TRIGGER } from "./server-errors.js";

interface Link extends AnyLink {
  readonly errorNum?: unknown;
}

/**
 * The driver tells what happened by a server's number, by one of its own (NJS), or, of the network and of TLS, in words
 * only: it drops the codes that Node gave it. The first that says something counts, from the outside in.
 */
export function classify(error: unknown): Classification | undefined {
  const chain = chainOf<Link>(error);
  for (const link of chain) {
    const row = byNumber(link);
    if (row) return classification(row);
  }
  for (const link of chain) {
    const network = byNetwork(link);
    if (network) return network;
  }
  for (const { code } of chain) {
    const row = DRIVER[String(code)];
    if (row) return classification(row);
  }
  return undefined;
}

/**
 * The ORA numbers of an error, from the outside in. Of a server's, what is inside counts only where the outer one says no
 * more than that something else happened: else the text has names and words that others chose.
 */
export function numbersOf(error: unknown): number[] {
  const { errorNum, message } = (error ?? {}) as Link;
  const inside = (pattern: RegExp) => [...String(message ?? "").matchAll(pattern)].map(([, digits]) => Number(digits));
  if (typeof errorNum !== "number" || errorNum <= 0) return inside(/\bORA-(\d{1,5})\b/g);
  return WRAPPERS.has(errorNum) ? [errorNum, ...inside(/^ORA-(\d{1,5})\b/gm)] : [errorNum];
}

/** An error at a recursive level, or in a trigger. https://docs.oracle.com/error-help/db/ora-00604/, …/ora-04088/ */
const WRAPPERS: ReadonlySet<number> = new Set([604, 4088]);

function byNumber(link: Link): Row | undefined {
  for (const number of numbersOf(link)) {
    const row = NUMBERS[number] ?? (number >= 20000 && number <= 20999 ? TRIGGER : undefined);
    if (row) return row;
  }
  return undefined;
}

function byNetwork(link: Link): Classification | undefined {
  const plain = classifyNetworkError(link);
  if (plain) return plain;
  const text = String(link.message ?? "");
  if (link.code === "NJS-506") {
    const row = TLS_MESSAGES.find(([pattern]) => pattern.test(text))?.[1];
    if (row) return classification(row);
  }
  // What Node said is at the end, below the driver's own line.
  const [, code] = /\n.*?\b(E[A-Z]{4,}|EAI_AGAIN)\b/s.exec(text) ?? [];
  return code ? classifyNetworkError({ code }) : undefined;
}
