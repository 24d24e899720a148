import type { ScheduleView } from "../../overview/schedules.js";
import type { Blackout } from "../../schedule/blackout.js";
import { plain, type Style } from "../style.js";
import { fromNow, inZone } from "../times.js";
import { type Fields, fieldsText } from "./fields.js";

/** A schedule in a few lines. */
export function scheduleText(view: ScheduleView, style: Style, now: Date): string {
  const { name, count, enabled, blackedOut, blackouts } = view;
  const notes = [
    ...(count === undefined ? [] : [`${count.toLocaleString("en")} ${count === 1 ? "secret" : "secrets"}`]),
    ...(enabled ? [] : [style.red("turned off at EventBridge")]),
    ...(blackedOut ? [style.yellow("in a blackout now")] : []),
  ];
  const fields: Fields = [
    ["starts", startsOf(view)],
    ["due", view.dueAfterDays === undefined ? undefined : `after ${view.dueAfterDays} days`],
    ["selects", selectionOf(view.secrets)],
    ["pace", paceOf(view)],
    ["blackouts", blackouts.map(blackoutOf)],
    ["next", nextOf(view, style, now)],
  ];
  return [`${style.bold(plain(name))}  ${notes.join(", ")}`.trimEnd(), fieldsText(fields, style)].join("\n");
}

function startsOf({ expression, after, flexibleWindowMinutes }: ScheduleView): string {
  if (after) return plain(`when ${after} has ended`);
  if (!expression) return "by hand";
  const window = flexibleWindowMinutes > 0 ? `, within ${flexibleWindowMinutes} minutes` : "";
  return plain(`${expression}${window}`);
}

function selectionOf({ namePrefixes, tags, list }: ScheduleView["secrets"]): string | undefined {
  const parts = [
    ...(namePrefixes ? [`names that begin with ${namePrefixes.join(", ")}`] : []),
    ...(tags
      ? [
          `tagged ${Object.entries(tags)
            .map(([key, value]) => `${key}=${value}`)
            .join(" ")}`,
        ]
      : []),
    ...(list ? [`of a list of ${list.length}`] : []),
  ];
  return parts.length > 0 ? plain(`of those tagged with it only ${parts.join(", ")}`) : undefined;
}

function paceOf({ concurrency, toleratedFailurePercent, purpose }: ScheduleView): string | undefined {
  if (concurrency === undefined || purpose === "looks") return undefined;
  const stops =
    toleratedFailurePercent === undefined ? "" : `, stops itself where more than ${toleratedFailurePercent}% fail`;
  return `${concurrency} at a time${stops}`;
}

function blackoutOf({ from, to, hours, days }: Blackout): string {
  const parts = [
    ...(from ? [`from ${from}`] : []),
    ...(to ? [`to ${to}`] : []),
    ...(hours ? [hours] : []),
    ...(days ? [days.join(" ")] : []),
  ];
  return plain(parts.join(" "));
}

function nextOf({ next, timezone, after }: ScheduleView, style: Style, now: Date): string[] {
  const [first, ...others] = next;
  if (!first) return [];
  const about = after ? `, once ${plain(after)} has ended` : "";
  const soonest = `${inZone(first, timezone)} ${plain(timezone)}  ${style.dim(`${fromNow(first, now)}${about}`)}`;
  return [soonest, ...others.map((at) => inZone(at, timezone))];
}

/** Secrets whose tag names what no clock starts. */
export function strayText(
  stray: ReadonlyArray<{ readonly name: string; readonly count: number }>,
  style: Style,
): string[] {
  return stray.map(
    ({ name, count }) =>
      `${style.bold(plain(name))}  ${count} ${count === 1 ? "secret" : "secrets"}, ${style.yellow("started by no clock")}: by hand, or keyturn.yml does not have it`,
  );
}
