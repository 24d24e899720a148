import { ListSecretsCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { LIST_PAGE } from "../fleet/list-due.js";
import type { ListSecrets } from "../fleet/page.js";
import { fromAws } from "./errors.js";

/** The secrets with a tag that begins with `keyturn:schedule`, page by page. */
export function listSecrets(client: SecretsManagerClient): ListSecrets {
  return async (nextToken) => {
    const command = new ListSecretsCommand({
      Filters: [{ Key: "tag-key", Values: ["keyturn:schedule"] }],
      MaxResults: LIST_PAGE,
      ...(nextToken ? { NextToken: nextToken } : {}),
    });
    try {
      const { SecretList = [], NextToken } = await client.send(command);
      const secrets = SecretList.map(
        ({ ARN = "", Name = "", Tags = [], CreatedDate, LastChangedDate, LastRotatedDate, ...found }) => ({
          arn: ARN,
          name: Name,
          tags: Object.fromEntries(Tags.map(({ Key = "", Value = "" }) => [Key, Value])),
          rotationEnabled: found.RotationEnabled ?? false,
          ...(found.RotationLambdaARN ? { rotationFunction: found.RotationLambdaARN } : {}),
          ...(found.RotationRules?.AutomaticallyAfterDays
            ? { rotationDays: found.RotationRules.AutomaticallyAfterDays }
            : {}),
          ...(CreatedDate ? { createdAt: CreatedDate } : {}),
          ...(LastChangedDate ? { changedAt: LastChangedDate } : {}),
          ...(LastRotatedDate ? { lastRotatedAt: LastRotatedDate } : {}),
        }),
      );
      return { secrets, ...(NextToken ? { nextToken: NextToken } : {}) };
    } catch (error) {
      throw fromAws(error, "Listing the schedule's secrets");
    }
  };
}
