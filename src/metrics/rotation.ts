import { ENGINE_NAMES } from "../engines/registry.js";
import type { AuditRecord, Outcome, RetirementRecord } from "../rotation/ledger.js";
import type { RotationState } from "../rotation/record/outcome.js";
import { FIGURES, type Figures, oneOf, PHASES } from "./figures.js";

/** What a rotation that ended adds to the figures. `state`: of the execution that recorded it. */
export function rotationFigures(record: AuditRecord, state: Pick<RotationState, "phases">): Figures[] {
  const Outcome = record.outcome;
  const Engine = oneOf(ENGINE_NAMES, record.engine);
  const gap = credentialGapMs(record, state);
  return [
    { values: { [FIGURES.rotations]: 1 }, by: [{ Outcome }, { Outcome, Engine }] },
    ...record.phases
      .filter(({ name, ms }) => PHASES.includes(name) && ms >= 0)
      .map(({ name, ms }) => ({ values: { [FIGURES.phaseTime]: ms }, by: [{ Phase: name }] })),
    ...(gap === undefined ? [] : [{ values: { [FIGURES.credentialGap]: gap }, by: [{ Engine }] }]),
  ];
}

export function retirementFigures({ outcome }: RetirementRecord): Figures[] {
  return [{ values: { [FIGURES.retirements]: 1 }, by: [{ Outcome: outcome }] }];
}

const CLOSED: readonly Outcome[] = ["succeeded", "rolled forward", "rolled back"];

/**
 * Milliseconds in which an application may have been without a credential that works, at most: with a single user, from when
 * Set secret began, which changed the database at some moment of it, until the label had moved or the password was set back.
 * Of a recovered rotation nobody knows more than when it began. `undefined`: there was none, or it is open still, which
 * `needs attention` says.
 */
export function credentialGapMs(
  { strategy, outcome, phases, startedAt, endedAt, recoveredBy }: AuditRecord,
  state: Pick<RotationState, "phases">,
): number | undefined {
  if (strategy !== "single-user" || !CLOSED.includes(outcome)) return undefined;
  const { set, finish } = state.phases ?? {};
  if (set) return Date.parse(finish?.endedAt ?? endedAt) - Date.parse(set.startedAt);
  const wasReached = phases.some(({ name }) => name === "set");
  return recoveredBy !== undefined && wasReached ? Date.parse(endedAt) - Date.parse(startedAt) : undefined;
}
