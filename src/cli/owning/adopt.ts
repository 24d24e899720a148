import { adopt, leave } from "../../adoption/adopt.js";
import type { Answer, Work } from "../command.js";
import { UsageError } from "../failure.js";
import { schedulesOf } from "../storing/offered.js";
import { done, ownerOf } from "./owned.js";

export interface AdoptOptions {
  readonly schedule: string;
  readonly native?: true;
}

/** Takes the secret over; rotates nothing. Throws where a rotation would fail, and then all is as it was. */
export async function adopted(work: Work<AdoptOptions>, secretId: string): Promise<Answer> {
  const { schedule, stage, native = false } = work.options;
  const schedules = await schedulesOf(work);
  if (schedules.length > 0 && !schedules.includes(schedule))
    throw new UsageError(`--schedule: ${schedule} is none of the deployed ones: ${schedules.join(", ")}.`);
  work.progress(work.style.dim("Looks whether a rotation would work, before and after …"));
  const { from } = await adopt(await ownerOf(work), { secretId, schedule, stage, native });
  return done(work, {
    json: { secret: secretId, schedule, native, from },
    said: `${secretId} is Keyturn's to rotate, on the schedule ${schedule}; ${from} did before.`,
    next: [
      ["plan", secretId],
      ["rotate", secretId],
      ["leave", secretId],
    ],
  });
}

export interface LeaveOptions {
  readonly to?: string;
  readonly every?: string;
}

/** Gives the secret back; rotates nothing. */
export async function left(work: Work<LeaveOptions>, secretId: string): Promise<Answer> {
  const { stage, to, every } = work.options;
  if (to !== undefined && !/^arn:[a-z-]+:lambda:/.test(to)) throw new UsageError("--to takes the ARN of a function.");
  const given = { ...(to ? { to } : {}), ...(every ? { rules: { expression: every } } : {}) };
  const { to: by } = await leave(await ownerOf(work), { secretId, stage, ...given });
  return done(work, {
    json: { secret: secretId, by, every: every ?? null },
    said: `${secretId} is rotated by ${by} again, ${every ?? "on the schedule that Secrets Manager remembers"}.`,
    next: [],
  });
}
