import type { SecretDetails } from "../../aws/overview/details.js";
import type { DeployedSchedule } from "../../overview/schedules.js";
import type { SecretStatus } from "../../overview/secret-status.js";
import type { Happening } from "../../overview/timeline.js";
import { plain, type Style } from "../style.js";
import { fromNow, utc } from "../times.js";
import { type Fields, fieldsText } from "./fields.js";
import { inColour } from "./state-colour.js";
import { happeningLines } from "./timeline-lines.js";

export interface Card {
  readonly status: SecretStatus;
  readonly details: SecretDetails;
  readonly schedule?: DeployedSchedule;
  readonly latest: readonly Happening[];
}

/** One secret on a screen. */
export function secretCard({ status, details, schedule, latest }: Card, style: Style, now: Date): string {
  const head = `${style.bold(plain(status.name))}  ${inColour(status.state, style)}`;
  const why = `${style.bold(plain(status.reason))}: ${plain(status.message)}`;
  const fields: Fields = [
    ["engine", status.engine ?? "not known before its first rotation"],
    ["strategy", status.strategy ?? "not known before its first rotation"],
    ["schedule", plain(`${status.schedule}${schedule ? of(schedule) : ""}`)],
    ["age", ageOf(status, style, now)],
    ["rotated", status.lastRotatedAt ? when(status.lastRotatedAt, now) : "never"],
    ["due", status.dueAt && when(status.dueAt, now)],
    ["next run", status.nextRunAt && when(status.nextRunAt, now)],
    ["by AWS", details.nativeRotationAt && `${when(details.nativeRotationAt, now)}, by Secrets Manager's own schedule`],
    ["failed", status.failure && failureOf(status.failure, now)],
    ["execution", status.execution && plain(status.execution)],
    ["arn", plain(status.arn)],
    ["describes", details.description && plain(details.description)],
    ["key", plain(details.kmsKey ?? "aws/secretsmanager, the account's own")],
    ["versions", versionsOf(details)],
    ["replicas", details.replicas.map(({ region, status }) => plain(`${region} ${status}`))],
    ["last read", details.readAt?.slice(0, 10)],
    ["tags", tagsOf(details)],
  ];
  const history = latest.flatMap((one) => happeningLines(one, style).map((line) => `  ${line}`));
  return [head, `  ${why}`, "", fieldsText(fields, style), ...(history.length > 0 ? ["", ...history] : [])].join("\n");
}

function of({ expression, after, timezone, dueAfterDays }: DeployedSchedule): string {
  const starts = after ? `after ${after}` : expression ? `${expression} ${timezone}` : "by hand";
  return `, ${starts}${dueAfterDays === undefined ? "" : `, after ${dueAfterDays} days`}`;
}

function when(at: string, now: Date): string {
  return `${utc(at)}, ${fromNow(at, now)}`;
}

const DAY_MS = 86_400_000;
const WIDTH = 20;

/** `12 of 30 days  ████████············`: how far it has come on the way to being due. */
function ageOf({ since, dueAt }: SecretStatus, style: Style, now: Date): string {
  const age = (now.getTime() - new Date(since).getTime()) / DAY_MS;
  const days = (count: number) => String(Math.floor(count));
  if (!dueAt) return `${days(age)} days`;
  const whole = (new Date(dueAt).getTime() - new Date(since).getTime()) / DAY_MS;
  const share = whole > 0 ? Math.min(1, age / whole) : 1;
  const full = Math.round(share * WIDTH);
  const bar = (share < 1 ? style.green : style.yellow)("█".repeat(full)) + style.dim("·".repeat(WIDTH - full));
  return `${days(age)} of ${Math.round(whole)} days  ${bar}`;
}

function failureOf({ outcome, code, at, times }: NonNullable<SecretStatus["failure"]>, now: Date): string {
  const often = times > 1 ? `, ${times} times in a row` : "";
  return plain(`${outcome}${code ? ` (${code})` : ""} ${when(at, now)}${often}`);
}

function versionsOf({ versions }: SecretDetails): string[] {
  return Object.entries(versions)
    .map(([id, labels]) => plain(`${labels.join(" ")} ${id}`))
    .sort();
}

/** Those of Keyturn's first. */
function tagsOf({ tags }: SecretDetails): string[] {
  return Object.entries(tags)
    .toSorted(([a], [b]) => Number(b.startsWith("keyturn:")) - Number(a.startsWith("keyturn:")) || a.localeCompare(b))
    .map(([key, value]) => plain(`${key}=${value}`));
}
