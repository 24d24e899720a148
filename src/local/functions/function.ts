export interface LambdaFunction {
  readonly name: string;
  readonly arn: string;
  readonly zip: string;
  /** `functions/plan.handler` */
  readonly handler: string;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  /** Its own variables; Lambda's are added. */
  readonly environment: Readonly<Record<string, string>>;
}

/** What Lambda says of a function that gave no answer. */
export type Death = "Runtime.ExitError" | "Sandbox.Timedout";

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime, as far as they say something here. */
export function lambdaVariables({ name, memoryMb }: LambdaFunction): Record<string, string> {
  return {
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
  };
}
