import { readFileSync } from "node:fs";
import { attributesOf, type Identity, isKnownType, type Place } from "./identities.js";

/** A CloudFormation template as `serverless package` writes it. */
export interface RawTemplate {
  readonly Resources: Readonly<
    Record<
      string,
      { readonly Type: string; readonly Properties?: Readonly<Record<string, unknown>>; readonly Condition?: string }
    >
  >;
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: unknown }>>;
}

export interface Resource {
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
  /** What `Ref` gives. */
  readonly ref: string;
  /** What `Fn::GetAtt` gives. */
  readonly attributes: Readonly<Record<string, string>>;
}

export interface Template {
  readonly resources: readonly Resource[];
  ofType(type: string): Resource[];
  resource(logicalId: string): Resource;
  readonly outputs: Readonly<Record<string, string>>;
}

/** Reads a packaged template, and resolves it. */
export function loadTemplate(file: string, place: Place): Template {
  return resolved(JSON.parse(readFileSync(file, "utf8")) as RawTemplate, place);
}

/**
 * A template with, in place of its intrinsic functions, what they come to on this machine. A resource type or a function that
 * is not known is refused by name.
 */
export function resolved(raw: RawTemplate, place: Place): Template {
  const identities = new Map<string, Identity>();
  const conditions = raw.Conditions ?? {};

  const identity = (logicalId: string): Identity => {
    const known = identities.get(logicalId);
    if (known) return known;
    const resource = raw.Resources[logicalId];
    if (!resource) throw new Error(`The template refers to ${logicalId}, which it does not have.`);
    if (!isKnownType(resource.Type))
      throw new Error(`The embedded cloud does not know ${resource.Type} (${logicalId}).`);
    const made = attributesOf(resource.Type, logicalId, (name) => resolve(resource.Properties?.[name]), place);
    identities.set(logicalId, made);
    return made;
  };

  const resolve = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(resolve).filter((one) => one !== NO_VALUE);
    if (typeof value !== "object" || value === null) return value;
    const [[name, argument] = ["", undefined], ...more] = Object.entries(value);
    if (more.length === 0 && (name === "Ref" || name.startsWith("Fn::"))) {
      const intrinsic = INTRINSICS[name];
      if (!intrinsic) throw new Error(`The embedded cloud does not know ${name}.`);
      return intrinsic(argument, { resolve, identity, place, condition: holds });
    }
    return Object.fromEntries(
      Object.entries(value)
        .map(([key, inner]) => [key, resolve(inner)] as const)
        .filter(([, inner]) => inner !== NO_VALUE),
    );
  };

  const holds = (id: string): boolean => {
    if (!(id in conditions)) throw new Error(`The template refers to the condition ${id}, which it does not have.`);
    return truth(conditions[id]);
  };

  const truth = (condition: unknown): boolean => {
    const [[name, argument] = ["", undefined]] = Object.entries(condition as object);
    const parts = argument as unknown[];
    if (name === "Fn::Equals") return resolve(parts[0]) === resolve(parts[1]);
    if (name === "Fn::Not") return !truth(parts[0]);
    if (name === "Fn::And") return parts.every(truth);
    if (name === "Fn::Or") return parts.some(truth);
    if (name === "Condition") return holds(argument as string);
    throw new Error(`The embedded cloud does not know the condition ${name}.`);
  };

  const resources = Object.entries(raw.Resources)
    .filter(([, { Condition }]) => Condition === undefined || holds(Condition))
    .map(([logicalId, { Type, Properties = {} }]) => ({
      logicalId,
      type: Type,
      ...identity(logicalId),
      properties: resolve(Properties) as Readonly<Record<string, unknown>>,
    }));
  return {
    resources,
    ofType: (type) => resources.filter((resource) => resource.type === type),
    resource(logicalId) {
      const found = resources.find((resource) => resource.logicalId === logicalId);
      if (!found) throw new Error(`The template has no resource ${logicalId}.`);
      return found;
    },
    outputs: Object.fromEntries(
      Object.entries(raw.Outputs ?? {}).map(([name, { Value }]) => [name, String(resolve(Value))]),
    ),
  };
}

/** `AWS::NoValue` takes the property away. */
const NO_VALUE = Symbol("AWS::NoValue");

interface Scope {
  readonly resolve: (value: unknown) => unknown;
  readonly identity: (logicalId: string) => Identity;
  readonly place: Place;
  readonly condition: (id: string) => boolean;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html */
const INTRINSICS: Readonly<Record<string, (argument: unknown, scope: Scope) => unknown>> = {
  Ref: (name, scope) => reference(name as string, scope),
  "Fn::GetAtt": (argument, scope) => {
    const [logicalId = "", name = ""] = Array.isArray(argument)
      ? (argument as string[])
      : (argument as string).split(/\.(.*)/);
    return attribute(logicalId, name, scope);
  },
  "Fn::Sub": (argument, scope) => {
    const [text, variables = {}] = (Array.isArray(argument) ? argument : [argument]) as [
      string,
      Record<string, unknown>?,
    ];
    return text.replace(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
      if (literal) return `\${${name}}`;
      if (name in variables) return String(scope.resolve(variables[name]));
      const [logicalId = "", attributeName] = name.split(/\.(.*)/);
      return String(attributeName ? attribute(logicalId, attributeName, scope) : reference(name, scope));
    });
  },
  "Fn::Join": (argument, { resolve }) => {
    const [separator, parts] = argument as [string, unknown];
    return (resolve(parts) as unknown[]).join(separator);
  },
  "Fn::Select": (argument, { resolve }) => {
    const [index, list] = resolve(argument) as [number, unknown[]];
    return list[Number(index)];
  },
  "Fn::Split": (argument, { resolve }) => {
    const [separator, text] = resolve(argument) as [string, string];
    return text.split(separator);
  },
  "Fn::If": (argument, { resolve, condition }) => {
    const [id, yes, no] = argument as [string, unknown, unknown];
    return resolve(condition(id) ? yes : no);
  },
};

function reference(name: string, { identity, place }: Scope): unknown {
  const pseudo: Readonly<Record<string, unknown>> = {
    "AWS::Region": place.region,
    "AWS::AccountId": place.accountId,
    "AWS::StackName": place.stackName,
    "AWS::StackId": `arn:aws:cloudformation:${place.region}:${place.accountId}:stack/${place.stackName}/local`,
    "AWS::Partition": "aws",
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::NoValue": NO_VALUE,
  };
  return name in pseudo ? pseudo[name] : identity(name).ref;
}

function attribute(logicalId: string, name: string, { identity }: Scope): string {
  const value = identity(logicalId).attributes[name];
  if (value === undefined) throw new Error(`The embedded cloud does not know ${logicalId}.${name}.`);
  return value;
}
