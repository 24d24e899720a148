import { outsideChangeAnnouncement } from "../../../src/events/outside-change.js";
import { answers, failed, fails, scenarios, succeeded, throws } from "../scenario.js";
import { MOMENT, PUT, SECRET, VERSIONS } from "./world.js";

const OURS = { decision: "ignore", reason: "Own" } as const;
const FOREIGN = {
  decision: "announce",
  ...outsideChangeAnnouncement({ ...SECRET, ...VERSIONS, changedAt: MOMENT }),
} as const;

export const noticeMove = scenarios(
  "notice-move",
  {
    input: { secretArn: SECRET.secretArn, versionId: VERSIONS.versionId, at: MOMENT },
    script: { "Notice move": answers(FOREIGN), Announce: [PUT] },
  },
  {
    "somebody else moved AWSCURRENT": {
      path: "Notice move → By whom? → Announce → Noticed",
      end: succeeded(FOREIGN),
    },
    "Keyturn itself moved it": {
      script: { "Notice move": answers(OURS) },
      path: "Notice move → By whom? → Noticed",
      end: succeeded(OURS),
    },
    "it cannot be found out": {
      script: { "Notice move": throws("AccessDeniedError", "ReadRefused: The role may not.") },
      path: "Notice move",
      end: failed("AccessDeniedError"),
    },
    "it cannot be told": {
      script: { Announce: fails("EventBridge.FailedEntry") },
      path: "Notice move → By whom? → Announce",
      tries: { Announce: 6 },
      end: failed("EventBridge.FailedEntry"),
    },
  },
);
