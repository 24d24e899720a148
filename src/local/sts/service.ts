import { type Service, unknownOperation } from "../service.js";

/** Who am I, for the aws command line. */
export function sts(accountId: string): Service {
  return {
    name: "sts",
    async touches() {
      return [];
    },
    async handle({ operation, caller }) {
      if (operation !== "GetCallerIdentity") throw unknownOperation("sts", operation);
      return { Account: accountId, Arn: caller.arn, UserId: "local" };
    },
  };
}
