import type { Engine } from "./engine.js";

/** What a clone is called, in every engine; each folds it as it folds names. */
export const SUFFIX = "_clone";

/**
 * `loginsOf` of an engine that writes names as `fold` does: a login that is called after another may be its clone, or a
 * base that happens to be called so.
 */
export function loginsNamed(fold: (name: string) => string): Engine["loginsOf"] {
  const suffix = fold(SUFFIX);
  return (username, strategy) => {
    const name = fold(username);
    if (strategy !== "alternating-users") return [name];
    return [name, name + suffix, ...(name.endsWith(suffix) ? [name.slice(0, -suffix.length)] : [])];
  };
}
