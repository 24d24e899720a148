import type { Template } from "../deployer/policy.js";
import { markdown } from "../tables/markdown.js";
import { ASSUMED, add, dollarsOf, times } from "./dollars.js";
import { PRICES } from "./prices.js";
import { BEGINNING, CHECK, LOOK, RECOVERY, ROTATION, RUN, type Usage } from "./usage.js";

const DAYS = 30;
const FLEETS = [10, 1_000, 10_000] as const;

interface Row {
  readonly what: string;
  readonly dollars: (secrets: number) => number;
}

/** As keyturn.yml is delivered: each secret due after 30 days, a schedule each night, a check of each secret each day. */
function month(secrets: number): { readonly rotations: Usage; readonly doctor: Usage; readonly always: Usage } {
  // A page of Secrets Manager's; one of the fleet's has up to five.
  const runs = Math.ceil(secrets / 100);
  return {
    rotations: add(times(ROTATION, secrets), add(times(RUN, DAYS * runs), times(BEGINNING, DAYS))),
    doctor: add(times(CHECK, DAYS * secrets), times(RUN, DAYS * runs)),
    always: add(times(RECOVERY, DAYS * 24 * 6), times(LOOK, DAYS * runs)),
  };
}

function rows(alarmMetrics: number): Row[] {
  const part = (name: keyof ReturnType<typeof month>) => (secrets: number) => dollarsOf(month(secrets)[name]);
  return [
    { what: "rotations, and a schedule each night", dollars: part("rotations") },
    { what: "an e-mail for each rotation", dollars: (secrets) => secrets * PRICES.mail.dollars },
    { what: "the doctor: a dry run of each secret a day", dollars: part("doctor") },
    { what: "the recovery, each ten minutes, and the look for overdue secrets, each day", dollars: part("always") },
    { what: `alarms, on ${alarmMetrics} metrics`, dollars: () => alarmMetrics * PRICES.alarmMetric.dollars },
    {
      what: `metrics of its own: ${ASSUMED.metricsAlways} always, ${ASSUMED.metricsAtTimes} for ${ASSUMED.hoursADay} hours a day`,
      dollars: () => metricMonths() * PRICES.metric.dollars,
    },
    { what: "a dashboard", dollars: () => PRICES.dashboard.dollars },
    {
      what: "a key, and its calls",
      dollars: (secrets) => PRICES.key.dollars + secrets * ASSUMED.keyCallsARotation * PRICES.keyCall.dollars,
    },
  ];
}

function metricMonths(): number {
  return ASSUMED.metricsAlways + (ASSUMED.metricsAtTimes * ASSUMED.hoursADay) / 24;
}

/** For one service, in two zones. */
const END_POINT = 2 * 24 * DAYS * PRICES.endPointHour.dollars;

/** `alarmMetrics`: what the alarms of the packaged template measure. */
export function costTable(alarmMetrics: number): string {
  const each = rows(alarmMetrics);
  const cells = (what: string, dollars: (secrets: number) => number) => [
    what,
    ...FLEETS.map((secrets) => dollars(secrets).toFixed(2)),
  ];
  const all = (secrets: number) => each.reduce((sum, { dollars }) => sum + dollars(secrets), 0);
  return markdown([
    ["Dollars a month", ...FLEETS.map((secrets) => `${secrets.toLocaleString("en")} secrets`)],
    ...each.map(({ what, dollars }) => cells(what, dollars)),
    cells("**Keyturn, together**", all),
    cells("the secrets themselves, which cost this anyway", (secrets) => secrets * PRICES.secret.dollars),
    cells("in a VPC: an end point for Secrets Manager, in two zones", () => END_POINT),
  ]);
}

/** What alarms measure, each metric once an alarm. */
export function alarmMetricsOf({ Resources }: Template): number {
  const alarms = Object.values(Resources).filter(({ Type }) => Type === "AWS::CloudWatch::Alarm");
  const metrics = alarms.map(({ Properties }) => (Properties?.Metrics ?? [{ MetricStat: {} }]) as object[]);
  return metrics.flat().filter((metric) => "MetricStat" in metric).length;
}
