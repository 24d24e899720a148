import { type Service, ServiceError, unknownOperation } from "../service.js";

/** Something of the account's that is told to begin anew: an ECS service, a Lambda function, an instance, an API destination. */
export interface Workload {
  readonly arn: string;
  /** What becomes of it when it is told. Absent: it is done when it is first looked at. */
  becomes?: "done" | "failed" | "rolled back" | "under way";
  /** What it was told, the oldest first: requests, and what an API destination was sent. */
  readonly told: Array<Readonly<Record<string, unknown>>>;
  /** Of a function, as it stands now. */
  description?: string;
}

export type Input = Readonly<Record<string, unknown>>;

export function find(workloads: readonly Workload[], arn: string, code: string): Workload {
  const found = workloads.find((one) => one.arn === arn);
  if (found) return found;
  throw new ServiceError(code, `There is no ${arn}.`);
}

/** Throws for a member that no request here has: a misspelt one would have no effect in silence. */
export function only(input: Input, members: readonly string[]): void {
  const other = Object.keys(input).find((name) => !members.includes(name));
  if (other) throw new ServiceError("ValidationException", `The embedded cloud knows no ${other} here.`);
}

/** Answers by operation. */
export function handling(
  name: string,
  operations: Readonly<Record<string, (input: Input) => Input>>,
): Service["handle"] {
  return async ({ operation, input }) => {
    const handle = operations[operation];
    if (!handle) throw unknownOperation(name, operation);
    return handle(input);
  };
}
