/** Why nothing is done. The names stand as they are in audit records, events and on the command line. */
export const SKIP_REASONS = {
  NotManaged:
    "The secret has no tags keyturn:stage and keyturn:schedule for this deployment, so it is not Keyturn's to rotate.",
  OtherSchedule: "The secret's tag keyturn:schedule names another schedule.",
  NotSelected: "The secret does not carry the tags, or no longer, of those that were asked for.",
  Paused: "The secret's tag keyturn:pause holds its rotations.",
  NativeSchedule:
    "Secrets Manager's own schedule counts for the secret, so no other starts it; aws secretsmanager describe-secret shows when.",
  NothingPending:
    "Secrets Manager waits for no new version of the secret: its rotation was done, or given up, before this one began.",
  Blackout: "The schedule's blackout has begun, in which it starts no rotation.",
  BackingOff: "Its last rotation failed, and each failure in a row makes the schedule wait longer, up to a day.",
  NotDue: "The secret was rotated too recently to be due.",
  AlreadyRotating: "Another execution is rotating the secret now.",
  ServerBusy:
    "As many rotations as may (atOncePerServer) are at work on the secret's database server, or some there wait for an answer.",
  Staggered:
    "Another rotation on the secret's database server has begun too recently: schedules keep them apart (staggerMinutes).",
  ServerSilent: "The secret's database server gave the last rotations no answer, so it is left alone for some minutes.",
  RotatedSinceAsked: "A rotation of the secret has begun after this one had been asked for, and succeeded.",
} as const;

export type SkipReason = keyof typeof SKIP_REASONS;

/** What a rotation waits for before it begins. */
export const WAIT_REASONS = {
  LastHolderEnded: "The execution that holds the secret's lock has ended; what it may have left at work is waited for.",
  AlreadyRotating:
    "Another execution is at work on the secret: it rotates it, or brings to rest what one left that was cut off. This one begins when that has ended.",
  ServerBusy: SKIP_REASONS.ServerBusy,
  Paced: "As many rotations begin as the account's quota for writes to Secrets Manager lets (writesPerSecond).",
  Retiring: "The credential before the current one is being retired at this moment. This rotation begins after that.",
} as const;

export type WaitReason = keyof typeof WAIT_REASONS;

/** Why an old credential is not retired. The names are in the outputs of `retire-secret`. */
export const RETIREMENT_SKIPS = {
  NotManaged: "The secret is no longer tagged for this deployment, so it is not Keyturn's to change.",
  NotOnRecord: "No record says that this execution rotated the secret, so it left no credential to retire.",
  NoSuchExecution: "The retirement that was to be started again is none that has ended.",
  NotTurnedOn: "Neither the secret's schedule nor the request says retireAfterMinutes.",
  NothingToRetire: "The rotation left no old credential valid.",
  Overtaken: "AWSCURRENT is on a newer version; what made it so looks after the credentials before it.",
  PreviousMoved: "AWSPREVIOUS is no longer on the version that the rotation replaced.",
  AlreadyRetired: "The credential of that version was retired before.",
} as const;

export type RetirementSkip = keyof typeof RETIREMENT_SKIPS;

/** Why nobody is told of a rotation. The names are in the outputs of `refresh-consumers`. */
export const REFRESH_SKIPS = {
  NotManaged: "The secret is no longer tagged for this deployment.",
  WrongTags: "A tag of the secret is wrong, which its rotations say, too. Nobody is told until it is mended.",
  NotOnRecord: "No record says that this execution rotated the secret, so there is nothing to take up.",
  NobodyToTell: "Neither the secret's tags nor its schedule name a consumer that is declared for it.",
} as const;

export type RefreshSkip = keyof typeof REFRESH_SKIPS;

/** The reason of a rotation whose recoveries, or of a retirement whose restarts, were cut off again and again. */
export const GIVEN_UP = "RecoveryGivenUp";
