import type { SecretsOverdue } from "../events/overdue.js";
import { parseCheck, understood } from "../rotation/request.js";
import { failedCheck, wrongIn } from "./checks.js";
import { named } from "./named.js";
import type { EndedExecution } from "./on-record.js";
import type { EndedRun } from "./run.js";
import type { Told } from "./told.js";

/** Characters of a line about one rotation. */
const LONGEST_LINE = 400;

/** What failed in a run, in one message. `failures`: those of its rotations that are shown, as Step Functions has them. */
export function ofRun(
  { end, schedule, asked, failed, all, unreachable }: EndedRun,
  { executionArn, startedAt, endedAt }: EndedExecution,
  failures: readonly EndedExecution[],
): Told {
  const whose = schedule === undefined ? "that were asked for" : `of the schedule ${schedule}`;
  const what = `${failed} of ${all} rotations ${whose}`;
  const accounts = unreachable.map((account) => `the account ${account}: ${UNREACHED}`);
  const more = failed - failures.length - accounts.length;
  return {
    outcome: end,
    what: `${what} ${WORDS[end].did}`,
    more: WORDS[end].more,
    startedAt,
    endedAt,
    next: WORDS[end].next,
    askedBy: [asked?.requestedBy, asked?.reason].filter((part) => part !== undefined),
    executionArn,
    appendix: [...accounts, ...failures.map(lineOf), ...(more > 0 ? [`and ${more} more`] : [])],
  };
}

const UNREACHED =
  "AccountUnreachable: its secrets could not be listed, and the log of list-due has why. If the roles are not there, its owner should deploy them (docs/accounts.md).";

const GO_ON = "Applications go on with the credentials that they have. What needs a person is told by itself.";

const WORDS: Readonly<Record<EndedRun["end"], Readonly<Record<"did" | "more" | "next", string>>>> = {
  rotated: {
    did: "failed",
    more: GO_ON,
    next: "Mend what is said below, then npx keyturn retry, or wait for the schedule.",
  },
  stopped: {
    did: "failed, and the run stopped itself",
    more: GO_ON,
    next: "Mend what is said below, then start the execution again with its own input: it goes on with what is left.",
  },
  checked: {
    did: "would fail",
    more: "Nothing was changed: these were dry runs.",
    next: "Mend what is said below before the rotations are due.",
  },
};

function lineOf(execution: EndedExecution): string {
  const { executionArn, status, startedAt, input, error, cause } = execution;
  const secretId = understood(JSON.parse(input), new Date(startedAt), parseCheck)?.secretId ?? "";
  const checked = failedCheck(execution);
  // What a requester called it may be anybody's words.
  const name = named({ secretArn: secretId }, executionArn)?.shown ?? `the rotation ${executionArn.split(":").at(-1)}`;
  const line = `${name}: ${checked ? wrongIn(checked) : (cause ?? error ?? `it ended as ${status}`)}`;
  return line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE - 3)}...` : line;
}

export function ofOverdue(
  { overdue, byReason, secrets, more }: SecretsOverdue,
  { executionArn, startedAt, endedAt }: EndedExecution,
): Told {
  const reasons = Object.entries(byReason).map(([reason, count]) => `${reason} ${count}`);
  return {
    outcome: "overdue",
    what: overdue === 1 ? "1 secret is overdue" : `${overdue} secrets are overdue`,
    more: "By their schedules they should have been rotated more than a day ago.",
    startedAt,
    endedAt,
    why: reasons.join(", "),
    next: "npx keyturn show each: it says what it waits for.",
    executionArn,
    appendix: [
      ...secrets.map(({ secretName, reason }) => `${secretName}: ${reason}`),
      ...(more > 0 ? [`and ${more} more`] : []),
    ],
  };
}
