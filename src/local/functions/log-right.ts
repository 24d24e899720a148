import type { Touched } from "../service.js";
import type { LambdaFunction } from "./function.js";

/**
 * Whether a new environment of a function may write its log, which Lambda does with the function's role: without the right
 * the function runs, and nobody sees what it printed.
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
 */
export function logRight(
  { name }: LambdaFunction,
  { region, accountId }: { readonly region: string; readonly accountId: string },
  authorize: (touched: readonly Touched[]) => void,
): () => boolean {
  const resource = `arn:aws:logs:${region}:${accountId}:log-group:/aws/lambda/${name}:log-stream:local`;
  const actions = ["logs:CreateLogStream", "logs:PutLogEvents"];
  return () => {
    try {
      authorize(actions.map((action) => ({ action, resource, conditions: {} })));
      return true;
    } catch {
      return false;
    }
  };
}
