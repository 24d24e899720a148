import { DETAIL_TYPES } from "../events/names.js";
import { chapter } from "./explanation.js";

const NOTHING = "Nothing.";

/** Typed by the table of names, so that an event without a line here does not compile. */
const MEANINGS: Readonly<Record<keyof typeof DETAIL_TYPES, readonly [means: string, todo: string]>> = {
  rotationRequested: [
    "Somebody asks Keyturn for a rotation, or a dry run. It is the one event that Keyturn listens to.",
    "Nothing: what becomes of it is announced.",
  ],
  rotationSucceeded: [
    "A credential was rotated. Its outcome is `succeeded`, or `rolled forward` after a failure that the new credential outlived.",
    "Nothing. Where it rolled forward, look at the reason, so that it does not fail again.",
  ],
  rotationSkipped: ["A rotation did nothing; its reason says why.", "Look the reason up: most need nothing."],
  rotationFailed: [
    "A rotation failed. Applications go on with the credential that they have: nothing was changed (`failed`), or it was changed back, proven by a login (`rolled back`).",
    "Look the reason up and mend it. Run the secret dry, then rotate it again or wait for its schedule.",
  ],
  rotationNeedsAttention: [
    "A rotation stopped where it could not be sure which credential is the right one. Both versions are kept, under labels of their own.",
    "At once: see whether applications get in. Then take the case of the record's `settle` that is true, and run its commands.",
  ],
  credentialRetired: ["An old credential was made useless, and the database refuses it.", NOTHING],
  retirementFailed: [
    "An old credential could not be retired, or not be proven to be: it may still be valid.",
    "Look the reason up and mend it, then rotate the secret: that leaves this credential behind, too.",
  ],
  changedOutside: [
    "AWSCURRENT of a managed secret was moved, and not by Keyturn.",
    "If it was meant, nothing. If not, see in CloudTrail who did it. A dry run says whether what stands there logs in.",
  ],
  checkFailed: [
    "A dry run, by hand or by the doctor, found that a rotation of the secret would fail.",
    "Look up the codes of its failed checks, and mend them before the rotation is due.",
  ],
  consumerRefreshed: ["A consumer has taken up the new credential, as far as its service can tell.", NOTHING],
  consumerFailed: [
    "A consumer could not be made to take up the new credential. The rotation stands; the consumer may hold an old credential.",
    "Look the reason up and mend it, and restart the consumer yourself: it is told again after the next rotation only.",
  ],
  fleetStarted: ["A run of a schedule, or of a selection that was asked for, begins to rotate.", NOTHING],
  fleetStopped: [
    "A run stopped itself, because more failed than toleratedFailurePercent allows. What comes after is untouched.",
    "Mend what failed, then start the execution again with its own input: it goes on with what is left.",
  ],
  fleetRotated: [
    "A run came to its end. Its counts say how many were rotated, skipped and failed, and why.",
    "Look up the reasons under `byReason` of what failed.",
  ],
  fleetChecked: [
    "The doctor, or a dry run of many, came to its end.",
    "Look at Secret Check Failed of those that failed.",
  ],
  secretsOverdue: [
    "Secrets that their schedules should have rotated more than a day ago, each with the reason, as far as it can be seen.",
    "Look up each reason. This is the message that nobody may leave lying: without it nothing else may have been said.",
  ],
};

export const EVENTS = chapter(
  {
    title: "Events",
    kind: "event",
    of: "an event",
    about: "The `detail-type` of what Keyturn puts on its bus, and of the one that it listens to.",
  },
  Object.fromEntries(
    Object.entries(MEANINGS).map(([name, said]) => [DETAIL_TYPES[name as keyof typeof DETAIL_TYPES], said]),
  ),
);

const LOOK =
  "Open the state machine in Step Functions, filter its executions by the status, and look at the last one's history.";

export const ALARMS = chapter(
  {
    title: "Alarms",
    kind: "alarm",
    of: "an alarm",
    about:
      "CloudWatch alarms of the deployment, by their logical ids. Each tells the topic of `notifications`, but for the two on what has messages of its own: FailureAlarm and OverdueAlarm.",
  },
  {
    RotateSecretAlarm: [
      "Executions of rotate-secret timed out, were stopped, or had to wait for the account's quota.",
      `${LOOK} Recovery looks after each of them; what it finds is announced. Throttled ones: lower writesPerSecond or the schedules' waves.`,
    ],
    RetireSecretAlarm: [
      "A retirement did not end as it should: an old credential may still be valid.",
      `${LOOK} Then rotate the secret.`,
    ],
    CheckSecretAlarm: ["A dry run did not end as it should. Nothing was changed.", LOOK],
    RotateFleetAlarm: [
      "A run failed, stopped itself, timed out or was stopped: secrets may not have been rotated.",
      `${LOOK} FleetStopped: see Fleet Rotation Stopped. Else start it again with its own input.`,
    ],
    NoticeMoveAlarm: ["A move of AWSCURRENT was not looked at, so a change from outside may not have been told.", LOOK],
    RefreshConsumersAlarm: [
      "Consumers may not have been told of a rotation, and hold an old credential.",
      `${LOOK} Restart the consumer yourself if it has not taken the credential up.`,
    ],
    RulesAlarm: [
      "An EventBridge rule could not start what it should, and the event is not in the queue of dead letters either.",
      "See that the queue's policy and key let EventBridge in, then look at what happened in those minutes: a request may have to be sent again.",
    ],
    SchedulesAlarm: [
      "A schedule could not start what it should, and gave up.",
      "See that the schedule's role may start the machine. Then start rotate-fleet with the schedule's input, or wait for its next time.",
    ],
    SilenceAlarm: [
      "No schedule has started anything for an hour, although the recovery is due every ten minutes.",
      "See that the schedules' group is there and enabled, and the account not throttled: nothing is rotated meanwhile.",
    ],
    FailureAlarm: [
      "A rotation failed, was rolled back, or needs a person. People got a message of it; this alarm sends none.",
      "Look up the reason in that message, or in the secret's last record.",
    ],
    OverdueAlarm: [
      "The last look found secrets that are overdue. People got a message of it; this alarm sends none, and stays until the next look.",
      "Look up the reason of each, in that message or in the look's execution.",
    ],
    StuckAlarm: [
      "The lock of a secret is held for more than two hours, or its rotation was recovered three times in vain.",
      "Look at the last executions of rotate-secret and retire-secret: the errors of those that hold it say what stops its recovery.",
    ],
    ...Object.fromEntries(
      [1, 2, 3].map((number) => [
        `ThrottledAlarm${number}`,
        [
          "Lambda did not let a function run, because too much ran at once. It was tried again by its state.",
          "See in the alarm's graph which. Raise the account's concurrency, or lower the schedules' concurrency and atOncePerServer.",
        ] as const,
      ]),
    ),
    ...Object.fromEntries(
      ["20sAlarm1", "20sAlarm2", "40sAlarm", "50sAlarm", "100sAlarm"].map((name) => [
        `NearTimeOut${name}`,
        [
          "A function took more than 80 % of its time-out. What takes longer is cut off, in the midst of what it does.",
          "See in the alarm's graph which, and in its log what took so long: a slow server, or a slow way to it.",
        ] as const,
      ]),
    ),
    DeadLettersAlarm: [
      "A start of a rotation or a retirement, or a message to people, was lost after all its tries.",
      "Look into the queue of dead letters: each message has the event, and why it was not delivered. Send it again, then delete it.",
    ],
  },
);
