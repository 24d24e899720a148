import { readFileSync } from "node:fs";

/** A package of the lockfile. */
export interface Locked {
  readonly name: string;
  readonly version: string;
  /** An SPDX expression. */
  readonly licence: string;
  readonly integrity: string | undefined;
  /** Where it is fetched from; undefined for the registry that npm is set to, and by its integrity all the same. */
  readonly resolved: string | undefined;
  /** Only needed to make and to test Keyturn. */
  readonly atWorkOnly: boolean;
  readonly optional: boolean;
  readonly hasInstallScript: boolean;
}

interface Entry {
  /** Where it is installed under another. */
  readonly name?: string;
  readonly version?: string;
  readonly license?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly hasInstallScript?: boolean;
}

/** Every package of others that the lockfile names: once, however often it is installed. */
export function lockedPackages(lockfile = "package-lock.json"): Locked[] {
  const { packages } = JSON.parse(readFileSync(lockfile, "utf8")) as { packages: Readonly<Record<string, Entry>> };
  const found = new Map<string, Locked>();
  for (const [path, entry] of Object.entries(packages)) {
    const [, folder] = /^.*node_modules\/(.+)$/.exec(path) ?? [];
    if (!folder || entry.link) continue;
    const name = entry.name ?? folder;
    const { version = "", license = "none", integrity, resolved, dev = false, optional = false } = entry;
    const key = `${name}@${version}`;
    const atWorkOnly = dev && (found.get(key)?.atWorkOnly ?? true);
    const { hasInstallScript = false } = entry;
    found.set(key, { name, version, licence: license, integrity, resolved, atWorkOnly, optional, hasInstallScript });
  }
  return [...found.values()];
}
