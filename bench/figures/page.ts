import type { AvailabilitiesFigures, BenchFigures, FleetsFigures } from "./data.js";
import * as plots from "./plots.js";
import * as tables from "./tables.js";

/** All that was measured, as it is kept in `bench/data`. */
export interface Measured {
  readonly rotations: BenchFigures;
  readonly availability: AvailabilitiesFigures;
  readonly fleets: FleetsFigures;
}

/** What is written from it, by name: the texts between the marks of the page, and pictures. */
export function blocksOf({ rotations, availability, fleets }: Measured): Readonly<Record<string, string>> {
  const { about, results } = rotations;
  const rounds = results[0]?.rotations ?? 0;
  const made = tables.sourceLine(about, rounds);
  return {
    ratios: joined(made, tables.ratios(rotations), tables.missing(rotations.notMeasured)),
    milliseconds: joined(tables.milliseconds(rotations), made),
    costs: joined(tables.costs(rotations), made),
    bundles: joined(tables.bundles(rotations), made),
    growth: joined(tables.growth(fleets), tables.sourceLine(fleets.about, roundsOf(fleets))),
    availability: joined(
      tables.availability(availability),
      tables.missing(availability.notMeasured),
      tables.sourceLine(availability.about, availability.results[0]?.rotations ?? 0),
    ),
    goals: joined(tables.goals(rotations), made),
  };
}

export function picturesOf({ rotations, fleets }: Measured): Readonly<Record<string, string>> {
  return {
    "rotations.svg": plots.rotations(rotations),
    "bundles.svg": plots.bundles(rotations),
    "growth.svg": plots.growth(fleets),
  };
}

/** The page with each block between its marks. Throws where a block has no marks, or marks have no block. */
export function withBlocks(page: string, blocks: Readonly<Record<string, string>>): string {
  const unused = new Set(Object.keys(blocks));
  const filled = page.replace(/(<!-- figures: (\w+) -->\n).*?(<!-- end -->)/gs, (_, begin, name, end) => {
    const block = blocks[name];
    if (block === undefined) throw new Error(`bench/README.md has marks for ${name}, which nobody makes.`);
    unused.delete(name);
    return `${begin}\n${block}\n\n${end}`;
  });
  if (unused.size > 0) throw new Error(`bench/README.md has no marks for ${[...unused].join(", ")}.`);
  return filled;
}

/** A fleet is many rotations. */
function roundsOf({ fleets }: FleetsFigures): number {
  return fleets.reduce((sum, { secrets, rounds }) => sum + secrets * rounds, 0);
}

function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join("\n\n");
}
