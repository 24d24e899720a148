import { consumerAnnouncement } from "../../../src/events/consumer.js";
import type { RefreshRecord } from "../../../src/rotation/consumers.js";
import type { RefreshPlan, RefreshSkipped } from "../../../src/rotation/refresh/plan.js";
import type { Refreshed } from "../../../src/rotation/refresh/refresh.js";
import { answers, failed, fails, type Outcomes, scenarios, succeeded, throws } from "../scenario.js";
import { MOMENT, PUT, ROTATION, SECRET } from "./world.js";

const PLAN: RefreshPlan = {
  ...{ decision: "refresh", secretArn: SECRET.secretArn, rotationArn: ROTATION },
  ...{ rotatedAt: MOMENT, consumers: ["orders-api"] },
};
const SKIP: RefreshSkipped = { decision: "skip", reason: "NobodyToTell", message: "Nobody is to be told." };

const step = (refreshed: Exclude<Refreshed, { decision: "ended" }>) => answers(refreshed);
const WAIT = step({ decision: "wait", seconds: 15 });
const COVERED = step({ decision: "covered" });
/** What Refresh consumer answers when it has ended. */
const ends = (outcome: RefreshRecord["outcome"], reason: string): Outcomes =>
  answers({
    decision: "ended",
    ...consumerAnnouncement({
      ...{ consumer: "orders-api", kind: "ecs", executionArn: ROTATION, secretArn: SECRET.secretArn },
      ...{ outcome, reason, message: "It is told.", startedAt: MOMENT, endedAt: MOMENT },
    }),
  });
const DONE = ends("refreshed", "Refreshed");

const REFRESHES = "Plan refresh → Anyone to tell? → Refresh each";
/** The states inside the Map, in the order of their names. */
const inside = (...states: readonly string[]) =>
  `${REFRESHES} → ${[...states].sort().join(" → ")} → ${SUM} → Refreshed`;
const SUM = "Look for the lost → Anyone lost?";
const LOSES = `${SUM} → Consumers lost`;
const became = (outcome: string, reason: string) => succeeded([{ consumer: "orders-api", outcome, reason }]);

const LOST = throws("AccessDeniedError", "AccessDenied: The role may not.");

export const refreshConsumers = scenarios(
  "refresh-consumers",
  {
    input: { rotation: { secretArn: SECRET.secretArn, executionArn: ROTATION } },
    script: {
      "Plan refresh": answers(PLAN),
      "Refresh consumer": DONE,
      "Give up": ends("failed", "AccessDenied"),
      Announce: [PUT],
    },
  },
  {
    "a consumer is told": {
      path: inside("Refresh consumer", "How far is it?", "Announce", "Told"),
      told: {
        "Refresh consumer": { Payload: { name: "orders-api", secretArn: SECRET.secretArn, rotatedAt: MOMENT } },
      },
      end: became("refreshed", "Refreshed"),
    },
    "it is waited for": {
      script: { "Refresh consumer": [...WAIT, ...WAIT, ...DONE] },
      path: inside(
        ...Array.from({ length: 3 }, () => "Refresh consumer"),
        ...Array.from({ length: 3 }, () => "How far is it?"),
        ...["Wait for it", "Wait for it", "Announce", "Told"],
      ),
      end: became("refreshed", "Refreshed"),
    },
    "another execution has had it told": {
      script: { "Refresh consumer": COVERED },
      path: inside("Refresh consumer", "How far is it?", "Told already"),
      end: became("told", "ToldBySomebodyElse"),
    },
    "it fails": {
      script: { "Refresh consumer": ends("failed", "NotTakenUp") },
      path: inside("Refresh consumer", "How far is it?", "Announce", "Told"),
      end: became("failed", "NotTakenUp"),
    },
    "the function fails, and it is given up": {
      script: { "Refresh consumer": LOST },
      path: inside("Refresh consumer", "Give up", "How far is it?", "Announce", "Told"),
      told: { "Give up": { Payload: { name: "orders-api", failed: { Error: "AccessDeniedError" } } } },
      end: became("failed", "AccessDenied"),
    },
    "the function fails, while another execution has it in hand": {
      script: { "Refresh consumer": [...LOST, ...COVERED], "Give up": WAIT },
      path: inside(
        ...["Refresh consumer", "Give up", "How far is it?", "Wait for it"],
        ...["Refresh consumer", "How far is it?", "Told already"],
      ),
      end: became("told", "ToldBySomebodyElse"),
    },
    "there is nobody to tell": {
      script: { "Plan refresh": answers(SKIP) },
      path: "Plan refresh → Anyone to tell? → Nobody to tell",
      end: succeeded(SKIP),
    },
    "it cannot be found out who is to be told": {
      script: { "Plan refresh": LOST },
      path: "Plan refresh",
      end: failed("AccessDeniedError"),
    },
    "it can be neither told nor given up": {
      script: { "Refresh consumer": LOST, "Give up": throws("InternalError") },
      path: `${REFRESHES} → Give up → Lost → Refresh consumer → ${LOSES}`,
      end: failed("ConsumersLost"),
    },
    "it is told, and nobody hears of it": {
      script: { Announce: fails("EventBridge.FailedEntry") },
      path: `${REFRESHES} → Announce → How far is it? → Lost → Refresh consumer → ${LOSES}`,
      tries: { Announce: 6 },
      end: failed("ConsumersLost"),
    },
  },
);
