import type { About } from "../about.js";
import type { NotMeasured } from "../arenas/all.js";
import type { AvailabilityFigures } from "../availability/measure.js";
import type { BundleFigures } from "../bundles.js";
import type { GrowthFigures, ListingFigures } from "../growth/measure.js";
import type { LoginFigures } from "../logins.js";
import type { RotationFigures } from "../rotations.js";
import type { Spread } from "../spread.js";

/** What `npm run -s bench -- --json` prints. */
export interface BenchFigures {
  readonly about: About;
  readonly results: readonly RotationFigures[];
  readonly notMeasured: readonly NotMeasured[];
  readonly logins: LoginFigures;
  readonly goals: readonly Goal[];
  readonly bundles: readonly BundleFigures[];
  /** `node -e 0`, to hold the loads against. */
  readonly nodeMs: Spread;
}

export interface Goal {
  readonly what: string;
  readonly measured: number;
  readonly atMost: number;
  readonly met: boolean;
}

/** What `npm run -s bench:fleet -- --json` prints. */
export interface FleetsFigures {
  readonly about: About;
  /** To find the one secret that is due. */
  readonly listing: readonly ListingFigures[];
  /** To rotate all of them. */
  readonly fleets: readonly GrowthFigures[];
}

/** What `npm run -s bench:availability -- --json` prints. */
export interface AvailabilitiesFigures {
  readonly about: About;
  readonly results: readonly AvailabilityFigures[];
  readonly notMeasured: readonly NotMeasured[];
}
