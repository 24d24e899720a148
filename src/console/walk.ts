import { randomUUID } from "node:crypto";
import { mistakesIn } from "../storing/checks.js";
import type { Draft, Key, Mistake, Offered } from "../storing/draft.js";
import { type Question, questions } from "../storing/questions.js";

/** The walk's steps, in the order of AWS's own; the last is the review. */
export const STEPS = [
  { name: "kind", title: "Kind", keys: ["type"] },
  {
    name: "value",
    title: "Credential",
    keys: ["host", "port", "database", "username", "password", "tls", "fields"],
  },
  { name: "about", title: "Name and tags", keys: ["name", "description", "tags"] },
  { name: "sharing", title: "Key and sharing", keys: ["kmsKey", "accounts", "regions"] },
  { name: "rotation", title: "Rotation", keys: ["schedule", "adminFor", "strategy", "admin"] },
] as const satisfies ReadonlyArray<{ readonly name: string; readonly title: string; readonly keys: readonly Key[] }>;

export type Step = (typeof STEPS)[number];

export function stepNamed(name: string): Step | undefined {
  return STEPS.find((step) => step.name === name);
}

/** The step after this one that has a question; undefined: the review. */
export function stepAfter(step: Step, draft: Draft, offered: Offered): Step | undefined {
  return STEPS.slice(STEPS.indexOf(step) + 1).find((one) => questionsOf(one, draft, offered).length > 0);
}

export function questionsOf(step: Step, draft: Draft, offered: Offered): Question[] {
  const keys: readonly Key[] = step.keys;
  return questions(draft, offered).filter(({ key }) => keys.includes(key));
}

export function mistakesOf(step: Step, draft: Draft, offered: Offered): Mistake[] {
  const keys: readonly Key[] = step.keys;
  return mistakesIn(draft, offered).filter(({ key }) => keys.includes(key));
}

/** A draft without the answers to questions that an answer has taken away: another type, no schedule. */
export function pruned(draft: Draft, offered: Offered): Draft {
  const asked = questions(draft, offered).map(({ key }) => key);
  const kept = Object.entries(draft).filter(([key]) => asked.includes(key as Key));
  const rest = Object.fromEntries(kept) as Draft;
  return kept.length === Object.keys(draft).length ? draft : pruned(rest, offered);
}

/** Drafts of this process, of which a browser knows the name only: what is secret in one never goes back there. */
export interface Drafts {
  /** Gives the new draft's name. */
  begin(): string;
  /** Undefined where it was stored, or is too old. */
  find(name: string): Draft | undefined;
  keep(name: string, draft: Draft): void;
  forget(name: string): void;
}

/** A password is not held longer than somebody may be away from a form; drafts, not more than anybody fills in at once. */
const KEPT_MS = 30 * 60_000;
const MOST = 20;

export function drafts(clock: () => Date): Drafts {
  const kept = new Map<string, { readonly draft: Draft; readonly at: number }>();
  const sweep = () => {
    const now = clock().getTime();
    for (const [name, { at }] of kept) if (now - at > KEPT_MS || kept.size > MOST) kept.delete(name);
  };
  // Nobody may come back: its time is over all the same.
  setInterval(sweep, 60_000).unref();
  return {
    begin() {
      const name = randomUUID();
      kept.set(name, { draft: {}, at: clock().getTime() });
      sweep();
      return name;
    },
    find(name) {
      sweep();
      return kept.get(name)?.draft;
    },
    keep: (name, draft) => void kept.set(name, { draft, at: clock().getTime() }),
    forget: (name) => void kept.delete(name),
  };
}
