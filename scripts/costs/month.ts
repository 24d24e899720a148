import type { Template } from "../deployer/policy.js";
import { markdown } from "../tables/markdown.js";
import { PRICES } from "./prices.js";
import { BEGINNING, CHECK, RECOVERY, ROTATION, RUN, type Usage } from "./usage.js";

const DAYS = 30;
const FLEETS = [10, 1_000, 10_000] as const;

/** What nobody has measured at AWS yet, on the safe side: docs/first-run-on-aws.md measures it. */
const ASSUMED = {
  /** Of a function with 512 MB, cold starts and the database's work included. */
  secondsAnInvocation: 0.6,
  logBytesAnInvocation: 1_000,
  /** Of Keyturn's own key: table, log groups, queue, topic, archive. */
  keyCallsARotation: 10,
  /** Records of more than 1 KB, and the index. */
  unitsAWrite: 3,
};
const GIGABYTES = 0.5;

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
    always: times(RECOVERY, DAYS * 24 * 6),
  };
}

/** Dollars of what is used, the functions' logs included. */
function dollarsOf({ transitions, invocations, secretCalls, reads, writes, events }: Usage): number {
  return (
    transitions * PRICES.transition.dollars +
    invocations * invocationDollars() +
    secretCalls * PRICES.secretCall.dollars +
    reads * PRICES.read.dollars +
    writes * ASSUMED.unitsAWrite * PRICES.write.dollars +
    events * PRICES.event.dollars
  );
}

function invocationDollars(): number {
  const time = ASSUMED.secondsAnInvocation * GIGABYTES * PRICES.gigabyteSecond.dollars;
  return PRICES.invocation.dollars + time + (ASSUMED.logBytesAnInvocation / 1e9) * PRICES.logGigabyte.dollars;
}

function rows(alarmMetrics: number): Row[] {
  const part = (name: keyof ReturnType<typeof month>) => (secrets: number) => dollarsOf(month(secrets)[name]);
  return [
    { what: "rotations, and a schedule each night", dollars: part("rotations") },
    { what: "an e-mail for each rotation", dollars: (secrets) => secrets * PRICES.mail.dollars },
    { what: "the doctor: a dry run of each secret a day", dollars: part("doctor") },
    { what: "the recovery, each ten minutes", dollars: part("always") },
    { what: `alarms, on ${alarmMetrics} metrics`, dollars: () => alarmMetrics * PRICES.alarmMetric.dollars },
    {
      what: "a key, and its calls",
      dollars: (secrets) => PRICES.key.dollars + secrets * ASSUMED.keyCallsARotation * PRICES.keyCall.dollars,
    },
  ];
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

function times(usage: Usage, factor: number): Usage {
  return combined(usage, (count) => count * factor);
}

function add(one: Usage, other: Usage): Usage {
  return combined(one, (count, of) => count + other[of]);
}

function combined(usage: Usage, change: (count: number, of: keyof Usage) => number): Usage {
  const changed = Object.entries(usage).map(([of, count]) => [of, change(count, of as keyof Usage)]);
  return Object.fromEntries(changed) as unknown as Usage;
}
