import { DETAIL_TYPES, SOURCE } from "../src/events/names.js";
import { expectedOf, type Planned } from "../src/fleet/expected.js";
import { type Expected, OVERDUE } from "../src/fleet/overdue.js";
import type { Selection } from "../src/fleet/selection.js";
import { getAtt, logicalId, type Resource, type Resources } from "./cloudformation.js";
import { keyArn } from "./key.js";
import type { LookSettings, ScheduleSettings, Settings } from "./settings.js";

interface FleetSchedule extends ScheduleSettings {
  readonly dryRun?: true;
  readonly expected?: Readonly<Record<string, Expected>>;
}

const PLAIN = {
  flexibleWindowMinutes: 0,
  secrets: { namePrefix: [] },
  concurrency: 10,
  blackouts: [],
  consumers: [],
};

/** Looks after what was left half done and nothing else brought to rest. */
const RECOVERY: [string, FleetSchedule] = [
  "recovery",
  { ...PLAIN, expression: "rate(10 minutes)", timezone: "Etc/UTC" },
];

/** Runs every secret dry, so that what is broken is known days before it is due. */
function doctor({ enabled, expression, timezone }: LookSettings): Array<[string, FleetSchedule]> {
  return enabled ? [["doctor", { ...PLAIN, expression, timezone, dryRun: true }]] : [];
}

/** Looks for secrets that should have been rotated long since. */
function overdue({ schedules, overdue: look }: Settings): Array<[string, FleetSchedule]> {
  const { enabled, expression, timezone } = look;
  const planned = Object.fromEntries(Object.entries(schedules).map(([name, one]) => [name, plannedOf(one)]));
  const expected = Object.fromEntries(
    Object.keys(schedules).flatMap((name) => {
      const known = expectedOf(name, planned);
      return known ? [[name, known]] : [];
    }),
  );
  return enabled ? [[OVERDUE, { ...PLAIN, expression, timezone, expected }]] : [];
}

function plannedOf({ expression, after, timezone, dueAfterDays, blackouts, secrets }: ScheduleSettings): Planned {
  return {
    ...(expression === undefined ? {} : { expression }),
    ...(after === undefined ? {} : { after }),
    timezone,
    ...(dueAfterDays === undefined ? {} : { dueAfterDays }),
    ...(blackouts.length > 0 ? { blackouts } : {}),
    ...selectionOf(secrets),
  };
}

function selectionOf({ namePrefix, tags, list }: ScheduleSettings["secrets"]): Selection {
  return { namePrefixes: namePrefix, ...(tags ? { tags } : {}), ...(list ? { list } : {}) };
}

/**
 * What starts `rotate-fleet`: an EventBridge schedule for each in `keyturn.yml` that has an expression, the recovery's and the
 * doctor's, and a rule for each that comes after another.
 */
export function scheduleResources(settings: Settings): Resources {
  const all = [
    ...Object.entries<FleetSchedule>(settings.schedules),
    RECOVERY,
    ...doctor(settings.doctor),
    ...overdue(settings),
  ];
  return Object.fromEntries(
    all.flatMap(([name, schedule]) => {
      const { expression, after } = schedule;
      if (expression) return [[logicalId(name, "Schedule"), byTheClock(settings, name, schedule, expression)]];
      return after ? [[logicalId(name, "AfterRule"), afterAnother(name, schedule, after)]] : [];
    }),
  );
}

function byTheClock(settings: Settings, name: string, schedule: FleetSchedule, expression: string): Resource {
  const { timezone, flexibleWindowMinutes } = schedule;
  return {
    Type: "AWS::Scheduler::Schedule",
    Properties: {
      Name: name,
      GroupName: { Ref: "ScheduleGroup" },
      ScheduleExpression: expression,
      ScheduleExpressionTimezone: timezone,
      FlexibleTimeWindow:
        flexibleWindowMinutes > 0
          ? { Mode: "FLEXIBLE", MaximumWindowInMinutes: flexibleWindowMinutes }
          : { Mode: "OFF" },
      KmsKeyArn: keyArn(settings),
      Target: {
        Arn: getAtt("RotateFleet", "Arn"),
        RoleArn: getAtt("ScheduleRole", "Arn"),
        // https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
        Input: fleetInput(name, schedule, "<aws.scheduler.scheduled-time>"),
        // A start that is late by a day is better than none; the same scheduled time starts each secret once.
        RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
        DeadLetterConfig: { Arn: getAtt("DeadLetters", "Arn") },
      },
    },
  };
}

/** On the bus that only Keyturn's own machines put events on. */
function afterAnother(name: string, schedule: FleetSchedule, after: string): Resource {
  return {
    Type: "AWS::Events::Rule",
    Properties: {
      Description: `Starts the schedule ${name} when ${after} has ended`,
      EventBusName: { Ref: "Bus" },
      EventPattern: {
        source: [SOURCE],
        "detail-type": [DETAIL_TYPES.fleetRotated],
        detail: { schedule: [after] },
      },
      Targets: [
        {
          Id: "rotate-fleet",
          Arn: { Ref: "RotateFleet" },
          RoleArn: getAtt("RuleRole", "Arn"),
          DeadLetterConfig: { Arn: getAtt("DeadLetters", "Arn") },
          InputTransformer: {
            InputPathsMap: { time: "$.time" },
            // EventBridge puts the quotes of a string itself.
            InputTemplate: fleetInput(name, schedule, "<time>").replace('"<time>"', "<time>"),
          },
        },
      ],
    },
  };
}

/** `scheduledAt`: what AWS writes the time for. */
function fleetInput(name: string, schedule: FleetSchedule, scheduledAt: string): string {
  const { timezone, dueAfterDays, secrets, concurrency, blackouts, staggerMinutes, ...more } = schedule;
  const { toleratedFailurePercent, dryRun, expected } = more;
  return JSON.stringify({
    schedule: name,
    scheduledAt,
    ...(dueAfterDays === undefined ? {} : { dueAfterDays }),
    ...selectionOf(secrets),
    concurrency,
    ...(blackouts.length > 0 ? { blackouts, timezone } : {}),
    ...(staggerMinutes === undefined ? {} : { staggerMinutes }),
    ...(dryRun ? { dryRun } : {}),
    ...(expected ? { expected } : {}),
    ...(toleratedFailurePercent === undefined ? {} : { toleratedFailurePercent }),
  });
}

/** For the function that decides when an old credential is retired, as JSON: minutes by schedule. */
export function gracePeriods({ schedules }: Pick<Settings, "schedules">): string {
  const turnedOn = Object.entries(schedules).flatMap(([name, { retireAfterMinutes }]) =>
    retireAfterMinutes === undefined ? [] : [[name, retireAfterMinutes]],
  );
  return JSON.stringify(Object.fromEntries(turnedOn));
}
