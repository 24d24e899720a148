import type { PolicyStatement, Touched } from "../service.js";

type Test = (value: string | undefined, wanted: readonly string[]) => boolean;

/** Of a template's policies, which are few and asked about at every call. */
const patterns = new Map<string, RegExp>();

/** Whether a pattern of a policy covers a value: `*` any characters, `?` any one. */
export const like = (value: string, pattern: string): boolean => {
  const known = patterns.get(pattern) ?? asRegExp(pattern);
  patterns.set(pattern, known);
  return known.test(value);
};

/** Segment by segment: a wildcard does not reach over a colon, save in the last one. */
const arnLike = (value: string, pattern: string) => {
  const wanted = segments(pattern);
  return segments(value).every((segment, index) => like(segment, wanted[index] ?? ""));
};

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
const OPERATORS: Readonly<Record<string, Test>> = {
  StringEquals: (value, wanted) => value !== undefined && wanted.includes(value),
  StringNotEquals: (value, wanted) => value === undefined || !wanted.includes(value),
  StringLike: (value, wanted) => value !== undefined && wanted.some((pattern) => like(value, pattern)),
  StringNotLike: (value, wanted) => value === undefined || !wanted.some((pattern) => like(value, pattern)),
  ArnEquals: (value, wanted) => value !== undefined && wanted.some((pattern) => arnLike(value, pattern)),
  ArnNotEquals: (value, wanted) => value === undefined || !wanted.some((pattern) => arnLike(value, pattern)),
  ArnLike: (value, wanted) => value !== undefined && wanted.some((pattern) => arnLike(value, pattern)),
  Bool: (value, wanted) => value !== undefined && wanted.includes(value),
  Null: (value, wanted) => wanted.includes(String(value === undefined)),
};

const ELEMENTS = ["Sid", "Effect", "Principal", "Action", "Resource", "Condition"];

/** The condition keys that calls have here. Of another AWS might know a value, and here there would be none. */
const KEYS = [
  /^aws:(PrincipalArn|PrincipalIsAWSService|SourceAccount|SourceArn|(Resource|Request)Tag\/.+)$/,
  /^kms:(CallerAccount|ViaService|EncryptionContext:.+)$/,
  /^lambda:SourceFunctionArn$/,
  /^secretsmanager:(Name|SecretId|VersionStage|RotationLambdaARN|ResourceTag\/.+)$/,
];

/** Refuses by name what cannot be evaluated here, so that a policy never means less, or more, than on AWS. */
export function checkStatements(statements: readonly PolicyStatement[]): void {
  for (const statement of statements) {
    const unknown = Object.keys(statement).find((element) => !ELEMENTS.includes(element));
    if (unknown) throw new Error(`The embedded cloud does not know the policy element ${unknown}.`);
    for (const [operator, keys] of Object.entries(statement.Condition ?? {})) {
      operatorNamed(operator);
      const odd = Object.keys(keys).find((key) => !KEYS.some((known) => known.test(key)));
      if (odd) throw new Error(`The embedded cloud does not know the condition key ${odd}.`);
    }
  }
}

/** Whether statements allow an action: an explicit Deny wins, and what is not allowed is denied. */
export function isAllowed(statements: readonly PolicyStatement[], touched: Touched): boolean {
  const about = statements.filter((statement) => applies(statement, touched));
  return about.some(({ Effect }) => Effect === "Allow") && !about.some(({ Effect }) => Effect === "Deny");
}

/** Whether a statement is about this action on this resource, its conditions met. */
export function applies(
  { Action, Resource, Condition = {} }: PolicyStatement,
  { action, resource, conditions }: Touched,
): boolean {
  if (![Action].flat().some((pattern) => matchesAction(pattern, action))) return false;
  if (![Resource].flat().some((pattern) => like(resource, pattern))) return false;
  return Object.entries(Condition).every(([operator, keys]) => {
    const test = operatorNamed(operator);
    return Object.entries(keys).every(([key, wanted]) => test(conditions[key], [wanted].flat()));
  });
}

/** Whatever the case of its letters. */
export function matchesAction(pattern: string, action: string): boolean {
  return like(action.toLowerCase(), pattern.toLowerCase());
}

function operatorNamed(name: string): Test {
  const test = OPERATORS[name];
  if (!test) throw new Error(`The embedded cloud does not know the condition operator ${name}.`);
  return test;
}

function segments(arn: string): string[] {
  const parts = arn.split(":");
  return [...parts.slice(0, 5), parts.slice(5).join(":")];
}

function asRegExp(pattern: string): RegExp {
  const parts = pattern.split("*").map((part) => part.split("?").map(escaped).join("."));
  return new RegExp(`^${parts.join(".*")}$`, "s");
}

function escaped(text: string): string {
  return text.replace(/[.*+^${}()|[\]\\]/g, "\\$&");
}
