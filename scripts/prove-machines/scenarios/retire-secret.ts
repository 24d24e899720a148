import { retirementAnnouncement } from "../../../src/events/retirement.js";
import type { RetirementRecord } from "../../../src/rotation/ledger.js";
import type { RetirePlan } from "../../../src/rotation/plans.js";
import type { Begun, RetirementSkipped } from "../../../src/rotation/retirement/plan.js";
import type { Retired } from "../../../src/rotation/retirement/retire.js";
import { answers, failed, scenarios, state, succeeded, throws } from "../scenario.js";
import { MOMENT, NOT_PUT, PUT, ROTATION, SECRET, VERSIONS } from "./world.js";

const PLAN: RetirePlan = {
  ...{ ...SECRET, decision: "retire", strategy: "alternating-users", rotationArn: ROTATION, retireAt: MOMENT },
  ...{ currentVersionId: VERSIONS.versionId, previousVersionId: VERSIONS.previousVersionId },
};
const SKIP: RetirementSkipped = { decision: "skip", reason: "Overtaken", message: "It is on a newer version." };
const begins = (begun: Begun) => answers(begun);
const WAIT = begins({ decision: "wait" });
const BEHIND = begins({ decision: "wait", for: "consumers" });
const RETIRE = begins({ decision: "retire", newest: true });
const RETIRED: Retired = { engine: "postgres", username: "orders", sessions: 0, by: "the admin" };

const announced = (outcome: RetirementRecord["outcome"]) =>
  retirementAnnouncement({
    ...{ ...SECRET, ...VERSIONS, executionArn: ROTATION, rotationArn: ROTATION, outcome },
    ...{ reason: "Retired", message: "It is refused.", startedAt: MOMENT, endedAt: MOMENT },
  });
/** What Record retirement answers. */
const records = (outcome: RetirementRecord["outcome"]) =>
  answers({ error: "RetirementFailed", cause: "Rejected: It is not.", ...announced(outcome) });

const PLANNED = "Take request → Plan retirement → Anything to retire?";
const BEGUN = `${PLANNED} → Wait for grace → Begin to look → Begin retirement`;
const TAKEN_UP = "Begun? → Wait for consumers → Begin retirement";
const LOOKED_AGAIN = "Begun? → Wait for lock → Count looks → Begin retirement";
const END = "Record retirement → Announce → How did it end?";
const NOBODY_SAW = "Record retirement → Announce unrecorded → How did it end, unrecorded?";

const FAILED = {
  script: { "Record retirement": records("failed") },
  end: failed("RetirementFailed", "Rejected: It is not."),
};

export const retireSecret = scenarios(
  "retire-secret",
  {
    input: { rotation: { secretArn: SECRET.secretArn, executionArn: ROTATION } },
    script: {
      "Plan retirement": answers(PLAN),
      "Begin retirement": RETIRE,
      "Retire credential": answers(RETIRED),
      "Record retirement": records("retired"),
      Announce: [PUT],
      "Announce unrecorded": [PUT],
    },
  },
  {
    "the credential before is retired": {
      path: `${BEGUN} → Begun? → Retire credential → ${END} → Retirement ended`,
      told: { "Record retirement": state({ plan: PLAN, retired: { report: RETIRED } }) },
      end: succeeded(announced("retired").detail),
    },
    "there is nothing to retire": {
      script: { "Plan retirement": answers(SKIP) },
      path: `${PLANNED} → Nothing to retire`,
      end: succeeded(SKIP),
    },
    "it was rotated again before the grace was over": {
      script: { "Begin retirement": begins(SKIP) },
      path: `${BEGUN} → Begun? → No longer to retire`,
      end: succeeded(SKIP),
    },
    "a rotation holds the lock for a while": {
      script: { "Begin retirement": [...WAIT, ...WAIT, ...RETIRE] },
      path: `${BEGUN} → ${LOOKED_AGAIN} → ${LOOKED_AGAIN} → Begun? → Retire credential → ${END} → Retirement ended`,
      end: succeeded(announced("retired").detail),
    },
    "its consumers have not taken up the new one yet": {
      script: { "Begin retirement": [...BEHIND, ...WAIT, ...BEHIND, ...RETIRE] },
      path: `${BEGUN} → ${TAKEN_UP} → ${LOOKED_AGAIN} → ${TAKEN_UP} → Begun? → Retire credential → ${END} → Retirement ended`,
      end: succeeded(announced("retired").detail),
    },
    // 240 looks, half a minute apart.
    "a rotation holds the lock for two hours": {
      ...FAILED,
      script: { ...FAILED.script, "Begin retirement": WAIT },
      path: `${BEGUN} → ${`${LOOKED_AGAIN} → `.repeat(240)}Begun? → Held too long → ${END} → Retirement failed`,
      told: { "Record retirement": state({ failed: { begin: { Error: "ConflictError" } } }) },
    },
    "it cannot be planned": {
      ...FAILED,
      script: { ...FAILED.script, "Plan retirement": throws("ConflictError") },
      path: `Take request → Plan retirement → ${END} → Retirement failed`,
    },
    "the lock cannot be looked at": {
      ...FAILED,
      script: { ...FAILED.script, "Begin retirement": throws("AccessDeniedError") },
      path: `${BEGUN} → ${END} → Retirement failed`,
    },
    "the database refuses it": {
      ...FAILED,
      script: { ...FAILED.script, "Retire credential": throws("CredentialRejectedError") },
      path: `${BEGUN} → Begun? → Retire credential → ${END} → Retirement failed`,
    },
    "it is retired, but not told": {
      script: { Announce: NOT_PUT },
      path: `${BEGUN} → Begun? → Retire credential → ${END} → Retirement ended`,
      tries: { Announce: 6 },
      end: succeeded(announced("retired").detail),
    },
    "it is retired, but no record can be written": {
      script: { "Record retirement": throws("AccessDeniedError") },
      path: `${BEGUN} → Begun? → Retire credential → ${NOBODY_SAW} → Ended, unrecorded`,
      end: succeeded({ outcome: "failed", reason: "NotRecorded" }),
    },
    "it fails, and no record can be written, and nobody be told": {
      script: {
        "Retire credential": throws("CredentialRejectedError"),
        "Record retirement": throws("AccessDeniedError"),
        "Announce unrecorded": NOT_PUT,
      },
      path: `${BEGUN} → Begun? → Retire credential → ${NOBODY_SAW} → Failed, unrecorded`,
      tries: { "Announce unrecorded": 6 },
      end: failed(
        "NotRecorded",
        "The retirement failed and its record could not be written. The history of this execution says why.",
      ),
    },
  },
);
