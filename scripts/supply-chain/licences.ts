import type { Bundle } from "./bundled.js";
import type { Locked } from "./locked.js";
import { AT_WORK_ONLY, HANDED_ON } from "./policy.js";

/** The strictest use first. */
export const USES = ["bundled", "production", "at work only"] as const;

export interface Licensed {
  readonly package: string;
  readonly licence: string;
  /** `production`: installed with it, and in no function's package. */
  readonly where: (typeof USES)[number];
}

/** Each package's licence, the strictest use first. */
export function licencesOf(locked: readonly Locked[], bundles: readonly Bundle[]): Licensed[] {
  const bundled = new Set(bundles.flatMap(({ packages }) => packages.map(({ name, version }) => `${name}@${version}`)));
  const listed = locked.map(({ name, version, licence, atWorkOnly }): Licensed => {
    const key = `${name}@${version}`;
    return { package: key, licence, where: bundled.has(key) ? "bundled" : atWorkOnly ? "at work only" : "production" };
  });
  return USES.flatMap((use) => listed.filter(({ where }) => where === use));
}

/** What is not allowed, each in a sentence that says what to do. */
export function unlisted(licences: readonly Licensed[]): string[] {
  return licences.flatMap(({ package: name, licence, where }) => {
    if (HANDED_ON.includes(licence) || (where === "at work only" && AT_WORK_ONLY.includes(licence))) return [];
    const list = where === "at work only" ? "AT_WORK_ONLY" : "HANDED_ON";
    return [
      `${name} (${where}) is under ${licence}, which scripts/supply-chain/policy.ts does not allow. ` +
        `Do without it, or read the licence and put it into ${list} there.`,
    ];
  });
}
