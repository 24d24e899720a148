import { type Service, ServiceError, unknownOperation } from "../service.js";

/**
 * The stack that the cloud runs, as far as it takes to find its resources: DescribeStacks with its outputs.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html
 */
export function cloudFormation(
  { region, accountId }: { readonly region: string; readonly accountId: string },
  { name, outputs }: { readonly name: string; readonly outputs: Readonly<Record<string, string>> },
): Service {
  const arn = (stack: string) => `arn:aws:cloudformation:${region}:${accountId}:stack/${stack}/*`;
  return {
    name: "cloudformation",
    async touches({ operation, input }) {
      return [{ action: `cloudformation:${operation}`, resource: arn(String(input.StackName ?? "*")), conditions: {} }];
    },
    async handle({ operation, input }) {
      if (operation !== "DescribeStacks") throw unknownOperation("cloudformation", operation);
      if (input.StackName !== name)
        throw new ServiceError("ValidationError", `Stack with id ${String(input.StackName)} does not exist`, 400);
      const Outputs = Object.entries(outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue }));
      return { Stacks: [{ StackName: name, StackStatus: "CREATE_COMPLETE", Outputs }] };
    },
  };
}
