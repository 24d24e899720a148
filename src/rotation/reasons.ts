/** Why nothing is done. The names stand as they are in audit records, events and on the command line. */
export const SKIP_REASONS = {
  NotManaged: "The secret has no tag keyturn:schedule, so it is not Keyturn's to rotate.",
  OtherSchedule: "The secret's tag keyturn:schedule names another schedule.",
  NotDue: "The secret was rotated too recently to be due.",
  AlreadyRotating: "Another execution is rotating the secret now.",
  RotatedSinceAsked: "The secret was rotated after this rotation had been asked for.",
} as const;

export type SkipReason = keyof typeof SKIP_REASONS;

/** The reason of a rotation whose recoveries were cut off again and again. */
export const GIVEN_UP = "RecoveryGivenUp";
