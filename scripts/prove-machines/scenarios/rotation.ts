import { rotationAnnouncement } from "../../../src/events/rotation.js";
import type { AuditRecord, Outcome } from "../../../src/rotation/ledger.js";
import type {
  createSecret,
  finishSecret,
  prepareSecret,
  setSecret,
  storeSecret,
  testSecret,
} from "../../../src/rotation/phases/phases.js";
import type { RollBackReport } from "../../../src/rotation/phases/roll-back.js";
import type { NothingPlan, Plan, RecoverPlan, WaitPlan } from "../../../src/rotation/plans.js";
import type { Recorded } from "../../../src/rotation/record/record.js";
import type { replicasInSync } from "../../../src/rotation/replicas.js";
import { answers, gives, type Script } from "../scenario.js";
import { MOMENT, PUT, REQUEST, ROTATE, ROTATION, SECRET, VERSIONS } from "./world.js";

/** What Plan answers. */
export const plans = (plan: Plan) => answers(plan);
export const ASKED = { ...SECRET, request: REQUEST, reason: "Requested", message: "It was asked for." };
export const ENDED = { executionArn: ROTATION, status: "ABORTED", startedAt: MOMENT };
export const RECOVER: RecoverPlan = { ...ASKED, decision: "recover", ended: ENDED, ownVersionId: VERSIONS.versionId };
export const WAIT: WaitPlan = { ...ASKED, decision: "wait", reason: "AlreadyRotating", seconds: 15 };
export const NOTHING: NothingPlan = {
  decision: "nothing",
  outcome: "skipped",
  reason: "StillRunning",
  message: "It runs.",
};

type Answer<Work extends (...given: never) => Promise<unknown>> = Awaited<ReturnType<Work>>;
export const PHASE = { startedAt: MOMENT, endedAt: MOMENT, attempts: 1 };
/** What a phase's function answers. */
const reports = <Report>(report: Report) => answers({ ...PHASE, report });
export const rolledBack = (outcome: RollBackReport["outcome"]) =>
  answers<RollBackReport>({ outcome, facts: ["AWSCURRENT logs in."], ...VERSIONS });

const recordOf = (outcome: Outcome): AuditRecord => ({
  ...{ ...SECRET, ...VERSIONS, executionArn: ROTATION, trigger: "manual", outcome },
  ...{ reason: "Requested", message: "It was asked for.", startedAt: MOMENT, endedAt: MOMENT, phases: [] },
});
export const announced = (outcome: Outcome) => rotationAnnouncement(recordOf(outcome));
/** What Record answers. */
export const records = (outcome: Outcome, { record: _, ...said }: Partial<Recorded> = {}) =>
  answers({
    ...{ ends: "succeeded", held: true, release: "REMOVE heldBy, heldSince", announce: true, ...said },
    ...announced(outcome),
  });
export const ENDS_FAILED = {
  ends: "failed",
  error: "CredentialRejectedError",
  cause: "Rejected: It is refused.",
} as const;

/** What is found out before Secrets Manager's own function stores the version. */
export const PREPARED = { username: "orders_clone" };

/** Of a rotation that goes well. */
export const USUAL: Script = {
  Plan: plans(ROTATE),
  "Plan again": plans(ROTATE),
  "Create secret": reports<Answer<typeof createSecret>>({ created: true }),
  "Create replicated secret": reports<Answer<typeof createSecret>>({ created: true }),
  "Begin native rotation": [gives({ ...SECRET, VersionId: VERSIONS.versionId })],
  "Prepare secret": reports<Answer<typeof prepareSecret>>(PREPARED),
  "Store secret": reports<Answer<typeof storeSecret>>({ created: true }),
  "Wait for replicas": answers<Answer<typeof replicasInSync>>({ replicas: 1 }),
  "Set secret": reports<Answer<typeof setSecret>>({ alreadySet: false, by: "the admin", logins: ["orders"] }),
  "Test secret": reports<Answer<typeof testSecret>>({ probes: 1, readers: 0 }),
  "Finish secret": reports<Answer<typeof finishSecret>>({ moved: true }),
  Record: records("succeeded"),
  "Record outcome": records("skipped"),
  Announce: [PUT],
  "Announce outcome": [PUT],
  "Announce unrecorded": [PUT],
  "Give the lock back": [gives({})],
  "Roll back": rolledBack("rolled back"),
};
