import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import { type Dimensions, type FigureName, type Figures, NAMESPACE, TIMES } from "../metrics/figures.js";

const metrics = new Metrics({ namespace: NAMESPACE });

/**
 * Puts figures out in the embedded metric format, each of them a line of the log that CloudWatch makes metrics of. Its
 * dimension `service` is the deployment. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function emit(figures: readonly Figures[]): void {
  for (const { values, by } of figures) for (const dimensions of by) line(Object.entries(values), dimensions);
}

/** One for each set of dimensions: of two sets with a name in common Powertools warns, in prose, between the lines. */
function line(values: ReadonlyArray<[string, number]>, dimensions: Dimensions): void {
  const counted = values.filter(([, value]) => Number.isFinite(value));
  if (counted.length === 0) return;
  for (const [name, value] of Object.entries(dimensions)) metrics.addDimension(name, value);
  for (const [name, value] of counted) metrics.addMetric(name, unitOf(name as FigureName), value);
  metrics.publishStoredMetrics();
}

function unitOf(name: FigureName) {
  return TIMES.includes(name) ? MetricUnit.Milliseconds : MetricUnit.Count;
}
