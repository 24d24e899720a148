import type { CheckReport } from "../rotation/dry-run/phases.js";
import type { PhaseInput } from "../rotation/phases/phases.js";
import type { RotatePlan } from "../rotation/plans.js";
import type { Reach } from "../rotation/ports.js";
import type { PhaseResult } from "../rotation/record/outcome.js";
import { handler } from "./handler.js";
import type { Identified, LambdaContext } from "./log.js";
import { reach } from "./reach.js";

/** What the state machine tells a phase besides: when its state was entered (ISO 8601), for the audit record. */
export interface PhaseEvent extends PhaseInput {
  readonly enteredAt: string;
  /** For the log. Absent in an execution that began before it was told. */
  readonly executionArn?: string;
}

/** What it is told on a dry run. */
interface CheckEvent {
  readonly plan: RotatePlan;
  readonly dryRun: true;
  readonly executionArn?: string;
}

/**
 * The Lambda function of one phase: what it found and did, and how long and how often it took. On a dry run it does
 * `check` instead, in the same role and network.
 */
export function phaseHandler<Event extends PhaseEvent, Report>(
  name: string,
  phase: (reach: Reach, event: Event) => Promise<Report>,
  check: (reach: Reach, plan: RotatePlan) => Promise<CheckReport>,
): (event: Event | CheckEvent, context?: LambdaContext) => Promise<Done<Report> | CheckReport> {
  const reached = reach();
  return handler(
    async (event) => ("dryRun" in event ? check(reached, event.plan) : done(event, await phase(reached, event))),
    (event) => identified(name, event),
  );
}

/** As `phaseHandler`, of a function that does not look. */
export function storingHandler<Event extends PhaseEvent, Report>(
  name: string,
  phase: (event: Event) => Promise<Report>,
): (event: Event, context?: LambdaContext) => Promise<Done<Report>> {
  return handler(
    async (event: Event) => done(event, await phase(event)),
    (event) => identified(name, event),
  );
}

type Done<Report> = Omit<PhaseResult, "report"> & { readonly report: Report };

function done<Report>({ enteredAt, attempt }: PhaseEvent, report: Report): Done<Report> {
  return { startedAt: enteredAt, endedAt: new Date().toISOString(), attempts: attempt + 1, report };
}

function identified(name: string, { plan, executionArn, ...event }: PhaseEvent | CheckEvent): Identified {
  return {
    phase: name,
    executionArn,
    secretArn: plan.secretArn,
    versionId: plan.versionId,
    ...("dryRun" in event ? { dryRun: true } : { attempt: event.attempt }),
  };
}
