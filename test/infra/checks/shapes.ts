/** What is known to be in a value: anything that may be asked of it, or these fields for sure. */
export type Shape = "any" | { readonly [field: string]: Shape };

/** What is sure where two ways meet. */
export function meet(one: Shape, other: Shape): Shape {
  if (one === "any") return other;
  if (other === "any") return one;
  return Object.fromEntries(
    Object.entries(one).flatMap(([field, shape]) => {
      const too = other[field];
      return too === undefined ? [] : [[field, meet(shape, too)]];
    }),
  );
}

/** At a path such as `$.a.b`; `undefined` where nothing may be. */
export function at(path: string, shape: Shape): Shape | undefined {
  return stepsOf(path).reduce<Shape | undefined>(
    (inner, step) => (inner === undefined || inner === "any" ? inner : inner[step]),
    shape,
  );
}

/** With something put at a path. */
export function withAt(path: string, shape: Shape, value: Shape): Shape {
  const [step, ...more] = stepsOf(path);
  if (step === undefined) return value;
  if (shape === "any") return "any";
  return { ...shape, [step]: withAt(["$", ...more].join("."), shape[step] ?? {}, value) };
}

function stepsOf(path: string): string[] {
  return path.replace(/^\$\.?/, "").match(/[^.[\]]+/g) ?? [];
}

/** Tells of each path that may be missing. */
export type Tell = (path: string) => void;

/** What Parameters, ResultSelector or ItemSelector come to. */
export function filled(template: unknown, data: Shape, tell: Tell): Shape {
  if (typeof template !== "object" || template === null) return "any";
  if (Array.isArray(template)) {
    for (const one of template) filled(one, data, tell);
    return "any";
  }
  return Object.fromEntries(
    Object.entries(template).map(([field, value]) =>
      field.endsWith(".$")
        ? [field.slice(0, -2), resultOf(String(value), data, tell)]
        : [field, filled(value, data, tell)],
    ),
  );
}

/** What a path or an intrinsic function comes to. */
export function resultOf(expression: string, data: Shape, tell: Tell): Shape {
  if (expression.startsWith("$$")) return "any";
  if (expression.startsWith("$")) {
    const found = at(expression, data);
    if (found === undefined) tell(expression);
    return found ?? "any";
  }
  const [, name, inside = ""] = /^States\.(\w+)\((.*)\)$/s.exec(expression.trim()) ?? [];
  if (!name) return "any";
  const values = argumentsIn(inside).map((one) => resultOf(one, data, tell));
  // What a text has in it nobody knows before.
  if (name === "StringToJson") return {};
  if (name !== "JsonMerge") return "any";
  const [first = {}, second = {}] = values;
  return first === "any" || second === "any" ? "any" : { ...first, ...second };
}

/** Divides at the commas that stand in no quotes and in no inner call. */
function argumentsIn(text: string): string[] {
  const parts = text.match(/(?:'(?:[^'\\]|\\.)*'|\([^()]*(?:\([^()]*\)[^()]*)*\)|[^,'()])+/gs) ?? [];
  return parts.map((part) => part.trim());
}
