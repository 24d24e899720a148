import { FIGURES, NAMESPACE, OUTCOMES, PHASES } from "../../../src/metrics/figures.js";
import { bodies } from "./dashboard.js";
import { ofType, type Template } from "./template.js";

/** What AWS measures, by the page that names it. */
const OF_AWS: Readonly<Record<string, readonly string[]>> = {
  // https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
  "AWS/Lambda": ["Invocations", "Errors", "Throttles", "Duration", "ConcurrentExecutions"],
  // https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html
  "AWS/States": [
    ...["ExecutionsStarted", "ExecutionsSucceeded", "ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted"],
    "ExecutionThrottled",
  ],
  // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html
  "AWS/Events": ["InvocationsFailedToBeSentToDlq"],
  // https://docs.aws.amazon.com/scheduler/latest/UserGuide/monitoring-cloudwatch.html
  "AWS/Scheduler": ["InvocationDroppedCount", "InvocationsFailedToBeSentToDeadLetterCount"],
  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
  "AWS/SQS": ["ApproximateNumberOfMessagesVisible"],
};

/** By which dimensions beside `service` the functions count each figure. */
const OF_OURS: Readonly<Record<string, readonly string[]>> = {
  [FIGURES.rotations]: ["Outcome", "Outcome,Engine"],
  [FIGURES.phaseTime]: ["Phase"],
  [FIGURES.credentialGap]: ["Engine"],
  [FIGURES.retirements]: ["Outcome"],
  [FIGURES.due]: [""],
  [FIGURES.overdue]: ["", "Reason"],
  [FIGURES.checked]: [""],
  [FIGURES.notReady]: [""],
  [FIGURES.stuck]: [""],
  [FIGURES.needsAttention]: [""],
};

/** Stands for the value of a dimension that is searched for. */
const ANY = "any";
const VALUES = [...OUTCOMES, "retired", ...PHASES, ANY];

interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: ReadonlyArray<readonly [name: string, value: unknown]>;
}

/** Alarms that are on, or widgets that show, what nobody measures. */
export function unmeasured(template: Template): string[] {
  const wrong = ({ namespace, name, dimensions }: Metric): boolean => {
    if (namespace !== NAMESPACE) return !OF_AWS[namespace]?.includes(name);
    const [[service] = [], ...others] = dimensions;
    const by = others.map(([dimension]) => dimension).join(",");
    const known = others.every(([, value]) => VALUES.includes(String(value)));
    return service !== "service" || !OF_OURS[name]?.includes(by) || !known;
  };
  return [...alarmMetrics(template), ...shownMetrics(template)]
    .filter(wrong)
    .map(({ namespace, name, dimensions }) => `${namespace} ${name} ${JSON.stringify(dimensions)}`);
}

interface Stat {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions: ReadonlyArray<{ readonly Name: string; readonly Value: unknown }>;
}

function alarmMetrics(template: Template): Metric[] {
  return ofType(template, "AWS::CloudWatch::Alarm").flatMap(({ properties }) => {
    const queries = properties.Metrics as Array<{ MetricStat?: { Metric: Stat } }> | undefined;
    const stats = queries
      ? queries.flatMap(({ MetricStat }) => MetricStat?.Metric ?? [])
      : [properties as unknown as Stat];
    return stats.map(({ Namespace: namespace, MetricName: name, Dimensions }) => ({
      namespace,
      name,
      dimensions: Dimensions.map(({ Name, Value }) => [Name, Value] as const),
    }));
  });
}

const SEARCH = /^SEARCH\('\{([^,}]+),([^}]+)\} MetricName="([^"]+)" service="[^"]+"', '(Sum|Maximum)', \d+\)$/;

function shownMetrics(template: Template): Metric[] {
  const metrics = bodies(template).flatMap(({ widgets }) =>
    widgets.flatMap(({ properties }) => properties.metrics ?? []),
  );
  return metrics.flatMap((metric) => {
    const [first] = metric;
    if (typeof first === "object") return first.expression?.startsWith("SEARCH") ? [searched(first.expression)] : [];
    const [namespace = "", name = "", ...pairs] = metric.filter((part) => typeof part === "string");
    const dimensions = pairs.flatMap((part, index) => (index % 2 === 0 ? [[part, pairs[index + 1]] as const] : []));
    return [{ namespace, name, dimensions }];
  });
}

/** Of a search the values are whatever there are. */
function searched(expression: string): Metric {
  const [, namespace = "", dimensions = "", name = ""] = SEARCH.exec(expression) ?? [];
  return { namespace, name, dimensions: dimensions.split(",").map((dimension) => [dimension, ANY] as const) };
}
