import { fleetAnnouncement, fleetBegins } from "../../../src/events/fleet.js";
import { overdueAnnouncement } from "../../../src/events/overdue.js";
import type { Cursor, Fleet, FleetPage, FleetResult } from "../../../src/fleet/page.js";
import { fleetFrom } from "../../../src/fleet/request.js";
import { type SumUp, sumUp } from "../../../src/fleet/sum-up.js";
import { answers, failed, fails, gives, type Outcomes, scenarios, state, succeeded, throws } from "../scenario.js";
import { MOMENT, NOT_PUT, PUT, ROTATE_FLEET, ROTATE_SECRET, SECRET } from "./world.js";

/** In the midst of a run. */
const FLEET: Fleet = { schedule: "nightly", scheduledAt: MOMENT, dueAfterDays: 30, wave: 2 };
const NEXT: Cursor = { token: "next", passed: 7 };
const item = (name: string) => ({ name, input: { secretId: SECRET.secretArn, trigger: "schedule" } });
/** What List due secrets answers. */
function lists(names: readonly string[], fleet: Fleet = FLEET) {
  const page: FleetPage = { items: names.map(item), cursor: null, concurrency: 2, leftOut: {}, waiting: {} };
  return answers({ ...page, late: [], begins: fleetBegins(fleet, page), machine: ROTATE_SECRET });
}

const RUN = `${ROTATE_FLEET.replace("stateMachine", "execution")}:tonight`;
const child = (said: object) => ({
  ...{ ExecutionArn: `${ROTATE_SECRET.replace("stateMachine", "execution")}:child`, StateMachineArn: ROTATE_SECRET },
  ...{ Name: "child", Input: {}, StartDate: 981173106.789, StopDate: 981173107.789, ...said },
});
/** A child execution that ended well, with what it put out; and one that did not. */
const ended = (output: FleetResult): Outcomes => [gives(child({ Status: "SUCCEEDED", Output: output }))];
const endedBadly = (said: object) => fails("States.TaskFailed", JSON.stringify(child({ Input: "{}", ...said })));

/** What Sum up answers. */
function sums(results: readonly FleetResult[], fleet: Partial<Fleet> = {}, cursor: Cursor | null = null) {
  const items = results.map((_, nth) => item(String(nth)));
  const page: FleetPage = { items, cursor, concurrency: 2, leftOut: {}, waiting: {} };
  const { totals, ...summed }: SumUp = sumUp({ ...FLEET, ...fleet }, page, results);
  return { ...summed, ...fleetAnnouncement(FLEET, { totals, next: summed.next }, RUN), name: "the-next-wave" };
}
const ROTATED: FleetResult = { outcome: "succeeded", reason: "Requested" };
const ONE = sums([ROTATED]);
const BEGINNING: Fleet = { schedule: "nightly", scheduledAt: MOMENT };
const SMALL_NEXT = sums([ROTATED], { wave: 0, toleratedFailurePercent: 5 }, NEXT);
const STOPPED = sums([{ outcome: "failed", reason: "ConflictError" }], { wave: 0, toleratedFailurePercent: 5 }, NEXT);
const BUSY: FleetResult = { outcome: "skipped", reason: "ServerBusy" };
const WAITING = sums([BUSY]);

/** As the rule for requests writes it. */
const ASKED = {
  ...{ trigger: "event", askedAt: MOMENT },
  request: { selection: { tags: { team: "payments" } }, reason: "leaked", retireAfterMinutes: 0 },
};
const LOOK: Fleet = { schedule: "overdue", scheduledAt: MOMENT };
/** What Sum up answers of a page with a secret that is overdue. */
function counts(cursor: Cursor | null) {
  const late = [{ secretName: SECRET.secretName, reason: "NotTried" }] as const;
  const page: FleetPage = { items: [], cursor, concurrency: 1, leftOut: { NotTried: 1 }, waiting: {}, late };
  const { totals, ...summed } = sumUp(LOOK, page, []);
  return { ...summed, ...overdueAnnouncement(LOOK, totals, RUN), name: "never-started" };
}

const LISTS = "List due secrets → Does it begin?";
const ROTATES = `${LISTS} → Rotate each → Rotate one`;
const TOLD = "Sum up → More? → Announce summary → Stopped? → Fleet ended";

/** What Sum up is told of what became of each. */
const became = (...results: ReadonlyArray<readonly [string, string]>) => ({
  "Sum up": state({ results: results.map(([outcome, reason]) => ({ outcome, reason })) }),
});
/** One secret of which this becomes. */
const one = (outcomes: Outcomes, states: string, outcome: string, reason: string) => ({
  script: { "Rotate one": outcomes },
  told: became([outcome, reason]),
  path: `${LISTS} → Rotate each → ${states} → ${TOLD}`,
  end: succeeded(ONE.detail),
});
const READ = "Did it run? → Failed → Read failure → Rotate one";
const OTHERWISE = "Did it run? → Failed otherwise → Rotate one";
const REFUSED = fails("StepFunctions.AccessDeniedException", "The role may not.");
const ALREADY = fails("StepFunctions.ExecutionAlreadyExistsException");
export const rotateFleet = scenarios(
  "rotate-fleet",
  {
    input: FLEET,
    script: {
      "List due secrets": lists(["a"]),
      "Rotate one": ended(ROTATED),
      "Sum up": answers(ONE),
      "Carry on anew": [gives({ ExecutionArn: `${ROTATE_SECRET}:next`, StartDate: 981173106.789 })],
      "Announce summary": [PUT],
    },
  },
  {
    "a secret is rotated": one(ended(ROTATED), "Rotate one", "succeeded", "Requested"),
    "an execution cannot be started": one(REFUSED, OTHERWISE, "failed", "StepFunctions.AccessDeniedException"),
    "an execution was started already": one(ALREADY, "Rotate one → Started already", "skipped", "StartedAlready"),
    "an execution fails": one(
      endedBadly({ Status: "FAILED", Error: "ConflictError" }),
      READ,
      "failed",
      "ConflictError",
    ),
    "an execution is stopped, which says no error": one(endedBadly({ Status: "ABORTED" }), READ, "failed", "Stopped"),
    "an execution cannot be waited for, which is said in a sentence": one(
      fails("States.TaskFailed", "The role may not describe it."),
      ...[OTHERWISE, "failed", "States.TaskFailed"],
    ),
    "an execution takes too long": one(fails("States.Timeout", ""), OTHERWISE, "failed", "States.Timeout"),
    "what is said of an execution only looks like JSON": one(
      fails("States.TaskFailed", "{none}"),
      ...["Did it run? → Read failure → Rotate one → Page lost", "failed", "PageLost"],
    ),
    "one of four fails, one is stopped, one was started already": {
      script: {
        "List due secrets": lists(["a", "b", "c", "d"]),
        "Rotate one": {
          a: ended(ROTATED),
          b: endedBadly({ Status: "FAILED", Error: "ConflictError" }),
          c: endedBadly({ Status: "ABORTED" }),
          d: ALREADY,
        },
      },
      path: `${LISTS} → Rotate each → 2 × Did it run? → 2 × Failed → 2 × Read failure → 4 × Rotate one → Started already → ${TOLD}`,
      told: became(
        ["succeeded", "Requested"],
        ["failed", "ConflictError"],
        ["failed", "Stopped"],
        ["skipped", "StartedAlready"],
      ),
      end: succeeded(ONE.detail),
    },
    "no secret is due": {
      script: { "List due secrets": lists([]) },
      path: `${LISTS} → Rotate each → ${TOLD}`,
      told: became(),
      end: succeeded(ONE.detail),
    },

    // How a run can begin.
    "it is the canary": {
      script: { "List due secrets": lists(["a"], BEGINNING), "Announce beginning": [PUT] },
      path: `${LISTS} → Announce beginning → Rotate each → Rotate one → ${TOLD}`,
      told: { "Announce beginning": { Entries: [{ DetailType: "Fleet Rotation Started" }] } },
      end: succeeded(ONE.detail),
    },
    "that it begins cannot be told": {
      script: { "List due secrets": lists(["a"], BEGINNING), "Announce beginning": NOT_PUT },
      path: `${LISTS} → Announce beginning → Rotate each → Rotate one → ${TOLD}`,
      tries: { "Announce beginning": 6 },
      end: succeeded(ONE.detail),
    },

    "somebody asks for many": {
      input: ASKED,
      script: { "List due secrets": lists(["a"], fleetFrom(ASKED, new Date(MOMENT))), "Announce beginning": [PUT] },
      path: `${LISTS} → Announce beginning → Rotate each → Rotate one → ${TOLD}`,
      told: {
        "List due secrets": { Payload: { fleet: ASKED } },
        "Announce beginning": { Entries: [{ Detail: { schedule: "request", requestReason: "leaked" } }] },
        "Sum up": state(ASKED),
      },
      end: succeeded(ONE.detail),
    },
    "what somebody asks for cannot be understood": {
      input: { ...ASKED, request: {} },
      script: { "List due secrets": throws("InvalidSecretError") },
      path: "List due secrets",
      end: failed("InvalidSecretError"),
    },

    // How a wave can end.
    "secrets are overdue, on two pages": {
      input: LOOK,
      script: {
        "List due secrets": lists([], LOOK),
        "Sum up": [counts(NEXT), counts(null)].flatMap((summed) => answers(summed)),
      },
      path: `${LISTS} → Rotate each → Sum up → More? → Next wave → ${LISTS} → Rotate each → ${TOLD}`,
      told: { "Announce summary": { Entries: [{ DetailType: "Secrets Overdue" }] } },
      end: succeeded(counts(null).detail),
    },
    "the wave after a canary is small, and fits in": {
      script: { "Sum up": [SMALL_NEXT, ONE].flatMap((summed) => answers(summed)) },
      path: `${ROTATES} → Sum up → More? → Next wave → ${ROTATES} → ${TOLD}`,
      told: { "List due secrets": { Payload: { fleet: SMALL_NEXT.fleet } } },
      end: succeeded(ONE.detail),
    },
    "too much of it failed": {
      script: { "Rotate one": endedBadly({ Status: "FAILED", Error: "ConflictError" }), "Sum up": answers(STOPPED) },
      path: `${LISTS} → Rotate each → ${READ} → Sum up → More? → Announce summary → Stopped? → Fleet stopped`,
      told: { "Announce summary": { Entries: [{ DetailType: "Fleet Rotation Stopped" }] } },
      end: failed("FleetStopped", STOPPED.detail.summary),
    },
    "too much of it failed, and that cannot be told": {
      script: { "Sum up": answers(STOPPED), "Announce summary": NOT_PUT },
      path: `${ROTATES} → Sum up → More? → Announce summary → Stopped? → Fleet stopped`,
      tries: { "Announce summary": 6 },
      end: failed("FleetStopped", STOPPED.detail.summary),
    },
    "there is a wave after this": {
      script: { "Sum up": answers(sums([ROTATED], {}, NEXT)) },
      path: `${ROTATES} → Sum up → More? → Carry on anew → Fleet ended`,
      told: { "Carry on anew": { Name: "the-next-wave", Input: { ...FLEET, cursor: NEXT, wave: 3 } } },
      end: succeeded(ONE.detail),
    },
    "the wave after this cannot be started": {
      script: { "Sum up": answers(sums([ROTATED], {}, NEXT)), "Carry on anew": REFUSED },
      path: `${ROTATES} → Sum up → More? → Carry on anew`,
      tries: { "Carry on anew": 6 },
      end: failed("StepFunctions.AccessDeniedException"),
    },
    "the wave after this was started before, and the answer lost": {
      script: { "Sum up": answers(sums([ROTATED], {}, NEXT)), "Carry on anew": ALREADY },
      path: `${ROTATES} → Sum up → More? → Carry on anew → Fleet ended`,
      end: succeeded(ONE.detail),
    },
    "nothing but a secret whose server is busy is left": {
      script: { "Rotate one": ended(BUSY), "Sum up": answers(WAITING) },
      path: `${ROTATES} → Sum up → More? → Wait for servers → Carry on anew → Fleet ended`,
      told: { "Carry on anew": { Name: "the-next-wave", Input: WAITING.fleet } },
      end: succeeded(WAITING.detail),
    },
    "nothing had to be brought to rest": {
      script: { "List due secrets": lists([]), "Sum up": answers(sums([], { schedule: "recovery" })) },
      path: `${LISTS} → Rotate each → Sum up → More? → Fleet ended`,
      end: succeeded(sums([], { schedule: "recovery" }).detail),
    },
    "it cannot be told": {
      script: { "Announce summary": NOT_PUT },
      path: `${ROTATES} → ${TOLD}`,
      tries: { "Announce summary": 6 },
      end: succeeded(ONE.detail),
    },
    "the secrets cannot be listed": {
      script: { "List due secrets": throws("AccessDeniedError") },
      path: "List due secrets",
      end: failed("AccessDeniedError"),
    },
    "it cannot be summed up": {
      script: { "Sum up": throws("InternalError") },
      path: `${ROTATES} → Sum up`,
      end: failed("InternalError"),
    },
  },
);
