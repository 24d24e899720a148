import { Ajv } from "ajv";
import { ofType, type Template } from "./template.js";

const options = {
  type: "object",
  additionalProperties: false,
  properties: {
    ...{
      expression: { type: "string" },
      id: { type: "string", pattern: "^[a-z][A-Za-z0-9_]*$" },
      label: { type: "string" },
    },
    ...{
      visible: { type: "boolean" },
      stat: { type: "string" },
      period: { type: "integer" },
      color: { type: "string" },
    },
    ...{ region: { type: "string" }, yAxis: { enum: ["left", "right"] } },
  },
};

/** As much of the page as the dashboard uses. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html */
const SCHEMA = {
  type: "object",
  additionalProperties: false,
  required: ["widgets"],
  properties: {
    widgets: {
      type: "array",
      maxItems: 500,
      items: {
        type: "object",
        additionalProperties: false,
        required: ["type", "properties"],
        properties: {
          type: { enum: ["metric", "alarm"] },
          x: { type: "integer", minimum: 0, maximum: 23 },
          y: { type: "integer", minimum: 0 },
          width: { type: "integer", minimum: 1, maximum: 24 },
          height: { type: "integer", minimum: 1, maximum: 1_000 },
          properties: { type: "object" },
        },
        oneOf: [
          { properties: { type: { const: "metric" }, properties: { $ref: "#/$defs/metric" } } },
          { properties: { type: { const: "alarm" }, properties: { $ref: "#/$defs/alarm" } } },
        ],
      },
    },
  },
  $defs: {
    metric: {
      type: "object",
      additionalProperties: false,
      required: ["metrics", "region"],
      properties: {
        metrics: {
          type: "array",
          minItems: 1,
          maxItems: 500,
          items: { type: "array", minItems: 1, items: { anyOf: [{ type: "string", minLength: 1 }, options] } },
        },
        region: { type: "string" },
        title: { type: "string" },
        view: { enum: ["timeSeries", "singleValue", "gauge", "bar", "pie", "table"] },
        stacked: { type: "boolean" },
        sparkline: { type: "boolean" },
        stat: { type: "string", pattern: "^(SampleCount|Average|Sum|Minimum|Maximum|p\\d{1,2}(\\.\\d+)?)$" },
        period: { type: "integer", multipleOf: 60 },
        yAxis: { type: "object" },
      },
    },
    alarm: {
      type: "object",
      additionalProperties: false,
      required: ["alarms"],
      properties: {
        alarms: {
          type: "array",
          minItems: 1,
          maxItems: 100,
          items: { type: "string", pattern: "^arn:aws:cloudwatch:" },
        },
        title: { type: "string" },
      },
    },
  },
};

/** Of the body of every dashboard, what the page above does not allow. */
export function malformed(template: Template): string[] {
  const validate = new Ajv({ strict: false, allErrors: true }).compile(SCHEMA);
  return bodies(template).flatMap((body) =>
    validate(body)
      ? overlapping(body.widgets)
      : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`),
  );
}

export interface Body {
  readonly widgets: ReadonlyArray<{
    readonly type: string;
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
    readonly properties: { readonly metrics?: ReadonlyArray<ReadonlyArray<string | { expression?: string }>> };
  }>;
}

function overlapping(widgets: Body["widgets"]): string[] {
  return widgets.flatMap((one, index) => [
    ...(one.x + one.width > 24 ? [`widget ${index} leaves the grid`] : []),
    ...widgets
      .slice(0, index)
      .filter(
        (other) =>
          one.x < other.x + other.width &&
          other.x < one.x + one.width &&
          one.y < other.y + other.height &&
          other.y < one.y + one.height,
      )
      .map(() => `widget ${index} lies on another`),
  ]);
}

export function bodies(template: Template): Body[] {
  return ofType(template, "AWS::CloudWatch::Dashboard").map(({ properties }) => {
    const { "Fn::Sub": text } = properties.DashboardBody as { "Fn::Sub": string };
    return JSON.parse(text.replace(/\$\{([^}]+)\}/g, (_, name: string) => standIn(template, name))) as Body;
  });
}

/** What CloudFormation would put there. Throws for what the template does not have. */
function standIn({ Resources }: Template, name: string): string {
  const [id = "", attribute] = name.split(".");
  if (name.startsWith("AWS::")) return name;
  if (!Resources[id]) throw new Error(`The dashboard names ${name}, which the template does not have.`);
  return attribute === "Arn" ? `arn:aws:cloudwatch:eu-central-1:123456789012:alarm:${id}` : id;
}
