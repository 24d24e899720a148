import { OVERDUE_REASONS } from "../fleet/overdue.js";
import { CHECKS } from "../rotation/dry-run/checklist.js";
import { NOTHING_ENDED } from "../rotation/ended.js";
import { GIVEN_UP, REFRESH_SKIPS, RETIREMENT_SKIPS, SKIP_REASONS, WAIT_REASONS } from "../rotation/reasons.js";
import { chapter, chapterOf } from "./explanation.js";

const NOTHING = "Nothing.";
const TAG_IT = "If it is to be rotated, tag it keyturn:stage with the stage and keyturn:schedule with a schedule.";
const MEND = "Mend what the check's own code says; it has an entry here.";

export const SKIPPED = chapterOf(
  {
    title: "Rotations that were skipped",
    kind: "reason",
    of: "a rotation",
    about:
      "The `reason` of a rotation whose outcome is `skipped`: nothing was written, and applications notice nothing.",
  },
  SKIP_REASONS,
  {
    NotManaged: `Nothing, where that is meant. ${TAG_IT}`,
    OtherSchedule: "Nothing, where that is meant. Else correct the tag, or ask by the schedule that it names.",
    NotSelected: "Nothing, where that is meant. Else correct the secret's tags, or the selection that was asked for.",
    Paused: "Take the tag keyturn:pause off, or wait until the time that it names.",
    NativeSchedule:
      "Nothing: Secrets Manager starts it. To have Keyturn's schedule count instead: npx keyturn native <secret> off.",
    NothingPending: "Nothing. To rotate it now, start a rotation.",
    Blackout: "Nothing: the schedule's next run takes it up. A request by hand rotates it all the same.",
    BackingOff: "Look at why its last rotation failed, and mend that. Then rotate it by hand, which waits for nothing.",
    NotDue: "Nothing. A request by hand rotates it all the same.",
    AlreadyRotating: "Nothing. If it stays so for two hours, look at the execution that holds it.",
    ServerBusy:
      "Nothing: it is tried again in the same run. If the run is to take less time, raise atOncePerServer in keyturn.yml.",
    Staggered:
      "Nothing: it is come back to in the same run. If the run is to take less time, lower staggerMinutes in keyturn.yml.",
    ServerSilent: "See that the server is up and lets the functions in. It is tried again by itself.",
    RotatedSinceAsked: NOTHING,
  },
);

export const WAITING = chapterOf(
  {
    title: "Rotations that wait",
    kind: "reason",
    of: "a rotation that waits",
    about: "What Plan's output says while an execution waits for its turn.",
  },
  WAIT_REASONS,
  {
    LastHolderEnded: "Nothing: it takes 75 seconds.",
    AlreadyRotating: "Nothing. If it stays so for two hours, look at the execution that holds it.",
    ServerBusy: "Nothing.",
    Paced: "Nothing. writesPerSecond in keyturn.yml is the pace.",
    Retiring: NOTHING,
  },
);

/** What a decision says that went on, or an execution that came to be noted. */
export const BEGUN = chapter(
  {
    title: "Rotations that began",
    kind: "reason",
    of: "a rotation that began",
    about: "The `reason` of a rotation that was made, and of an execution that ended where no state could act.",
  },
  {
    Started: ["Nothing was left unfinished, so a new credential was made.", NOTHING],
    Resumed: [
      "A rotation was left unfinished, and may have changed the database; a new credential took its place.",
      NOTHING,
    ],
    EmptyPending: ["AWSPENDING was left on an empty version; a new one took its place.", NOTHING],
    Restored: ["The credential before was brought back, as somebody had asked.", NOTHING],
    StalePending: [
      "A rotation was left unfinished, and the secret was edited since; a new credential, with the fields of today, took its place.",
      NOTHING,
    ],
    SupersededPending: ["AWSPENDING was left for the user that is in use now; a new version took its place.", NOTHING],
    ExecutionAborted: [
      "Somebody stopped the execution. Recovery brought the secret to rest, or found nothing to do.",
      "If it was meant, nothing. The outcome beside it says whether anything is left to do.",
    ],
    ExecutionTimedOut: [
      "The execution reached its time limit. Recovery brought the secret to rest, or found nothing to do.",
      "Look in its history at what it waited for, then rotate again.",
    ],
    ExecutionFailed: [
      "The execution failed where no record could be written. Recovery brought the secret to rest, or found nothing to do.",
      "Look in its history at what failed, then rotate again.",
    ],
    [GIVEN_UP]: [
      "The recoveries of a rotation, or the restarts of a retirement, were cut off again and again.",
      "Look at the executions' histories for what cut them off, mend it, then rotate the secret. It needs attention until then.",
    ],
  },
);

export const FLEETS = chapter(
  {
    title: "Secrets in a run",
    kind: "reason",
    of: "a run",
    about: "What a run's counts (`byReason`) say besides the reasons of its rotations.",
  },
  {
    StartedAlready: ["The same run had started this rotation before.", NOTHING],
    Stopped: [
      "The rotation's execution was stopped or timed out.",
      "Nothing: recovery looks after it, and it is told of.",
    ],
    AccountUnreachable: [
      "The secrets of another account could not be listed, so none of them was rotated; the account is named behind the colon, and behind that the code of a cause that passes. The log of list-due has why.",
      "With a code: nothing, the next run lists it again. Without: have its owner deploy there what npm run -s account-template prints (docs/accounts.md), or take the account out of keyturn.yml.",
    ],
    PageLost: [
      "A page of the run's secrets was lost, whole, to a fault of Step Functions'. The run goes on with the next.",
      "Look at the map run in Step Functions. Its secrets are tried by the next run.",
    ],
  },
);

export const OVERDUE = chapterOf(
  {
    title: "Secrets that are overdue",
    kind: "reason",
    of: "an overdue secret",
    about: "Why a secret that `Secrets Overdue` names was not rotated.",
  },
  OVERDUE_REASONS,
  {
    WrongTag: "Run it dry: the check Plan says which tag. Correct it.",
    NotSelected: "Correct the schedule's selection in keyturn.yml and deploy, or the secret's tag keyturn:schedule.",
    Paused: "Take the tag keyturn:pause off when the reason for it is gone.",
    NeedsAttention: "Its record has the commands, case by case: see Secret Rotation Needs Attention.",
    Failing: "Look at why in its record, and mend that; then rotate it by hand.",
    Blackout:
      "Nothing, if the blackout ends soon enough. Else rotate it by hand, or shorten the blackout in keyturn.yml.",
    NotTried: "See that the schedule is enabled and its run came to an end: it may have stopped itself.",
  },
);

export const RETIRING = chapterOf(
  {
    title: "Retirements that were skipped",
    kind: "reason",
    of: "a retirement",
    about: "Why `retire-secret` left an old credential as it is.",
  },
  RETIREMENT_SKIPS,
  {
    NotManaged: TAG_IT,
    NotOnRecord: "Nothing. A retirement is started by a rotation's own announcement.",
    NoSuchExecution: NOTHING,
    NotTurnedOn:
      "If old credentials are to be retired, set retireAfterMinutes in the schedule, or say it in the request.",
    NothingToRetire: "Nothing: with a single user the old password is refused from the rotation on.",
    Overtaken: "Nothing, where the newer rotation was Keyturn's. Else rotate the secret: that looks after both.",
    PreviousMoved:
      "See who moved AWSPREVIOUS, in CloudTrail. Rotate the secret: that leaves this credential behind, too.",
    AlreadyRetired: NOTHING,
  },
);

export const TOLD = chapterOf(
  {
    title: "Consumers that are not told",
    kind: "reason",
    of: "a consumer's refresh",
    about: "Why `refresh-consumers` told nobody.",
  },
  REFRESH_SKIPS,
  {
    NotManaged: TAG_IT,
    WrongTags: "Run the secret dry: the check Plan says which tag. Correct it.",
    NotOnRecord: "Nothing. It is started by a rotation's own announcement.",
    NobodyToTell: "Nothing, where that is meant. Else name a consumer in the tag keyturn:consumers or in the schedule.",
  },
);

export const SILENT = chapter(
  {
    title: "What nobody is told of",
    kind: "reason",
    of: "a message",
    about: "What `notice-move` and the function that writes messages put out where there is nothing to tell.",
  },
  {
    Own: ["AWSCURRENT was moved by Keyturn itself.", NOTHING],
    FirstVersion: ["AWSCURRENT is on the secret's first version.", NOTHING],
    NotCurrent: ["AWSCURRENT has moved on since.", NOTHING],
    NoticedAlready: ["The move was told of before.", NOTHING],
    NotOurs: ["The event is none that Keyturn tells people of.", NOTHING],
    ToldOfItsRun: ["The failure is told of with all others of its run, at its end.", NOTHING],
    NothingToTell: ["All went well in the run.", NOTHING],
    NotOnRecord: [
      "Nothing on record is as the event says, so it was not told: only what is on record is.",
      "If somebody waits for that message, look at the execution that the event names.",
    ],
  },
);

export const LEFT = chapterOf(
  {
    title: "Recoveries with nothing to do",
    kind: "reason",
    of: "a recovery",
    about: "What a recovery puts out where the execution that it was to look after left nothing.",
  },
  NOTHING_ENDED,
  { StillRunning: NOTHING, NoSuchExecution: NOTHING, NothingAsked: NOTHING },
);

export const CHECKED = chapterOf(
  {
    title: "Checks of a dry run",
    kind: "check",
    of: "a dry run",
    about:
      "What a dry run looks at, and what is true where it is well. Where it is not, the check has a `code` of its own.",
  },
  CHECKS,
  {
    Plan: MEND,
    PasswordPolicy: MEND,
    UserName: MEND,
    LoginUnclaimed: MEND,
    AdminOffered: MEND,
    ReadersAllowed: MEND,
    ConsumersAllowed: MEND,
    ReplicasInSync: MEND,
    SecretRead: MEND,
    AdminRead: MEND,
    NextUser: MEND,
    Pending: MEND,
    Copies: MEND,
    Size: MEND,
    Login: MEND,
    AdminLogin: MEND,
    Rights: MEND,
    Probes: MEND,
    Readers: MEND,
    LabelMovable: MEND,
    Completed: "Look at the function's log, by the execution that the dry run names; then run it dry again.",
  },
);
