import { checkAnnouncement } from "../../../src/events/check.js";
import type { Check } from "../../../src/rotation/dry-run/checklist.js";
import type { CheckReport } from "../../../src/rotation/dry-run/phases.js";
import type { CheckPlan } from "../../../src/rotation/dry-run/plan.js";
import type { SummedUp } from "../../../src/rotation/dry-run/sum-up.js";
import { answers, scenarios, state, succeeded, throws } from "../scenario.js";
import { MOMENT, NOT_PUT, PUT, REQUEST, ROTATE, ROTATION, SECRET } from "./world.js";

const PLAN: CheckPlan = {
  ...{ ...SECRET, request: REQUEST, decision: "check", reason: "Requested", message: "It was asked for." },
  ...{ rotation: ROTATE, facts: [], rotating: false, checks: [] },
};
const LOGIN: Check = { phase: "set", check: "Login", ok: false, code: "CurrentRejected", message: "It is refused." };
const report = (...checks: readonly Check[]) => answers<CheckReport>({ checks });

/** What Sum up checks answers. */
function sums(ok: boolean, announce = !ok) {
  const reason = ok ? "Requested" : "CurrentRejected";
  const output: SummedUp["output"] = {
    ...{ dryRun: true, ok, outcome: ok ? "checked" : "check failed", reason, secretArn: SECRET.secretArn },
    checks: ok ? [] : [LOGIN],
  };
  const findings = { ...SECRET, executionArn: ROTATION, reason, message: LOGIN.message, checks: output.checks };
  return { output, announce, ...checkAnnouncement({ ...findings, startedAt: MOMENT, endedAt: MOMENT }) };
}
const GOOD = sums(true);
const BAD = sums(false);

const LOOKED = { report: { checks: [] } };

const CHECKED = "Plan check → Check phases → 4 × Check phase";
const NOT_SUMMED_UP = {
  ...{ dryRun: true, ok: false, outcome: "check failed", reason: "NotSummedUp", checks: [] },
};

export const checkSecret = scenarios(
  "check-secret",
  {
    input: { secretId: SECRET.secretName },
    script: {
      "Plan check": answers(PLAN),
      "Check phase": report(),
      "Sum up checks": answers(BAD),
      Announce: [PUT],
    },
  },
  {
    "all is well": {
      script: { "Sum up checks": answers(GOOD) },
      path: `${CHECKED} → Sum up checks → Any check failed? → Check ended`,
      end: succeeded(GOOD.output),
    },
    "a check failed": {
      script: { "Check phase": { "set-secret": report(LOGIN), "*": report() } },
      path: `${CHECKED} → Sum up checks → Any check failed? → Announce → Check ended`,
      end: succeeded(BAD.output),
    },
    "a rotation is under way, whose doing it may be": {
      script: { "Sum up checks": answers(sums(false, false)) },
      path: `${CHECKED} → Sum up checks → Any check failed? → Check ended`,
      end: succeeded(BAD.output),
    },
    "a function cannot look": {
      script: { "Check phase": { "test-secret": throws("AccessDeniedError"), "*": report() } },
      told: {
        "Sum up checks": state({
          checked: [LOOKED, LOOKED, { phase: "test", caught: { Error: "AccessDeniedError" } }, LOOKED],
        }),
      },
      path: "Plan check → Check phases → Check failed → 4 × Check phase → Sum up checks → Any check failed? → Announce → Check ended",
      end: succeeded(BAD.output),
    },
    "Plan fails": {
      script: { "Plan check": throws("ConflictError", "NotManaged: It is not.") },
      path: "Plan check → Plan failed → Sum up checks → Any check failed? → Announce → Check ended",
      end: succeeded(BAD.output),
    },
    "it cannot be summed up": {
      script: { "Sum up checks": throws("InternalError") },
      path: `${CHECKED} → Sum up checks → Not summed up → Any check failed? → Announce → Check ended`,
      end: succeeded(NOT_SUMMED_UP),
    },
    "it cannot be told": {
      script: { Announce: NOT_PUT },
      path: `${CHECKED} → Sum up checks → Any check failed? → Announce → Check ended`,
      tries: { Announce: 6 },
      end: succeeded(BAD.output),
    },
  },
);
