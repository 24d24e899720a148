import { type Service, ServiceError, type Surroundings, unknownOperation } from "../service.js";
import { find, only, type Workload } from "../workloads/workload.js";
import type { FunctionHost } from "./host.js";

/**
 * Lambda, as far as invoking the template's functions goes, and telling others to begin anew. An error of a function goes
 * through as `FunctionError`.
 */
export function lambda(
  { region, accountId }: Surroundings,
  functions: ReadonlyMap<string, FunctionHost>,
  workloads: readonly Workload[],
): Service {
  const arnOf = (name: string) =>
    name.startsWith("arn:") ? name : `arn:aws:lambda:${region}:${accountId}:function:${name}`;
  /** https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConfiguration.html, with the environment that its owner gave it. */
  const configuration = ({ arn, description = "", becomes = "done", told }: Workload) => ({
    FunctionArn: arn,
    FunctionName: arn.slice(arn.lastIndexOf(":") + 1),
    Description: description,
    RevisionId: `revision-${told.length}`,
    State: "Active",
    LastUpdateStatus: { done: "Successful", failed: "Failed", "rolled back": "Failed", "under way": "InProgress" }[
      becomes
    ],
    Environment: { Variables: { OWN: OWNERS_VALUE } },
  });
  return {
    name: "lambda",
    async touches({ operation, input }) {
      const action = operation === "Invoke" ? "lambda:InvokeFunction" : `lambda:${operation}`;
      return [{ action, resource: arnOf(String(input.FunctionName)), conditions: {} }];
    },
    async handle({ operation, input }) {
      if (operation === "GetFunctionConfiguration") {
        only(input, ["FunctionName"]);
        const FunctionArn = arnOf(String(input.FunctionName));
        const own = functions.get(FunctionArn)?.variables;
        if (own) return { FunctionArn, State: "Active", Environment: { Variables: own } };
        return configuration(find(workloads, arnOf(String(input.FunctionName)), "ResourceNotFoundException"));
      }
      if (operation === "UpdateFunctionConfiguration") {
        only(input, ["FunctionName", "Description", "RevisionId"]);
        const workload = find(workloads, arnOf(String(input.FunctionName)), "ResourceNotFoundException");
        if (input.RevisionId !== undefined && input.RevisionId !== configuration(workload).RevisionId)
          throw new ServiceError("PreconditionFailedException", "The RevisionId is another.", 412);
        workload.told.push(input);
        workload.description = String(input.Description ?? "");
        return configuration(workload);
      }
      if (operation !== "Invoke") throw unknownOperation("lambda", operation);
      const host = functions.get(arnOf(String(input.FunctionName)));
      if (!host)
        throw new ServiceError(
          "ResourceNotFoundException",
          `Function not found: ${arnOf(String(input.FunctionName))}`,
          404,
        );
      return { Payload: await host.invoke(input.Payload, input.Beside === true) };
    },
  };
}

/** Lambda gives the variables of a function to whoever may look at it: nothing of Keyturn's may pass that on. */
export const OWNERS_VALUE = "a value of the function's owner";
