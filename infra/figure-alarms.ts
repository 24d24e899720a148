import { FIGURES, type FigureName, NAMESPACE } from "../src/metrics/figures.js";
import { alarm } from "./alarm.js";
import { type Resource, type Resources, sub } from "./cloudformation.js";
import { STACK } from "./names.js";

const OF_THE_STACK = { service: sub(STACK) };
const BAD = ["failed", "rolled back", "needs attention"];

/**
 * Which of a deployment's own figures are more than figures. People get a message of each failure and of what is overdue, so
 * those two send none: they are for dashboards, and for whoever hangs a pager on them.
 */
export function figureAlarms(): Resources {
  return {
    FailureAlarm: alarm(
      "A rotation failed, was rolled back, or needs a person. Its message or its record says which.",
      {
        namespace: NAMESPACE,
        watched: BAD.map((Outcome) => ({ name: FIGURES.rotations, dimensions: { ...OF_THE_STACK, Outcome } })),
        tells: false,
      },
    ),
    OverdueAlarm: latest(FIGURES.overdue, {
      AlarmDescription:
        "Secrets should have been rotated long since. The last look's message, or its execution, says which.",
      Period: 3_600,
      // It is looked once a day, or as keyturn.yml says: until the next look it stays as it is.
      TreatMissingData: "ignore",
    }),
    StuckAlarm: latest(FIGURES.stuck, {
      AlarmDescription:
        "The lock of a secret is held for longer than a rotation may take, or its recoveries come to nothing. Look at the executions of RotateSecret and RetireSecret.",
      Period: 900,
      TreatMissingData: "notBreaching",
      AlarmActions: [{ Ref: "Topic" }],
    }),
  };
}

/** Of what is looked at from time to time. */
function latest(MetricName: FigureName, properties: Resource["Properties"]): Resource {
  return {
    Type: "AWS::CloudWatch::Alarm",
    Properties: {
      Namespace: NAMESPACE,
      MetricName,
      Dimensions: [{ Name: "service", Value: sub(STACK) }],
      Statistic: "Maximum",
      EvaluationPeriods: 1,
      Threshold: 0,
      ComparisonOperator: "GreaterThanThreshold",
      ...properties,
    },
  };
}
