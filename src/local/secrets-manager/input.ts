import { validation } from "./errors.js";

/** One member of an operation's input: `read` gives its value, or throws a ValidationException that names it. */
export interface Member<T, Needed extends boolean = false> {
  readonly needed: Needed;
  read(value: unknown, path: string): T;
}

export type Members = Readonly<Record<string, Member<unknown, boolean>>>;

/** What `structure` reads: needed members are there, the others may be undefined. */
export type Structure<M extends Members> = {
  readonly [K in keyof M]: M[K] extends Member<infer T, true>
    ? T
    : M[K] extends Member<infer T>
      ? T | undefined
      : never;
};

/** Reads an object. A member that is not listed is refused by name, so that nothing asked for is silently left out. */
export function structure<M extends Members>(members: M): Member<Structure<M>> {
  return member((value, path) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrongType(path, "a structure");
    const given = value as Record<string, unknown>;
    const unknown = Object.keys(given).find((name) => !Object.hasOwn(members, name) && given[name] != null);
    if (unknown) {
      throw validation(
        `The embedded cloud does not know the parameter '${join(path, unknown)}'. See docs/local-vs-aws.md.`,
      );
    }
    const read = Object.entries(members).map(([name, { needed, read }]) => {
      if (given[name] != null) return [name, read(given[name], join(path, name))];
      if (needed) throw violation(join(path, name), "Member must not be null");
      return [name, undefined];
    });
    return Object.fromEntries(read);
  });
}

export function needed<T>(optional: Member<T>): Member<T, true> {
  return { ...optional, needed: true };
}

/** A string of `min` to `max` characters, or bytes in UTF-8 where `unit` says so. */
export function text(limits: { min?: number; max: number; unit?: "bytes"; pattern?: RegExp }): Member<string> {
  return member((value, path) => {
    if (typeof value !== "string") throw wrongType(path, "a string");
    checkLength(limits.unit === "bytes" ? Buffer.byteLength(value) : value.length, limits, path);
    if (limits.pattern && !limits.pattern.test(value)) {
      throw violation(path, `Member must satisfy regular expression pattern: ${limits.pattern.source}`);
    }
    return value;
  });
}

/** The same member, with `check` besides, which throws. */
export function checked<T>(optional: Member<T>, check: (value: T) => void): Member<T> {
  return member((value, path) => {
    const read = optional.read(value, path);
    check(read);
    return read;
  });
}

export function oneOf<const T extends string>(...allowed: readonly T[]): Member<T> {
  return member((value, path) => {
    const found = allowed.find((one) => one === value);
    if (found === undefined) throw violation(path, `Member must satisfy enum value set: [${allowed.join(", ")}]`);
    return found;
  });
}

/** Binary as it travels: base64. Its decoded length is held to `max` bytes. */
export function blob(limits: { min: number; max: number }): Member<string> {
  return member((value, path) => {
    if (typeof value !== "string" || !/^[A-Za-z0-9+/]*={0,2}$/.test(value)) throw wrongType(path, "base64");
    checkLength(Buffer.byteLength(value, "base64"), limits, path);
    return value;
  });
}

export function flag(): Member<boolean> {
  return member((value, path) => {
    if (typeof value !== "boolean") throw wrongType(path, "a boolean");
    return value;
  });
}

export function integer(limits: { min?: number; max?: number } = {}): Member<number> {
  return member((value, path) => {
    if (typeof value !== "number" || !Number.isInteger(value)) throw wrongType(path, "an integer");
    const { min = -Infinity, max = Infinity } = limits;
    if (value < min) throw violation(path, `Member must have value greater than or equal to ${min}`);
    if (value > max) throw violation(path, `Member must have value less than or equal to ${max}`);
    return value;
  });
}

export function list<T>(item: Member<T>, limits: { min?: number; max?: number } = {}): Member<readonly T[]> {
  return member((value, path) => {
    if (!Array.isArray(value)) throw wrongType(path, "a list");
    checkLength(value.length, limits, path);
    return value.map((one, index) => item.read(one, `${path}.${index + 1}.member`));
  });
}

function member<T>(read: Member<T>["read"]): Member<T> {
  return { needed: false, read };
}

function checkLength(length: number, { min = 0, max = Infinity }: { min?: number; max?: number }, path: string): void {
  if (length < min) throw violation(path, `Member must have length greater than or equal to ${min}`);
  if (length > max) throw violation(path, `Member must have length less than or equal to ${max}`);
}

function violation(path: string, constraint: string) {
  return validation(`1 validation error detected: Value at '${path}' failed to satisfy constraint: ${constraint}`);
}

function wrongType(path: string, expected: string) {
  return validation(`The parameter '${path}' must be ${expected}.`);
}

/** AWS names members in error messages with a small first letter. */
function join(path: string, name: string): string {
  const small = name.charAt(0).toLowerCase() + name.slice(1);
  return path ? `${path}.${small}` : small;
}
