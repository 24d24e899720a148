import { sub } from "./cloudformation.js";

/** Names instead of references: a machine's role names functions whose roles name the machine. */
export const STACK = "#{AWS::StackName}";

/** As serverless.yml names the function whose resource is called so. */
export function functionName(name: string): string {
  return `${STACK}-${name.replace(/(?<=.)[A-Z]/g, "-$&").toLowerCase()}`;
}

export function machine(name: string) {
  return sub(`arn:#{AWS::Partition}:states:#{AWS::Region}:#{AWS::AccountId}:stateMachine:${STACK}-${name}`);
}

export function executions(name: string) {
  return sub(`arn:#{AWS::Partition}:states:#{AWS::Region}:#{AWS::AccountId}:execution:${STACK}-${name}:*`);
}
