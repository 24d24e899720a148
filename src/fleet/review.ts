import type { Rules } from "../rotation/rules.js";
import { belongs, turnOf } from "./list-due.js";
import type { Fleet, ListedSecret, ListSecrets } from "./page.js";

/** Whom a run would start, found out before there is one. */
export interface Review {
  readonly takes: readonly ListedSecret[];
  /** How many of its secrets it is not the turn of, by reason. */
  readonly leftOut: Readonly<Record<string, number>>;
}

/** What a run by a selection would do now, as far as tags and names say so; each rotation decides again. */
export async function review(fleet: Fleet, list: ListSecrets, rules: Pick<Rules, "stage">, now: Date): Promise<Review> {
  const takes: ListedSecret[] = [];
  const leftOut: Record<string, number> = {};
  for await (const secret of managed(fleet, list, rules)) {
    const reason = turnOf(secret, fleet, undefined, undefined, now, rules)?.reason;
    if (reason) leftOut[reason] = (leftOut[reason] ?? 0) + 1;
    else takes.push(secret);
  }
  return { takes, leftOut };
}

/** The stage's secrets that a run is about, due or not. */
export async function* managed(
  fleet: Fleet,
  list: ListSecrets,
  { stage }: Pick<Rules, "stage">,
): AsyncGenerator<ListedSecret, void> {
  let token: string | undefined;
  do {
    const { secrets, nextToken } = await list(token);
    for (const secret of secrets) if (belongs(secret, fleet, stage)) yield secret;
    token = nextToken;
  } while (token);
}
