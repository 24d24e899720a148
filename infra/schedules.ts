import { getAtt, logicalId, type Resources } from "./cloudformation.js";
import { keyArn } from "./key.js";
import type { ScheduleSettings, Settings } from "./settings.js";

interface FleetSchedule extends ScheduleSettings {
  readonly dryRun?: true;
}

/** Looks after what was left half done and nothing else brought to rest. */
const RECOVERY: [string, FleetSchedule] = [
  "recovery",
  {
    expression: "rate(10 minutes)",
    timezone: "Etc/UTC",
    flexibleWindowMinutes: 0,
    secrets: { namePrefix: [] },
    concurrency: 10,
  },
];

/** Runs every secret dry, so that what is broken is known days before it is due. */
function doctor({ enabled, expression, timezone }: Settings["doctor"]): Array<[string, FleetSchedule]> {
  const settings = { expression, timezone, flexibleWindowMinutes: 0, secrets: { namePrefix: [] }, concurrency: 10 };
  return enabled ? [["doctor", { ...settings, dryRun: true }]] : [];
}

/** An EventBridge schedule for each in `keyturn.yml`, the recovery's and the doctor's; they start `rotate-fleet`. */
export function scheduleResources(settings: Settings): Resources {
  return Object.fromEntries(
    [...Object.entries<FleetSchedule>(settings.schedules), RECOVERY, ...doctor(settings.doctor)].map(
      ([name, schedule]) => [
        logicalId(name, "Schedule"),
        {
          Type: "AWS::Scheduler::Schedule",
          Properties: {
            Name: name,
            GroupName: { Ref: "ScheduleGroup" },
            ScheduleExpression: schedule.expression,
            ScheduleExpressionTimezone: schedule.timezone,
            FlexibleTimeWindow:
              schedule.flexibleWindowMinutes > 0
                ? { Mode: "FLEXIBLE", MaximumWindowInMinutes: schedule.flexibleWindowMinutes }
                : { Mode: "OFF" },
            KmsKeyArn: keyArn(settings),
            Target: {
              Arn: getAtt("RotateFleet", "Arn"),
              RoleArn: getAtt("ScheduleRole", "Arn"),
              Input: fleetInput(name, schedule),
              // A start that is late by a day is better than none; the same scheduled time starts each secret once.
              RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
              DeadLetterConfig: { Arn: getAtt("DeadLetters", "Arn") },
            },
          },
        },
      ],
    ),
  );
}

/** https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html */
function fleetInput(schedule: string, { dueAfterDays, secrets, concurrency, dryRun }: FleetSchedule): string {
  return JSON.stringify({
    schedule,
    scheduledAt: "<aws.scheduler.scheduled-time>",
    ...(dueAfterDays === undefined ? {} : { dueAfterDays }),
    namePrefixes: secrets.namePrefix,
    concurrency,
    ...(dryRun ? { dryRun } : {}),
  });
}

/** For the function that decides when an old credential is retired, as JSON: minutes by schedule. */
export function gracePeriods({ schedules }: Pick<Settings, "schedules">): string {
  const turnedOn = Object.entries(schedules).flatMap(([name, { retireAfterMinutes }]) =>
    retireAfterMinutes === undefined ? [] : [[name, retireAfterMinutes]],
  );
  return JSON.stringify(Object.fromEntries(turnedOn));
}
