import { barChart, type Group } from "./bars.js";
import type { BenchFigures, FleetsFigures } from "./data.js";
import { lineChart } from "./lines.js";
import { number } from "./svg.js";
import { source } from "./tables.js";

export function rotations({ about, results }: BenchFigures): string {
  const groups = results.map(({ engine, strategy, keyturn, bare, aws }): Group => {
    return {
      label: `${engine}, ${strategy}`,
      bars: [keyturn.wholeMs, bare.wholeMs, "notMeasured" in aws ? undefined : aws.wholeMs],
    };
  });
  const told = results.map(({ engine, strategy, ratios: { wholeToBare, wholeToAws } }) => {
    const toAws = wholeToAws === null ? "" : `, and ${wholeToAws} times what AWS's functions do`;
    return `${engine}, ${strategy}: ${wholeToBare} times its bare work${toAws}.`;
  });
  const caption = {
    title: "A whole rotation: median, and nine of ten",
    description: told.join(" "),
    source: source(about),
  };
  return barChart(caption, ["Keyturn", "its bare work", "AWS's functions"], groups);
}

export function bundles({ about, bundles: loaded, nodeMs }: BenchFigures): string {
  const named = loaded.map(({ function: name, engine, loadMs }) => ({
    label: engine ? `${name}, ${engine}` : name,
    bars: [loadMs],
  }));
  const description = named.map(({ label, bars: [load] }) => `${label}: ${number(load?.median ?? 0)} ms.`).join(" ");
  const title = "To load a function in a fresh process: median, and nine of ten";
  const groups = [{ label: "node -e 0", bars: [nodeMs] }, ...named];
  const limit = { at: 100, label: "100 ms: the most for PostgreSQL" };
  return barChart({ title, description, source: source(about) }, ["load"], groups, limit);
}

export function growth({ about, listing, fleets }: FleetsFigures): string {
  const series = [
    { name: "to rotate all", points: fleets },
    { name: "to find the one that is due", points: listing },
  ];
  const description = series
    .flatMap(({ name, points }) =>
      points.map(({ secrets, msPerSecret }) => `${secrets} secrets, ${name}: ${number(msPerSecret.median)} ms each.`),
    )
    .join(" ");
  return lineChart(
    { title: "Milliseconds for each secret of a schedule", description, source: source(about) },
    { x: "secrets of the schedule", y: "ms for each" },
    series.map(({ name, points }) => ({
      name,
      points: points.map(({ secrets, msPerSecret }) => ({ x: secrets, y: msPerSecret })),
    })),
  );
}
