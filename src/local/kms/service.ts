import { type Service, type Surroundings, unknownOperation } from "../service.js";

/**
 * As much of KMS as it takes to choose a key: its aliases, on one page. `aliases`: without `alias/`; beside them stands the one
 * of the key that AWS manages for Secrets Manager, as in every account that has a secret.
 * https://docs.aws.amazon.com/kms/latest/APIReference/API_ListAliases.html
 */
export function kms({ region, accountId }: Surroundings, aliases: readonly string[]): Service {
  const arn = (resource: string) => `arn:aws:kms:${region}:${accountId}:${resource}`;
  return {
    name: "kms",
    async touches({ operation }) {
      return [{ action: `kms:${operation}`, resource: "*", conditions: {} }];
    },
    async handle({ operation }) {
      if (operation !== "ListAliases") throw unknownOperation("kms", operation);
      const all = ["aws/secretsmanager", ...aliases].map((name) => `alias/${name}`);
      return { Aliases: all.map((AliasName) => ({ AliasName, AliasArn: arn(AliasName) })), Truncated: false };
    },
  };
}
