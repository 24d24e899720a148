import { ServiceError } from "../service.js";
import { invalidParameter } from "./errors.js";
import { filters, passes } from "./filters.js";
import { maxResults, nextToken, secretIds } from "./members.js";
import { type Answer, type Context, serviceOperation } from "./operation.js";
import { page } from "./paging.js";
import { getSecretValue } from "./secret-value.js";
import { touched } from "./touched.js";

const MOST = 20;

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_BatchGetSecretValue.html */
export const batchGetSecretValue = serviceOperation(
  {
    SecretIdList: secretIds(MOST),
    Filters: filters,
    MaxResults: maxResults(MOST),
    NextToken: nextToken,
  },
  async (context, input) => {
    if ((input.SecretIdList === undefined) === (input.Filters === undefined)) {
      throw invalidParameter("You must include either SecretIdList or Filters, but not both.");
    }
    if (input.SecretIdList) {
      if (input.MaxResults !== undefined) throw invalidParameter("You can't use MaxResults without Filters.");
      return readAll(context, input.SecretIdList);
    }
    const all = await context.secrets.all();
    const found = all.filter(
      (secret) => secret.deletedAt === undefined && passes(secret, input.Filters ?? [], context.surroundings.region),
    );
    const { items, next } = page(found, ({ arn }) => arn, { ...input, MaxResults: input.MaxResults ?? MOST });
    return {
      ...(await readAll(
        context,
        items.map(({ arn }) => arn),
      )),
      NextToken: next,
    };
  },
);

/** One secret that cannot be read, or may not be, is an entry in Errors and hinders no other. */
async function readAll(context: Context, secretIds: readonly string[]): Promise<Answer> {
  const values: Answer[] = [];
  const errors: Answer[] = [];
  for (const SecretId of secretIds) {
    try {
      const read = { operation: "GetSecretValue", input: { SecretId } };
      context.surroundings.authorize(context.caller, await touched(context, read));
      values.push(await getSecretValue(context, { SecretId }));
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      errors.push({ SecretId, ErrorCode: error.code, Message: error.message });
    }
  }
  return { SecretValues: values, Errors: errors };
}
