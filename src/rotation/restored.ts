/**
 * The reasons of rotations that logged in as AWSCURRENT before they changed anything: nothing had been left that may have been
 * the way in. `Judged` has them.
 */
const FROM_THE_BEGINNING: readonly string[] = ["Started", "EmptyPending", "SupersededPending", "Restored"];

/** Whether the credential that a rotation took the place of is known to have got in. */
export function provedItsPrevious({ outcome, reason }: { readonly outcome: string; readonly reason: string }): boolean {
  return outcome === "succeeded" && FROM_THE_BEGINNING.includes(reason);
}
