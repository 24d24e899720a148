import type { BusEvent } from "../service.js";

/** How a target wants its input. */
export interface TargetInput {
  readonly Input?: string;
  readonly InputPath?: string;
  readonly InputTransformer?: {
    readonly InputPathsMap?: Readonly<Record<string, string>>;
    readonly InputTemplate: string;
  };
}

/**
 * The text that a target gets. In a JSON template a variable stands for its value as JSON; in a template of quoted
 * lines for its plain text, each line a line.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
 */
export function inputFor(target: TargetInput, event: BusEvent, rule: { name: string; arn: string }): string {
  if (target.Input !== undefined) return target.Input;
  if (target.InputPath !== undefined) return JSON.stringify(at(target.InputPath, event) ?? null);
  if (!target.InputTransformer) return JSON.stringify(event);
  const { InputPathsMap = {}, InputTemplate } = target.InputTransformer;
  const variables: Record<string, unknown> = {
    "aws.events.rule-arn": rule.arn,
    "aws.events.rule-name": rule.name,
    "aws.events.event.ingestion-time": event.time,
    "aws.events.event": event,
    "aws.events.event.json": event,
  };
  for (const [name, path] of Object.entries(InputPathsMap)) variables[name] = at(path, event);
  const template = InputTemplate.trim();
  return template.startsWith("{") || template.startsWith("[")
    ? filledJson(template, variables)
    : filledLines(template, variables);
}

/** Inside quotes a variable is text, outside it is JSON. */
function filledJson(template: string, variables: Readonly<Record<string, unknown>>): string {
  return template.replace(/"(?:[^"\\]|\\.)*"|<([^<>]+)>/gs, (whole, name: string | undefined) => {
    if (name !== undefined) return JSON.stringify(variables[name] ?? "");
    return whole.replace(/<([^<>]+)>/g, (_, inner: string) => JSON.stringify(plain(variables[inner])).slice(1, -1));
  });
}

function filledLines(template: string, variables: Readonly<Record<string, unknown>>): string {
  return [...template.matchAll(/"((?:[^"\\]|\\.)*)"/gs)]
    .map(([, line = ""]) => line.replace(/<([^<>]+)>/g, (_, name: string) => plain(variables[name])))
    .join("\n");
}

function plain(value: unknown): string {
  return typeof value === "string" ? value : value === undefined ? "" : JSON.stringify(value);
}

/** The paths that EventBridge takes: fields and indices, no filters. */
function at(path: string, event: unknown): unknown {
  const steps = path.replace(/^\$\.?/, "").match(/[^.[\]]+/g) ?? [];
  return steps.reduce<unknown>((value, step) => (value as Record<string, unknown> | undefined)?.[step], event);
}
