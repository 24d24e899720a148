import type { Resource } from "./cloudformation.js";

export interface Watched {
  readonly name: string;
  readonly dimensions: Readonly<Record<string, unknown>>;
}

/** What an alarm is on: as many metrics as it may have, ten, of one namespace. */
export interface Watch {
  readonly namespace: string;
  readonly watched: readonly Watched[];
  /** Absent: what they count, together. */
  readonly longest?: true;
  /** Absent: nothing. */
  readonly above?: number;
  /** Whether people are told; absent: they are. */
  readonly tells?: false;
}

/**
 * Goes off where the metrics count anything within five minutes, or the longest of them is above a bound. Metrics that are
 * not there count for nothing.
 */
export function alarm(description: string, { namespace, watched, longest, above = 0, tells }: Watch): Resource {
  const metrics = watched.map(({ name, dimensions }, index) => ({
    Id: `m${index}`,
    ReturnData: false,
    MetricStat: {
      Stat: longest ? "Maximum" : "Sum",
      Period: 300,
      Metric: {
        Namespace: namespace,
        MetricName: name,
        Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      },
    },
  }));
  return {
    Type: "AWS::CloudWatch::Alarm",
    Properties: {
      AlarmDescription: description,
      Metrics: [
        { Id: "any", Expression: `${longest ? "MAX" : "SUM"}(FILL(METRICS(), 0))`, ReturnData: true },
        ...metrics,
      ],
      EvaluationPeriods: 1,
      Threshold: above,
      ComparisonOperator: "GreaterThanThreshold",
      TreatMissingData: "notBreaching",
      ...(tells === false ? {} : { AlarmActions: [{ Ref: "Topic" }] }),
    },
  };
}
