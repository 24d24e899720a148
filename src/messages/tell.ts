import { consumerAnnouncement } from "../events/consumer.js";
import { DETAIL_TYPES } from "../events/names.js";
import { retirementAnnouncement } from "../events/retirement.js";
import { rotationAnnouncement } from "../events/rotation.js";
import type { RefreshRecord } from "../rotation/consumers.js";
import type { AuditRecord, OutsideChange, RetirementRecord } from "../rotation/ledger.js";
import { failedCheck } from "./checks.js";
import { ofOverdue, ofRun } from "./digest.js";
import { type Heard, heardFrom } from "./heard.js";
import type { EndedExecution, OnRecord } from "./on-record.js";
import { type EndedRun, endedLook, endedRun, isFailureOf, runOf } from "./run.js";
import { ofChange, ofCheck, ofRefresh, ofRetirement, ofRotation, ofUnrecorded } from "./sentences.js";
import type { Told } from "./told.js";

/** Brings it to whoever is to be told. `type`: the announcement's `detail-type`. */
export type Publish = (told: Told, type: string) => Promise<void>;

export interface ToldPeople {
  readonly told: boolean;
  /** Why not. */
  readonly reason?: "NotOurs" | "NotOnRecord" | "ToldOfItsRun" | "NothingToTell";
}

/** Why there is nothing to tell, or to tell now, of what is on record. */
type Untold = Extract<ToldPeople["reason"], "ToldOfItsRun" | "NothingToTell">;

/**
 * Tells people of an announcement: not what it says, but what is on record of that of which it speaks. What is not on
 * record is not told. An event that is delivered twice is told twice: nobody is harmed by that.
 */
export async function tellPeople(found: OnRecord, publish: Publish, event: unknown): Promise<ToldPeople> {
  const heard = heardFrom(event);
  if (!heard) return { told: false, reason: "NotOurs" };
  const message = await messageFor(found, heard);
  if (!message) return { told: false, reason: "NotOnRecord" };
  if (typeof message === "string") return { told: false, reason: message };
  await publish(message, heard.detailType);
  return { told: true };
}

async function messageFor(found: OnRecord, heard: Heard): Promise<Told | Untold | undefined> {
  switch (heard.kind) {
    case "rotation": {
      const { secretArn, startedAt: at, executionArn: name } = heard;
      const record = (await found.record("rotation", { of: secretArn, at, name })) as AuditRecord | undefined;
      if (!sameIn(record, heard) || rotationAnnouncement(record).detailType !== heard.detailType) return undefined;
      return isToldOfItsRun(record) ? "ToldOfItsRun" : ofRotation(record);
    }
    case "run": {
      const execution = await endOf(found, heard.executionArn);
      const run = execution && endedRun(execution);
      if (!run || OF_END[run.end] !== heard.detailType) return undefined;
      if (run.failed === 0 || !(run.failures || run.end === "stopped")) return "NothingToTell";
      const machine = run.end === "checked" ? "check-secret" : "rotate-secret";
      const named = (run.failures ?? heard.failures).filter((arn) => isOf(arn, machine));
      const failures = await Promise.all(named.map((arn) => found.execution(arn)));
      return ofRun(
        run,
        execution,
        failures.filter((one) => one !== undefined).filter((one) => isFailureOf(run.run, one)),
      );
    }
    case "overdue": {
      const execution = await endOf(found, heard.executionArn);
      const look = execution && endedLook(execution);
      return look && ofOverdue(look, execution);
    }
    case "retirement": {
      const { secretArn, startedAt: at, executionArn: name } = heard;
      const record = (await found.record("retirement", { of: secretArn, at, name })) as RetirementRecord | undefined;
      return sameIn(record, heard) && retirementAnnouncement(record).detailType === heard.detailType
        ? ofRetirement(record)
        : undefined;
    }
    case "change": {
      const { secretArn, changedAt: at, versionId: name } = heard;
      const change = (await found.record("change", { of: secretArn, at, name })) as OutsideChange | undefined;
      return change && change.secretArn === secretArn && change.versionId === name ? ofChange(change) : undefined;
    }
    case "refresh": {
      const { consumer, startedAt: at, executionArn } = heard;
      const record = (await found.record("refresh", { of: consumer, at, name: executionArn })) as
        | RefreshRecord
        | undefined;
      return record?.consumer === consumer &&
        record.executionArn === executionArn &&
        consumerAnnouncement(record).detailType === heard.detailType
        ? ofRefresh(record)
        : undefined;
    }
    case "check": {
      if (!isOf(heard.executionArn, "check-secret")) return undefined;
      const execution = await found.execution(heard.executionArn);
      const output = execution && failedCheck(execution);
      if (!execution || output?.secretArn !== heard.secretArn) return undefined;
      return runOf(execution) === undefined ? ofCheck(output, execution) : "ToldOfItsRun";
    }
    case "unrecorded": {
      const of = heard.detailType === DETAIL_TYPES.retirementFailed ? "retirement" : "rotation";
      if (!isOf(heard.executionArn, of === "retirement" ? "retire-secret" : "rotate-secret")) return undefined;
      const execution = await found.execution(heard.executionArn);
      return execution && isUnrecorded(execution) ? ofUnrecorded(execution, of) : undefined;
    }
  }
}

const OF_END: Readonly<Record<EndedRun["end"], string>> = {
  rotated: DETAIL_TYPES.fleetRotated,
  stopped: DETAIL_TYPES.fleetStopped,
  checked: DETAIL_TYPES.fleetChecked,
};

/**
 * What fails in a run is told with all else that does, in one message. Not what needs a person, who is told at once what to do; nor
 * what a recovery found, which may come when the run was told of.
 */
function isToldOfItsRun({ outcome, run, recoveredBy }: AuditRecord): boolean {
  return run !== undefined && recoveredBy === undefined && (outcome === "failed" || outcome === "rolled back");
}

async function endOf(found: OnRecord, executionArn: string): Promise<EndedExecution | undefined> {
  return isOf(executionArn, "rotate-fleet") ? found.execution(executionArn) : undefined;
}

/** The name of an execution stands in the record's key without its machine. */
function sameIn<Found extends AuditRecord | RetirementRecord>(
  record: Found | undefined,
  heard: { readonly secretArn: string; readonly executionArn: string },
): record is Found {
  return record?.secretArn === heard.secretArn && record.executionArn === heard.executionArn;
}

function isOf(executionArn: string, machine: string): boolean {
  return executionArn.split(":").at(-2)?.endsWith(`-${machine}`) ?? false;
}

/** As the machines end where no record could be written: with that error, or that reason. */
function isUnrecorded({ status, output = "{}", error }: EndedExecution): boolean {
  if (status === "FAILED") return error === "NotRecorded";
  return status === "SUCCEEDED" && (JSON.parse(output) as { reason?: unknown }).reason === "NotRecorded";
}
