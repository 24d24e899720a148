import { createGenerator, type Schema } from "ts-json-schema-generator";
import { DETAIL_TYPES } from "../../src/events/names.js";

type EventKey = keyof typeof DETAIL_TYPES;

/** A JSON Schema, as much of it as is walked through. */
export type JsonSchema = Schema & { readonly properties?: Readonly<Record<string, Schema>> };

/** `Secret Rotation Failed` is in `secret-rotation-failed.schema.json`. */
export function fileOf(detailType: string): string {
  return `${detailType.toLowerCase().replaceAll(" ", "-")}.schema.json`;
}

/**
 * The schemas of what is announced and asked for, and of what a webhook gets, by file, of the types in the code. They let fields in
 * that are not there yet: new ones may come.
 */
export function eventSchemas(): ReadonlyMap<string, JsonSchema> {
  const details = schemaOf("src/events/details.ts", "Details");
  return new Map([
    ...(Object.entries(DETAIL_TYPES) as Array<[EventKey, string]>).map(([key, detailType]): [string, JsonSchema] => [
      fileOf(detailType),
      titled(`The detail of Keyturn's event ${detailType}`, details.properties?.[key]),
    ]),
    [
      "webhook.schema.json",
      titled("What a webhook of Keyturn's gets", schemaOf("src/messages/hook.ts", "HookMessage")),
    ],
  ]);
}

function schemaOf(path: string, type: string): JsonSchema {
  const generator = createGenerator({
    path,
    type,
    tsconfig: "tsconfig.json",
    // The compiler of the project is another one, and has looked at them.
    skipTypeCheck: true,
    expose: "none",
    topRef: false,
    additionalProperties: true,
  });
  return generator.createSchema(type) as JsonSchema;
}

function titled(title: string, schema: Schema | undefined): JsonSchema {
  if (!schema || !("properties" in schema || "anyOf" in schema))
    throw new Error(`${title}: src/events/details.ts does not say what that is.`);
  const { $schema: _, definitions: __, ...own } = timed(schema) as Record<string, unknown>;
  return { $schema: "http://json-schema.org/draft-07/schema#", title, ...own } as JsonSchema;
}

/**
 * A moment is text in the types. Throws for a property that may be anything: the generator makes that of what a type picks out
 * of an interface that has it from another, and requires it; pick it out of that other one.
 */
function timed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(timed);
  if (typeof schema !== "object" || schema === null) return schema;
  const { properties = {} } = schema as { properties?: object };
  const lost = Object.entries(properties).find(([, one]) => Object.keys(one).length === 0);
  if (lost)
    throw new Error(`The type of ${lost[0]} was lost on the way to its schema: scripts/events/schemas.ts says why.`);
  return Object.fromEntries(
    Object.entries(schema).map(([name, value]) => {
      const isTime = (name === "timestamp" || name.endsWith("At")) && (value as { type?: unknown }).type === "string";
      return [name, isTime ? { ...(value as object), pattern: "^\\d{4}-\\d\\d-\\d\\dT" } : timed(value)];
    }),
  );
}
