import { alarm } from "./alarm.js";
import type { Resource, Resources } from "./cloudformation.js";
import type { Settings } from "./settings.js";

/** A state machine's metrics that say that something is wrong. https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html */
const UNFINISHED = ["ExecutionsTimedOut", "ExecutionsAborted", "ExecutionThrottled"];
const FAILED = ["ExecutionsFailed", ...UNFINISHED];

/** Of the first every failure is announced, or looked after by a recovery; a retirement that failed may be told to nobody. */
const MACHINES: Readonly<Record<string, readonly string[]>> = {
  RotateSecret: UNFINISHED,
  RetireSecret: FAILED,
  CheckSecret: FAILED,
  RotateFleet: FAILED,
  NoticeMove: FAILED,
  RefreshConsumers: FAILED,
};

/** As infra/events.yml and notifications.ts name them. Their targets' failures are in the queue of dead letters. */
export const RULES_ON_DEFAULT_BUS = [
  "ExecutionEndedRule",
  "ExecutionFailedRule",
  "LabelMovedRule",
  "RetirementCutOffRule",
];
export const RULES_ON_OWN_BUSES = [
  "RotationRequestedRule",
  "FleetRequestedRule",
  "CheckRequestedRule",
  "OldCredentialLeftRule",
];

/** Tells people of what nothing else would: machines that do not end as they should, and starts that are lost. */
export function alarmResources({ consumers }: Pick<Settings, "consumers">): Resources {
  const onOwnBuses = [...RULES_ON_OWN_BUSES, ...(Object.keys(consumers).length > 0 ? ["RefreshRule"] : [])];
  const machines = Object.entries(MACHINES).map(([machine, names]): [string, Resource] => [
    `${machine}Alarm`,
    alarm(`Executions of ${machine} did not end as they should, or had to wait. Look at them in Step Functions.`, {
      namespace: "AWS/States",
      watched: names.map((name) => ({ name, dimensions: { StateMachineArn: { Ref: machine } } })),
    }),
  ]);
  return {
    ...Object.fromEntries(machines),
    // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html
    RulesAlarm: alarm(
      "What a rule of Keyturn's should start was lost, and is not in the queue of dead letters either.",
      {
        namespace: "AWS/Events",
        watched: [
          ...RULES_ON_DEFAULT_BUS.map((rule) => ({ RuleName: { Ref: rule } })),
          // Of a bus of one's own a rule's metrics have both, says the page above, and Ref gives both, as others saw.
          // https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1131
          ...onOwnBuses.map((rule) => ({ EventBusName: part(0, rule), RuleName: part(1, rule) })),
        ].map((dimensions) => ({ name: "InvocationsFailedToBeSentToDlq", dimensions })),
      },
    ),
    // https://docs.aws.amazon.com/scheduler/latest/UserGuide/monitoring-cloudwatch.html
    SchedulesAlarm: alarm("A schedule of Keyturn's could not start what it should, and it was given up.", {
      namespace: "AWS/Scheduler",
      watched: ["InvocationDroppedCount", "InvocationsFailedToBeSentToDeadLetterCount"].map((name) => ({
        name,
        dimensions: { ScheduleGroup: { Ref: "ScheduleGroup" } },
      })),
    }),
    SilenceAlarm: {
      Type: "AWS::CloudWatch::Alarm",
      DependsOn: "RecoverySchedule",
      Properties: {
        AlarmDescription:
          "Keyturn's schedules start nothing: the recovery, due every ten minutes, has not run for an hour.",
        Namespace: "AWS/States",
        MetricName: "ExecutionsStarted",
        Dimensions: [{ Name: "StateMachineArn", Value: { Ref: "RotateFleet" } }],
        Statistic: "Sum",
        Period: 3_600,
        EvaluationPeriods: 1,
        Threshold: 1,
        ComparisonOperator: "LessThanThreshold",
        TreatMissingData: "breaching",
        AlarmActions: [{ Ref: "Topic" }],
      },
    },
  };
}

function part(index: number, rule: string): unknown {
  return { "Fn::Select": [index, { "Fn::Split": ["|", { Ref: rule }] }] };
}
