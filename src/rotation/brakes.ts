/** What keeps many rotations at once from harming each other: a pace for all, and a door for each database server. */

/** As many rotations change one server's logins at a time, unless keyturn.yml says otherwise. */
export const AT_ONCE_PER_SERVER = 10;

/**
 * Writes to Secrets Manager in a second, over all runs, unless keyturn.yml says otherwise: of 50 that an account has for those
 * that make versions and move labels. https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html
 */
export const WRITES_PER_SECOND = 40;

/** One stores the new version, one moves AWSCURRENT. */
const WRITES_OF_A_ROTATION = 2;

/** Milliseconds from the beginning of one rotation to the next one's. */
export function paceOf(writesPerSecond = WRITES_PER_SECOND): number {
  return (1_000 * WRITES_OF_A_ROTATION) / writesPerSecond;
}

/** A server that gave no answer to so many rotations in a row is left alone for so long. */
export const MOST_SILENCES = 3;
export const SILENCE_MS = 5 * 60_000;

/**
 * While `MOST_SILENCES` have been inside for so long, and nobody was answered since they came, one other is let in at a time,
 * `NEXT_TRY_MS` after the one before: whose answer opens the door to all. Who can have his own logins wait, by a lock, a trigger
 * or replicas, closes it to nobody.
 */
export const UNHEARD_MS = 3_000;
export const NEXT_TRY_MS = 10_000;

/** Whoever died inside is out after that; hardly a rotation takes so long. */
export const STAY_MS = 15 * 60_000;

/** Kept in DynamoDB by `src/aws`. Throws `KeyturnError`s only; every method may be called again. */
export interface Brakes {
  /**
   * Lets an execution in at a server's door: `ServerBusy` where `atOnce` others are inside, or some of them wait for an answer
   * (`UNHEARD_MS`, `NEXT_TRY_MS`); `ServerSilent` where the server gave none of the last rotations one; `Staggered` where another that is kept
   * apart, too, came in after `noneSince`. `evenIfSilent`: whoever asks wants to see for himself.
   */
  enter(
    server: string,
    executionArn: string,
    now: Date,
    how: { readonly atOnce: number; readonly evenIfSilent: boolean; readonly noneSince?: Date },
  ): Promise<"entered" | "entered after silence" | "ServerBusy" | "ServerSilent" | "Staggered">;
  /**
   * Goes out again. `answered`: whether the server did; `undefined` where that is not known. `unchanged`: nothing was changed
   * there, so the next of those that are kept apart need not wait for it.
   */
  leave(
    server: string,
    executionArn: string,
    now: Date,
    how: { readonly answered?: boolean | undefined; readonly unchanged?: boolean },
  ): Promise<void>;
  /** Those of these servers (at most 100) that let nobody in now, whoever is inside. `noneSince`: as `enter` has it. */
  closedAmong(
    servers: readonly string[],
    now: Date,
    noneSince?: Date,
  ): Promise<ReadonlyMap<string, "ServerSilent" | "Staggered">>;
  /**
   * Takes the next place in the line of all that begin, `everyMs` after the one before. Gives the milliseconds until then, or,
   * without a place taken, `full: true` where they are more than `mostMs`.
   */
  takePlace(
    now: Date,
    line: { readonly everyMs: number; readonly mostMs: number },
  ): Promise<{ readonly waitMs: number; readonly full?: true }>;
}

/** Whose door it is: of a server by its engine, host and port, whatever database is meant. `claim`: a claim, or its server. */
export function doorOf(claim: string): string {
  const [engine = "", address = ""] = claim.split(" ");
  return `${engine} ${address.split("/", 1)[0]}`;
}

/** Since when nobody may have begun on a server whose rotations are so many minutes apart. */
export function minutesBefore(now: Date, staggerMinutes: number): Date {
  return new Date(now.getTime() - staggerMinutes * 60_000);
}
