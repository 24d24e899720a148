import type { Traits } from "../engines/engine.js";
import { engineTraits } from "../engines/registry.js";

/** A kind of secret, as whoever stores one chooses it. */
export interface SecretType {
  /** On a command line. */
  readonly name: string;
  /** For people. */
  readonly label: string;
  /** What the secret's `engine` says; absent for what is no database. */
  readonly engine?: string;
}

/**
 * The databases, by the names that AWS's walk has for them. `engine` is what AWS's own rotation functions want to read there,
 * so that a secret can go to one of those and back; Aurora has the engine that it is compatible with.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html
 */
export const TYPES: readonly SecretType[] = [
  { name: "postgres", label: "PostgreSQL", engine: "postgres" },
  { name: "aurora-postgresql", label: "Aurora, compatible with PostgreSQL", engine: "postgres" },
  { name: "mysql", label: "MySQL", engine: "mysql" },
  { name: "aurora-mysql", label: "Aurora, compatible with MySQL", engine: "mysql" },
  { name: "mariadb", label: "MariaDB", engine: "mariadb" },
  { name: "sqlserver", label: "Microsoft SQL Server", engine: "sqlserver" },
  { name: "oracle", label: "Oracle", engine: "oracle" },
  { name: "documentdb", label: "DocumentDB or MongoDB", engine: "mongo" },
  { name: "redshift", label: "Redshift", engine: "redshift" },
  { name: "other", label: "Something else: keys and values, which nothing rotates" },
];

export function typeNamed(name: string | undefined): SecretType | undefined {
  return TYPES.find((type) => type.name === name);
}

/** The type of a secret whose `engine` says so, in any spelling that Keyturn reads. */
export function typeOfEngine(engine: unknown): SecretType | undefined {
  if (typeof engine !== "string") return undefined;
  const named = TYPES.find((type) => type.name === engine || type.engine === engine);
  if (named) return named;
  try {
    const known = engineTraits(engine).name;
    return TYPES.find((type) => type.engine && engineTraits(type.engine).name === known);
  } catch {
    return undefined;
  }
}

/** Of the database; `undefined` for what is none. */
export function traitsOf(type: SecretType | undefined): Traits | undefined {
  return type?.engine ? engineTraits(type.engine).traits : undefined;
}
