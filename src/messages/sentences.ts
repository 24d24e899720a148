import type { RefreshRecord } from "../rotation/consumers.js";
import type { AuditRecord, Outcome, OutsideChange, RetirementRecord } from "../rotation/ledger.js";
import { parseCheck, parseRequest, understood } from "../rotation/request.js";
import { shellWord } from "../rotation/settle-commands.js";
import { type CheckOutput, wrongIn } from "./checks.js";
import { named } from "./named.js";
import type { EndedExecution } from "./on-record.js";
import type { Told } from "./told.js";

/** `run`: the command that is the next step, before the secret's name. */
type Words = Readonly<{ what: (secret: string) => string; more?: string; next: string; run?: string }>;

const ROTATIONS: Readonly<Record<Outcome, Words>> = {
  succeeded: { what: (secret) => `the credential of ${secret} was rotated`, next: "Nothing is to be done." },
  "rolled forward": {
    what: (secret) => `the credential of ${secret} was rotated, after a failure`,
    next: "Nothing is to be done for this secret. See that what failed does not fail again.",
    run: "npx keyturn show",
  },
  skipped: { what: (secret) => `the rotation of ${secret} was skipped`, next: "Nothing is to be done." },
  failed: {
    what: (secret) => `the rotation of ${secret} failed`,
    more: "Nothing was changed.",
    next: "Mend what is said above, then try again as below, or wait for the schedule.",
    run: "npx keyturn rotate",
  },
  "rolled back": {
    what: (secret) => `the rotation of ${secret} failed`,
    more: "It was rolled back: applications go on with the credential they have, which works.",
    next: "Mend what is said above, then try again as below, or wait for the schedule.",
    run: "npx keyturn rotate",
  },
  "needs attention": {
    what: (secret) => `the rotation of ${secret} needs a person`,
    more: "Both versions of the secret are kept.",
    next: "See at once whether applications get in. This walks you through it:",
    run: "npx keyturn settle",
  },
};

export function ofRotation(record: AuditRecord): Told {
  const { outcome, reason, message, settle = [], secretName, requestedBy, requestReason } = record;
  return tellAbout({ ...record, at: record.executionArn }, ROTATIONS[outcome], {
    startedAt: record.startedAt,
    endedAt: record.endedAt,
    outcome,
    reason,
    ...(outcome === "succeeded" ? {} : { why: `${reason}: ${message}` }),
    ...(record.facts ? { facts: record.facts } : {}),
    askedBy: [requestedBy, requestReason].filter((part) => part !== undefined),
    executionArn: record.executionArn,
    // Commands name the secret; where nothing is known of it, its name is what somebody wrote.
    ...(secretName ? { appendix: settle.flatMap(({ when, run }) => [when, ...run.map((one) => `  ${one}`)]) } : {}),
  });
}

const RETIREMENTS: Readonly<Record<RetirementRecord["outcome"], Words>> = {
  retired: {
    what: (secret) => `the old credential of ${secret} is refused from now on`,
    next: "Nothing is to be done.",
  },
  failed: {
    what: (secret) => `the old credential of ${secret} may still be valid`,
    more: "It could not be retired.",
    next: "Mend what is said above, then rotate the secret: that leaves this credential behind, too. What happened before:",
    run: "npx keyturn history",
  },
};

export function ofRetirement(record: RetirementRecord): Told {
  return tellAbout({ ...record, at: record.executionArn }, RETIREMENTS[record.outcome], {
    startedAt: record.startedAt,
    endedAt: record.endedAt,
    outcome: record.outcome,
    reason: record.reason,
    ...(record.outcome === "failed" ? { why: `${record.reason}: ${record.message}` } : {}),
    executionArn: record.executionArn,
  });
}

export function ofChange(change: OutsideChange): Told {
  const { versionId, previousVersionId, changedAt } = change;
  return tellAbout(
    // Noticed in the deployment's own account alone, where Secrets Manager tells of it.
    { ...change, at: change.secretArn },
    {
      what: (secret) => `AWSCURRENT of ${secret} was moved, and not by Keyturn`,
      next: "If that was meant, nothing is to be done. If not, look in CloudTrail for who did it; a dry run says whether it logs in.",
      run: "npx keyturn history",
    },
    { startedAt: changedAt, facts: [`It was on the version ${previousVersionId} and is on ${versionId}.`] },
  );
}

const REFRESHES: Readonly<Record<RefreshRecord["outcome"], Omit<Words, "what">>> = {
  refreshed: { next: "Nothing is to be done." },
  failed: {
    more: "The rotation is not touched by that, but it may hold an old credential.",
    next: "Mend what is said above, and have it start anew yourself: Keyturn tells it again after the next rotation only.",
  },
};

/** A consumer's name is the deployment's, so no secret is named: it may be one of many. */
export function ofRefresh({
  consumer,
  outcome,
  reason,
  message,
  startedAt,
  endedAt,
  executionArn,
}: RefreshRecord): Told {
  return {
    outcome,
    reason,
    what:
      outcome === "failed"
        ? `the consumer ${consumer} could not be told to take up new credentials`
        : `the consumer ${consumer} has been told to take up new credentials`,
    ...REFRESHES[outcome],
    ...{ startedAt, endedAt, executionArn },
    ...(outcome === "failed" ? { why: `${reason}: ${message}` } : {}),
  };
}

export function ofCheck(output: CheckOutput, execution: EndedExecution): Told {
  const { secretArn } = output;
  return tellAbout(
    { secretArn, at: execution.executionArn },
    {
      what: (secret) => `the rotation of ${secret} would fail`,
      more: "Nothing was changed: this was a dry run.",
      next: "Mend it before the rotation is due.",
      run: "npx keyturn show",
    },
    { ...asked(execution, parseCheck), outcome: "check failed", why: wrongIn(output) },
  );
}

export function ofUnrecorded(execution: EndedExecution, of: "rotation" | "retirement"): Told {
  return {
    ...asked(execution),
    reason: "NotRecorded",
    what: `a ${of} ended without a record`,
    why: "The table took no record. What was done to the secret and its database is in the execution's history alone.",
    next: "Look at the execution, and at why the table could not be written.",
  };
}

/** Times and requester of an execution, from what Step Functions has of it. */
function asked(
  execution: EndedExecution,
  parse = parseRequest,
): Pick<Told, "startedAt" | "endedAt" | "executionArn" | "askedBy" | "askedFor"> {
  const { executionArn, startedAt, endedAt, input } = execution;
  const request = understood(JSON.parse(input), new Date(startedAt), parse);
  return {
    startedAt,
    endedAt,
    executionArn,
    askedBy: [request?.requestedBy, request?.reason].filter((part) => part !== undefined),
  };
}

/** A secret that is told of. `at`: an ARN of the deployment. */
type About = Readonly<{ secretName?: string; secretArn: string; at: string }>;

/** A secret is named where AWS said its name; what a requester called it stands in a line of its own. */
function tellAbout(
  about: About,
  { what, more, next, run }: Words,
  told: Omit<Told, "what" | "more" | "next" | "command">,
): Told {
  const name = named(about, about.at);
  return {
    ...told,
    what: what(name?.shown ?? "a secret that is not there, or not to be seen,"),
    ...(more ? { more } : {}),
    next,
    ...(name && run ? { command: `${run} ${name.typed.startsWith("-") ? "-- " : ""}${shellWord(name.typed)}` } : {}),
    ...(name ? { secretArn: about.secretArn, secretName: name.shown } : { askedFor: about.secretArn }),
  };
}
