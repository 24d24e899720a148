import { ofType, type Template } from "./template.js";

interface Metric {
  readonly MetricName: string;
  readonly Dimensions: ReadonlyArray<{ readonly Value: unknown }>;
}

/** The metrics of the alarms on what has this name. */
export function watching(template: Template, value: unknown): string[] {
  return ofType(template, "AWS::CloudWatch::Alarm").flatMap(({ properties: { Metrics = [] } }) =>
    (Metrics as Array<{ MetricStat?: { Metric: Metric } }>)
      .flatMap(({ MetricStat }) => MetricStat?.Metric ?? [])
      .filter(({ Dimensions }) => JSON.stringify(Dimensions).includes(JSON.stringify(value)))
      .map(({ MetricName }) => MetricName),
  );
}

/** Whose failures are all announced, by the machine or by the recovery after it. */
const TELLS_OF_FAILURES = ["RotateSecret"];

/** The state machines, rules and schedules that could fail without an alarm. */
export function unwatched(template: Template): string[] {
  const machines = ofType(template, "AWS::StepFunctions::StateMachine").flatMap(({ id }) => {
    const failed = TELLS_OF_FAILURES.includes(id) ? [] : ["ExecutionsFailed"];
    return missing(id, [...failed, "ExecutionsTimedOut", "ExecutionsAborted", "ExecutionThrottled"]);
  });
  const rules = ofType(template, "AWS::Events::Rule")
    .filter(({ properties }) => JSON.stringify(properties.Targets).includes('"RuleRole"'))
    .flatMap(({ id }) => missing(id, ["InvocationsFailedToBeSentToDlq"]));
  return [...machines, ...rules, ...missing("ScheduleGroup", ["InvocationDroppedCount"])];

  function missing(id: string, metrics: readonly string[]): string[] {
    const watched = watching(template, { Ref: id });
    return metrics.filter((metric) => !watched.includes(metric)).map((metric) => `No alarm is on ${metric} of ${id}`);
  }
}
