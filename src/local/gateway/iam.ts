import { type Caller, type PolicyStatement, ServiceError, type Touched } from "../service.js";

type Test = (value: string | undefined, wanted: readonly string[]) => boolean;

/** Of a template's policies, which are few and asked about at every call. */
const patterns = new Map<string, RegExp>();

const like = (value: string, pattern: string) => {
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

/** Refuses by name what cannot be evaluated here, so that a role never means less, or more, than on AWS. */
export function checkStatements(statements: readonly PolicyStatement[]): void {
  for (const statement of statements) {
    const unknown = Object.keys(statement).find((element) => !ELEMENTS.includes(element));
    if (unknown) throw new Error(`The embedded cloud does not know the policy element ${unknown}.`);
    for (const operator of Object.keys(statement.Condition ?? {})) operatorNamed(operator);
  }
}

/** Whether a role's statements allow an action: an explicit Deny wins, and what is not allowed is denied. */
export function isAllowed(statements: readonly PolicyStatement[], touched: Touched): boolean {
  const about = statements.filter((statement) => applies(statement, touched));
  return about.some(({ Effect }) => Effect === "Allow") && !about.some(({ Effect }) => Effect === "Deny");
}

/** Whether statements deny an action explicitly. */
export function isDenied(statements: readonly PolicyStatement[], touched: Touched): boolean {
  return statements.some((statement) => statement.Effect === "Deny" && applies(statement, touched));
}

/** Throws AWS's AccessDeniedException for the first action that the caller may not do. The root may do everything. */
export function authorize(caller: Caller, touched: readonly Touched[]): void {
  const denied = caller.statements && touched.find((one) => !isAllowed(caller.statements ?? [], one));
  if (!denied) return;
  throw new ServiceError(
    "AccessDeniedException",
    `User: ${caller.arn} is not authorized to perform: ${denied.action} on resource: ${denied.resource} because no ` +
      `identity-based policy allows the ${denied.action} action`,
  );
}

function applies(
  { Action, Resource, Condition = {} }: PolicyStatement,
  { action, resource, conditions }: Touched,
): boolean {
  const matching = (patterns: string | readonly string[], value: string) =>
    [patterns].flat().some((pattern) => like(value, pattern));
  const actions = [Action].flat().map((one) => one.toLowerCase());
  if (!matching(actions, action.toLowerCase()) || !matching(Resource, resource)) return false;
  return Object.entries(Condition).every(([operator, keys]) => {
    const test = operatorNamed(operator);
    return Object.entries(keys).every(([key, wanted]) => test(conditions[key], [wanted].flat()));
  });
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
