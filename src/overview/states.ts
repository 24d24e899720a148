/** A secret's state in a word, the worst first. The same words everywhere: the command, the console, documents. */
export const STATES = {
  "needs attention": "Its last rotation ended so that a person must look at it.",
  failing: "Its last rotation failed. The credential in use is the one before, and works.",
  overdue: "Its schedule should have rotated it more than a day ago.",
  retrying: "A rotation is under way, and tries again what failed.",
  running: "A rotation is under way, or a retirement.",
  due: "Its schedule rotates it at the next run.",
  paused: "Its tag keyturn:pause holds its rotations.",
  ok: "It is not its turn.",
} as const;

export type SecretState = keyof typeof STATES;

/** Of each state how many, the worst first; all of them, those with none too. */
export type Counts = Readonly<Record<SecretState, number>>;

export function countStates(of: ReadonlyArray<{ readonly state: SecretState }>): Counts {
  const counts = Object.fromEntries(Object.keys(STATES).map((state) => [state, 0])) as Record<SecretState, number>;
  for (const { state } of of) counts[state] += 1;
  return counts;
}

/** For sorting: 0 is the worst. */
export function rankOf(state: SecretState): number {
  return Object.keys(STATES).indexOf(state);
}

/** The word as it is typed: `needs-attention`. */
export function asFlag(state: string): string {
  return state.replaceAll(" ", "-");
}
