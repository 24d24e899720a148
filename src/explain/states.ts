import { STATUS_REASONS } from "../overview/reasons.js";
import { STATES } from "../overview/states.js";
import { chapterOf } from "./explanation.js";

export const SHOWN = chapterOf(
  {
    title: "States of a secret",
    kind: "reason",
    of: "a secret's state",
    about: "The word that `keyturn status` and the console have for a secret, the worst first.",
  },
  STATES,
  {
    "needs attention": "Run keyturn settle <secret>: it says what to look at, case by case.",
    failing: "Mend what its reason says; keyturn plan <secret> says whether it is well. Its schedule tries it again.",
    overdue: "See what keyturn show <secret> gives as the reason; keyturn plan <secret> says whether it would rotate.",
    retrying: "Nothing at first: it goes on by itself.",
    running: "Nothing.",
    due: "Nothing: its schedule takes it up.",
    paused: "Nothing, where that is meant. Else run keyturn unpause <secret>.",
    ok: "Nothing.",
  },
);

export const WHY_SHOWN = chapterOf(
  {
    title: "Why a secret is in its state",
    kind: "reason",
    of: "a secret's state",
    about: "The reasons of `keyturn status` that are no rotation's and no error's.",
  },
  STATUS_REASONS,
  {
    Due: "Nothing: its schedule takes it up.",
    NoClock:
      "Nothing, where a person starts it. Else correct its tag keyturn:schedule; keyturn schedules lists what there is.",
    Recovery: "Nothing: it comes within minutes, and again until it succeeds.",
  },
);
