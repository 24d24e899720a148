import { getAtt, logicalId, type Resources } from "./cloudformation.js";
import { keyArn } from "./key.js";
import type { ScheduleSettings, Settings } from "./settings.js";

/** Looks after what was left half done and nothing else brought to rest. */
const RECOVERY: readonly [string, ScheduleSettings] = [
  "recovery",
  {
    expression: "rate(10 minutes)",
    timezone: "Etc/UTC",
    flexibleWindowMinutes: 0,
    secrets: { namePrefix: [] },
    concurrency: 10,
  },
];

/** An EventBridge schedule for each in `keyturn.yml`, and the recovery's; they start `rotate-fleet`. */
export function scheduleResources(settings: Settings): Resources {
  return Object.fromEntries(
    [...Object.entries(settings.schedules), RECOVERY].map(([name, schedule]) => [
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
    ]),
  );
}

/** https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html */
function fleetInput(schedule: string, { dueAfterDays, secrets, concurrency }: ScheduleSettings): string {
  return JSON.stringify({
    schedule,
    scheduledAt: "<aws.scheduler.scheduled-time>",
    ...(dueAfterDays === undefined ? {} : { dueAfterDays }),
    namePrefixes: secrets.namePrefix,
    concurrency,
  });
}

/** For the function that decides when an old credential is retired, as JSON: minutes by schedule. */
export function gracePeriods({ schedules }: Pick<Settings, "schedules">): string {
  const turnedOn = Object.entries(schedules).flatMap(([name, { retireAfterMinutes }]) =>
    retireAfterMinutes === undefined ? [] : [[name, retireAfterMinutes]],
  );
  return JSON.stringify(Object.fromEntries(turnedOn));
}
