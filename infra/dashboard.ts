import { FIGURES, NAMESPACE, OUTCOMES, PHASES } from "../src/metrics/figures.js";
import { type Resources, sub } from "./cloudformation.js";
import { type DeployedFunction, resourceOf } from "./function-alarms.js";
import { STACK } from "./names.js";

/** Options of a metric in a widget. */
type Options = Readonly<Record<string, unknown>>;

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html */
type Metric = ReadonlyArray<string | Options>;

interface Widget {
  readonly type: string;
  readonly width: number;
  readonly height: number;
  readonly properties: Options;
}

const HOUR = 3_600;
const MACHINES = ["RotateSecret", "RetireSecret", "CheckSecret", "RotateFleet", "NoticeMove", "RefreshConsumers"];

/** One page with what the product measures of itself and what AWS measures of it. `alarms`: by their names in the template. */
export function dashboardResources(alarms: readonly string[], functions: readonly DeployedFunction[]): Resources {
  return {
    Dashboard: {
      Type: "AWS::CloudWatch::Dashboard",
      Properties: {
        // Of all regions of the account: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-dashboard.html
        DashboardName: sub(`${STACK}-${REGION}`),
        DashboardBody: sub(JSON.stringify({ widgets: placed(rows(alarms, functions)) })),
      },
    },
  };
}

function rows(alarms: readonly string[], functions: readonly DeployedFunction[]): Widget[][] {
  return [
    [alarmStates(["DeadLettersAlarm", ...alarms])],
    [
      latest("Overdue", own(FIGURES.overdue)),
      latest("Need a person", own(FIGURES.needsAttention)),
      latest("Stuck", own(FIGURES.stuck)),
      latest("Would fail, of those the doctor ran dry", own(FIGURES.notReady), own(FIGURES.checked)),
    ],
    [
      graph(
        "Rotations, by outcome",
        OUTCOMES.map((outcome) => own(FIGURES.rotations, "Outcome", outcome)),
        {
          stat: "Sum",
          stacked: true,
        },
      ),
      graph("Rotations, by engine", [found("Outcome,Engine", FIGURES.rotations, "Sum")], { stacked: true }),
      graph("Due in a schedule's run", [own(FIGURES.due)], { stat: "Sum" }),
    ],
    [
      graph(
        "Phases, the longest of an hour in ms",
        PHASES.map((phase) => own(FIGURES.phaseTime, "Phase", phase)),
        {
          stat: "Maximum",
        },
      ),
      graph(
        "Phases, the median in ms",
        PHASES.map((phase) => own(FIGURES.phaseTime, "Phase", phase)),
        { stat: "p50" },
      ),
      graph("Single user without a credential, at most, in ms", [found("Engine", FIGURES.credentialGap, "Maximum")]),
    ],
    [
      graph("Executions that failed, timed out, were stopped or throttled", MACHINES.flatMap(unwell), { stat: "Sum" }),
      graph(
        "Old credentials retired, or not",
        RETIRED.map((outcome) => own(FIGURES.retirements, "Outcome", outcome)),
        {
          stat: "Sum",
        },
      ),
      graph(
        "Dead letters",
        [["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", "#{DeadLetters.QueueName}"]],
        {
          stat: "Maximum",
        },
      ),
    ],
    [
      graph("Functions, the longest run in percent of the time-out", functions.flatMap(shareOfTimeOut), {
        stat: "Maximum",
        period: 300,
      }),
      graph(
        "Functions, throttled",
        functions.map(({ name }) => ofFunction("Throttles", name)),
        {
          stat: "Sum",
          period: 300,
        },
      ),
      graph(
        "Functions, failed",
        functions.map(({ name }) => ofFunction("Errors", name)),
        { stat: "Sum", period: 300 },
      ),
    ],
  ];
}

const RETIRED = ["retired", "failed"];

function own(name: string, ...dimension: string[]): Metric {
  return [NAMESPACE, name, "service", STACK, ...dimension];
}

/** Whatever values these dimensions have. */
function found(dimensions: string, name: string, stat: string): Metric {
  const expression = `SEARCH('{${NAMESPACE},service,${dimensions}} MetricName="${name}" service="${STACK}"', '${stat}', ${HOUR})`;
  return [{ expression, id: "found" }];
}

function unwell(machine: string): Metric[] {
  return ["ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted", "ExecutionThrottled"].map((name) => [
    "AWS/States",
    name,
    "StateMachineArn",
    `#{${machine}}`,
    { label: `${machine} ${name}` },
  ]);
}

function ofFunction(metric: string, name: string, options: Options = {}): Metric {
  return ["AWS/Lambda", metric, "FunctionName", `#{${resourceOf(name)}}`, { label: name, ...options }];
}

function shareOfTimeOut({ name, timeout }: DeployedFunction, index: number): Metric[] {
  return [
    ofFunction("Duration", name, { id: `m${index}`, visible: false }),
    [{ expression: `m${index} / ${timeout * 10}`, id: `share${index}`, label: name }],
  ];
}

function graph(title: string, metrics: readonly Metric[], more: Options = {}): Widget {
  const properties = { title, metrics, region: REGION, view: "timeSeries", period: HOUR, yAxis: FROM_ZERO, ...more };
  return { type: "metric", width: 8, height: 6, properties };
}

function latest(title: string, ...metrics: Metric[]): Widget {
  const properties = {
    title,
    metrics,
    region: REGION,
    view: "singleValue",
    stat: "Maximum",
    period: HOUR,
    sparkline: true,
  };
  return { type: "metric", width: 6, height: 4, properties };
}

function alarmStates(alarms: readonly string[]): Widget {
  const arns = alarms.map((alarm) => `#{${alarm}.Arn}`);
  return { type: "alarm", width: 24, height: 4, properties: { title: "Alarms", alarms: arns } };
}

const REGION = "#{AWS::Region}";
const FROM_ZERO = { left: { min: 0 } };

/** Row by row, from the left, in a grid of 24. */
function placed(rows: readonly Widget[][]): object[] {
  let y = 0;
  return rows.flatMap((row) => {
    let x = 0;
    const top = y;
    y += Math.max(...row.map(({ height }) => height));
    return row.map((widget) => {
      const left = x;
      x += widget.width;
      return { ...widget, x: left, y: top };
    });
  });
}
