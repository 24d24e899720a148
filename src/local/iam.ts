import { type Caller, type PolicyStatement, ServiceError, type Touched } from "./service.js";

type Test = (value: string | undefined, wanted: readonly string[]) => boolean;

const like = (value: string, pattern: string) =>
  new RegExp(
    `^${pattern
      .split("*")
      .map((part) => part.split("?").map(escaped).join("."))
      .join(".*")}$`,
    "s",
  ).test(value);

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
const OPERATORS: Readonly<Record<string, Test>> = {
  StringEquals: (value, wanted) => value !== undefined && wanted.includes(value),
  StringNotEquals: (value, wanted) => value === undefined || !wanted.includes(value),
  StringLike: (value, wanted) => value !== undefined && wanted.some((pattern) => like(value, pattern)),
  StringNotLike: (value, wanted) => value === undefined || !wanted.some((pattern) => like(value, pattern)),
  ArnEquals: (value, wanted) => value !== undefined && wanted.some((pattern) => like(value, pattern)),
  ArnLike: (value, wanted) => value !== undefined && wanted.some((pattern) => like(value, pattern)),
  Bool: (value, wanted) => value !== undefined && wanted.includes(value),
  Null: (value, wanted) => wanted.includes(String(value === undefined)),
};

/** Whether a role's statements allow an action: an explicit Deny wins, and what is not allowed is denied. */
export function isAllowed(statements: readonly PolicyStatement[], touched: Touched): boolean {
  const about = statements.filter((statement) => applies(statement, touched));
  return about.some(({ Effect }) => Effect === "Allow") && !about.some(({ Effect }) => Effect === "Deny");
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
  if (
    !matching(Action, action) &&
    !matching(
      [Action].flat().map((one) => one.toLowerCase()),
      action.toLowerCase(),
    )
  )
    return false;
  if (!matching(Resource, resource)) return false;
  return Object.entries(Condition).every(([operator, keys]) => {
    const test = OPERATORS[operator];
    if (!test) throw new Error(`The condition operator ${operator} is not known here.`);
    return Object.entries(keys).every(([key, wanted]) => test(conditions[key], [wanted].flat()));
  });
}

function escaped(text: string): string {
  return text.replace(/[.*+^${}()|[\]\\]/g, "\\$&");
}
