import type { Traits } from "./engine.js";

/** What an engine is, in words: what has no default, and what is not as the default has it. */
interface Own extends Pick<Traits, "defaultPort">, Partial<Omit<Traits, "defaultPort" | "username" | "password">> {
  readonly username: Pick<Traits["username"], "max"> & Partial<Traits["username"]>;
  readonly password: Pick<Traits["password"], "max"> & Partial<Traits["password"]>;
}

/** The traits of an engine, with the defaults that `Traits` names. */
export function traitsOf({ username, password, ...own }: Own): Traits {
  return {
    dualPassword: false,
    ...own,
    username: { unit: "characters", ...username },
    password: { min: 8, forbidden: "", ...password },
  };
}
