import { SUFFIX } from "../logins.js";

/**
 * As most servers compare names: without case, and without the blanks at their end. Where a server tells two logins apart
 * that this makes one, two secrets claim the same, which is refused; what else a server takes for equal (ß and ss, the
 * widths of letters) it reports as another login than the secret's, which is refused too.
 */
export function fold(name: string): string {
  return name.toLowerCase().replace(/ +$/, "");
}

/** The name without a clone's suffix; `undefined` for one that has none. */
export function baseOf(login: string): string | undefined {
  const base = login.slice(0, -SUFFIX.length);
  return base !== "" && fold(login) === fold(base + SUFFIX) ? base : undefined;
}
