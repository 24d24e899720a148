import { type Service, ServiceError, type Surroundings, unknownOperation } from "../service.js";
import type { FunctionHost } from "./host.js";

/** Lambda, as far as invoking goes. An error of the function goes through as `FunctionError`. */
export function lambda({ region, accountId }: Surroundings, functions: ReadonlyMap<string, FunctionHost>): Service {
  const arnOf = (name: string) =>
    name.startsWith("arn:") ? name : `arn:aws:lambda:${region}:${accountId}:function:${name}`;
  return {
    name: "lambda",
    async touches({ operation, input }) {
      return [{ action: `lambda:${operation}Function`, resource: arnOf(String(input.FunctionName)), conditions: {} }];
    },
    async handle({ operation, input }) {
      if (operation !== "Invoke") throw unknownOperation("lambda", operation);
      const host = functions.get(arnOf(String(input.FunctionName)));
      if (!host)
        throw new ServiceError(
          "ResourceNotFoundException",
          `Function not found: ${arnOf(String(input.FunctionName))}`,
          404,
        );
      return { Payload: await host.invoke(input.Payload) };
    },
  };
}
