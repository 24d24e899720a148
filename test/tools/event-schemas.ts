import { readFileSync } from "node:fs";
import { Ajv, type ValidateFunction } from "ajv";
import { fileOf } from "../../scripts/events/schemas.js";

const ajv = new Ajv({ allErrors: true, strict: false });
const compiled = new Map<string, ValidateFunction>();

/** What a published schema, with nothing in it that it does not name, has against a value. */
export function faultsOf(file: string, value: unknown): unknown[] {
  const known = compiled.get(file);
  const validate = known ?? ajv.compile(closed(JSON.parse(readFileSync(`docs/events/${file}`, "utf8"))) as object);
  compiled.set(file, validate);
  return validate(value) ? [] : (validate.errors ?? []);
}

export function faultsOfEvent(event: { readonly "detail-type": string; readonly detail: unknown }): unknown[] {
  return faultsOf(fileOf(event["detail-type"]), event.detail);
}

/** Published, they let in what may come one day; here nothing may come that they do not say. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== "object" || schema === null) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, closed(value)]));
  return "properties" in schema && !("additionalProperties" in schema)
    ? { ...inner, additionalProperties: false }
    : inner;
}
