/** What a code is of: why something was or was not done, what went wrong, what a dry run looks at, what is announced, what is watched. */
export type Kind = "reason" | "error" | "check" | "event" | "alarm";

/** What a code that a person meets means, and what to do about it. */
export interface Explanation {
  /** As it stands in records, events, messages and outputs; of an event its `detail-type`. */
  readonly code: string;
  readonly kind: Kind;
  /** Whole sentences. */
  readonly means: string;
  /** Whole sentences: what the person who met it does next. */
  readonly todo: string;
}

/** A part of the runbook: the codes that a person meets in one place. */
export interface Chapter {
  readonly title: string;
  readonly kind: Kind;
  /** What such a code is of, to tell it from the same code elsewhere: "a retirement". */
  readonly of: string;
  /** A sentence that stands above the table. */
  readonly about: string;
  readonly entries: readonly Explanation[];
}

/** `means` and `todo` of a code, by the code. */
export type Entries = Readonly<Record<string, readonly [means: string, todo: string]>>;

type About = Omit<Chapter, "entries">;

/** A chapter whose meanings are written here. */
export function chapter(about: About, entries: Entries): Chapter {
  return {
    ...about,
    entries: Object.entries(entries).map(([code, [means, todo]]) => ({ code, kind: about.kind, means, todo })),
  };
}

/** A chapter of a table that stands elsewhere: its meanings are taken from there, and none of its codes can be forgotten. */
export function chapterOf<Code extends string>(
  about: About,
  meanings: Readonly<Record<Code, string>>,
  todos: Readonly<Record<Code, string>>,
): Chapter {
  const codes = Object.keys(meanings) as Code[];
  return {
    ...about,
    entries: codes.map((code) => ({ code, kind: about.kind, means: meanings[code], todo: todos[code] })),
  };
}

/** How the advice begins for what Step Functions tries again. */
export const WAIT_FIRST = "Nothing at first: it is tried again by itself. If it stays so:";
