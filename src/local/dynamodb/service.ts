import { createRequire } from "node:module";
import db, { type Store } from "dynalite/db/index.js";
import validations from "dynalite/validations/index.js";
import { usesOfKey } from "../gateway/keys.js";
import { type Service, ServiceError, type Surroundings, unknownOperation } from "../service.js";

/** A table as CloudFormation has it; what dynalite does not know of is left out. */
export interface Table {
  readonly TableName: string;
  readonly AttributeDefinitions: unknown;
  readonly KeySchema: unknown;
  readonly GlobalSecondaryIndexes?: unknown;
  readonly BillingMode?: string;
  readonly SSESpecification?: { readonly KMSMasterKeyId?: string };
}

/** What dynalite has, by the names of its files. */
const OPERATIONS: ReadonlySet<string> = new Set([
  ...["BatchGetItem", "BatchWriteItem", "CreateTable", "DeleteItem", "DeleteTable", "DescribeTable", "GetItem"],
  ...["ListTables", "PutItem", "Query", "Scan", "UpdateItem", "UpdateTable"],
  ...["DescribeTimeToLive", "ListTagsOfResource", "TagResource", "UntagResource"],
]);

/**
 * DynamoDB by dynalite, with the tables of the template. `path`: where the data is kept. Its own HTTP server is not
 * started: that would be a second port, on which everybody on this machine, and any web page, is the root.
 */
export async function dynamodb(surroundings: Surroundings, tables: readonly Table[], path: string): Promise<Service> {
  const store = db.create({ path, createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  const close = () => store.lifecycleManager.gracefulClose();

  async function handle(operation: string, input: unknown): Promise<Readonly<Record<string, unknown>>> {
    if (!OPERATIONS.has(operation)) throw unknownOperation("dynamodb", operation);
    try {
      return copyOf(await act(store, operation, copyOf(input as object)));
    } catch (error) {
      const { statusCode, body } = error as Failure;
      if (!statusCode || !body) throw error;
      throw new ServiceError(body.__type.replace(/^.*#/, ""), body.message ?? body.Message ?? "", statusCode);
    }
  }

  try {
    const { TableNames } = (await handle("ListTables", {})) as { TableNames: string[] };
    for (const { TableName, AttributeDefinitions, KeySchema, GlobalSecondaryIndexes } of tables) {
      if (TableNames.includes(TableName)) continue;
      const indexes = GlobalSecondaryIndexes ? { GlobalSecondaryIndexes } : {};
      await handle("CreateTable", {
        TableName,
        AttributeDefinitions,
        KeySchema,
        BillingMode: "PAY_PER_REQUEST",
        ...indexes,
      });
    }
  } catch (error) {
    await close();
    throw error;
  }

  /**
   * DynamoDB opens a table's own key in the name of whoever reads or writes it.
   * https://docs.aws.amazon.com/kms/latest/developerguide/services-dynamodb.html#dynamodb-cmk-trail
   */
  const usesOfTableKey = (name: string) =>
    usesOfKey(tables.find(({ TableName }) => TableName === name)?.SSESpecification?.KMSMasterKeyId, ["Decrypt"], {
      service: "dynamodb",
      context: { "aws:dynamodb:tableName": name, "aws:dynamodb:subscriberId": surroundings.accountId },
    });

  const arnOf = (table: string) => `arn:aws:dynamodb:${surroundings.region}:${surroundings.accountId}:table/${table}`;
  return {
    name: "dynamodb",
    async touches({ operation, input }) {
      const names = input.TableName
        ? [String(input.TableName)]
        : Object.keys((input.RequestItems as object | undefined) ?? {});
      const index = input.IndexName ? `/index/${input.IndexName}` : "";
      const resources = names.length > 0 ? names.map((name) => arnOf(name) + index) : ["*"];
      return [
        ...resources.map((resource) => ({ action: `dynamodb:${operation}`, resource, conditions: {} })),
        ...names.flatMap(usesOfTableKey),
      ];
    },
    handle: ({ operation, input }) => handle(operation, input),
    close,
  };
}

/** How dynalite says what AWS would. */
interface Failure {
  readonly statusCode?: number;
  readonly body?: { readonly __type: string; readonly message?: string; readonly Message?: string };
}

type Action = (store: Store, input: object, done: (error: Failure | null, answer: object) => void) => void;

const require = createRequire(import.meta.url);

/** As dynalite's own server does it: types, values, then the operation. */
function act(store: Store, operation: string, input: object): Promise<object> {
  const file = operation.charAt(0).toLowerCase() + operation.slice(1);
  const { types, custom } = require(`dynalite/validations/${file}`) as { types: unknown; custom: unknown };
  const checked = validations.checkTypes(input, types);
  validations.checkValidations(checked, types, custom, store);
  const action = require(`dynalite/actions/${file}`) as Action;
  return new Promise((resolve, reject) => {
    action(store, checked, (error, answer) => (error ? reject(error) : resolve(answer)));
  });
}

/** What came over a wire has no part in common with what is kept. */
function copyOf<Value extends object>(value: Value): Record<string, unknown> {
  return JSON.parse(JSON.stringify(value)) as Record<string, unknown>;
}
