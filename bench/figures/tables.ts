import type { About } from "../about.js";
import type { RotationFigures, WayFigures } from "../rotations.js";
import type { Spread } from "../spread.js";
import type { AvailabilitiesFigures, BenchFigures, FleetsFigures } from "./data.js";
import { number } from "./svg.js";

/** Dollars for a state transition of a standard workflow: https://aws.amazon.com/step-functions/pricing/ */
const TRANSITION = 0.000025;

/** Rounds, for a time to be one to rely on. */
export const ENOUGH = 30;

/** Where figures come from, in a line. */
export function source({ date, commit, machine, node, load, command }: About): string {
  return `${date}, commit ${commit}, ${machine}, Node.js ${node}, at a load of ${load}: ${command}`;
}

/** The same for the page, and a warning where the figures are no more than a sign that they can be made. */
export function sourceLine(about: About, rounds: number): string {
  const { date, commit, machine, node, load, command } = about;
  const warning = rounds < ENOUGH ? "\n\n**A smoke run of a few rounds on a busy machine: no times to rely on.**" : "";
  return `${date}, commit ${commit}; ${machine}; Node.js ${node}; load ${load} before it began. Made by \`${command}\`.${warning}`;
}

export function ratios({ results, logins }: BenchFigures): string {
  const rows = results.map(({ engine, strategy, keyturn, aws, ratios: to }) => [
    `${engine}, ${strategy}`,
    times(to.wholeToBare),
    times(to.wholeToAws),
    times(to.createToFinishToAws),
    times(to.setToFinishToAws),
    beside(keyturn, aws, ({ secretsManagerCalls }) => `${secretsManagerCalls}`),
    beside(keyturn, aws, ({ loginsOk, loginsFailed }) => `${loginsOk} and ${loginsFailed}`),
  ]);
  const head = [
    "",
    "Whole, to the bare work",
    "Whole, to AWS's",
    "Create to Finish",
    "Set to Finish",
    "Calls",
    "Logins in, refused",
  ];
  return `${table(head, rows)}\n\nA login takes ${times(logins.ratio)} the driver's own (${logins.engine}).`;
}

export function milliseconds({ results }: BenchFigures): string {
  const rows = results.map(({ engine, strategy, keyturn, bare, aws, credentialGapMs: gap }) => [
    `${engine}, ${strategy}`,
    spread(keyturn.wholeMs),
    spread(bare.wholeMs),
    "notMeasured" in aws ? `not measured: ${aws.notMeasured}` : spread(aws.wholeMs),
    gap
      ? `${number(gap.median)} (${number(gap.p5)} to ${number(gap.p95)}), ${number(gap.max)} at most`
      : "never refused",
  ]);
  return table(["Milliseconds", "Keyturn, whole", "The bare work", "AWS's functions", "Old credential refused"], rows);
}

export function costs({ results }: BenchFigures): string {
  const rows = results.map(({ engine, strategy, states }: RotationFigures) => [
    `${engine}, ${strategy}`,
    String(states),
    (states * 1_000).toLocaleString("en-GB"),
    (states * 1_000 * TRANSITION).toFixed(3),
  ]);
  return table(["", "States a rotation", "States in 1,000", "Dollars for 1,000"], rows);
}

export function bundles({ bundles: loaded, nodeMs, goals }: BenchFigures): string {
  const rows = loaded.map(({ function: name, engine, kb, engineKb, loadMs }) => [
    engine ? `${name}, with ${engine}` : name,
    `${(loadMs.median / nodeMs.median).toFixed(1)} ×`,
    spread(loadMs),
    kb.toLocaleString("en-GB"),
    engine ? engineKb.toLocaleString("en-GB") : "",
  ]);
  const heaviest = goals.find(({ what }) => what.startsWith("the heaviest load"));
  const goal = heaviest
    ? `\n\nThe heaviest on PostgreSQL's path: ${number(heaviest.measured)} ms, of ${heaviest.atMost} at most.`
    : "";
  return (
    table(["Function", `To \`node -e 0\`, ${number(nodeMs.median)} ms`, "Load, ms", "KB", "of it the engine's"], rows) +
    goal
  );
}

export function growth({ listing, fleets }: FleetsFigures): string {
  const rows = (of: FleetsFigures["fleets"]) =>
    of.map(({ secrets, msPerSecret, wholeMs }) => [
      secrets.toLocaleString("en-GB"),
      `${(msPerSecret.median / (of[0]?.msPerSecret.median ?? 1)).toPrecision(2)} ×`,
      spread(msPerSecret),
      spread(wholeMs),
    ]);
  const head = ["", "A secret, to one alone", "A secret, ms", "All, ms"];
  const calls = listing.map((one) => one.calls.toLocaleString("en-GB"));
  return [
    table(["Rotate all of", ...head.slice(1)], rows(fleets)),
    table(
      ["Find the one due among", ...head.slice(1), "Calls"],
      rows(listing).map((row, index) => [...row, calls[index] ?? ""]),
    ),
  ].join("\n\n");
}

export function availability({ results }: AvailabilitiesFigures): string {
  const rows = results.map((one) => [
    `${one.strategy}, ${one.engine}`,
    one.application === "naive" ? "naive" : "the client",
    `${((one.refused / one.attempts) * 100).toFixed(1)} %`,
    String(one.errorsSeenByApplication),
    one.medianGapMs === null ? "none" : `${number(one.medianGapMs)} ms, ${number(one.longestGapMs ?? 0)} ms`,
    String(one.openConnectionsDropped),
    `${one.refused} of ${one.attempts.toLocaleString("en-GB")}`,
  ]);
  return table(
    [
      "Strategy, server",
      "Application",
      "Logins refused",
      "Errors it got",
      "Gap, median and longest",
      "Connections dropped",
      "Logins",
    ],
    rows,
  );
}

/** What was to be met, and was it. */
export function goals({ goals: all }: BenchFigures): string {
  return table(
    ["Goal", "Measured", "At most", ""],
    all.map(({ what, measured, atMost, met }) => [what, number(measured), String(atMost), met ? "met" : "**not met**"]),
  );
}

export function missing(notMeasured: BenchFigures["notMeasured"]): string {
  return notMeasured.map(({ what, reason }) => `Not measured: ${what}, ${reason}.`).join("\n");
}

function beside(ours: WayFigures, aws: RotationFigures["aws"], told: (way: WayFigures) => string): string {
  return "notMeasured" in aws ? told(ours) : `${told(ours)}; AWS's ${told(aws)}`;
}

function times(ratio: number | null): string {
  return ratio === null ? "" : `${ratio.toFixed(2)} ×`;
}

/** Nine of ten are between the outer two. */
function spread({ p5, median, p95 }: Spread): string {
  return `${number(median)} (${number(p5)} to ${number(p95)})`;
}

/** As Biome would have it: each column as wide as its widest cell. */
function table(head: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  const widths = head.map((cell, column) =>
    Math.max(3, ...[cell, ...rows.map((row) => row[column] ?? "")].map(lengthOf)),
  );
  const line = (cells: readonly string[], fill = " ") =>
    `| ${cells.map((cell, column) => cell + fill.repeat((widths[column] ?? 0) - lengthOf(cell))).join(" | ")} |`;
  const rule = line(
    head.map(() => ""),
    "-",
  );
  return [line(head), rule, ...rows.map((row) => line(row))].join("\n");
}

function lengthOf(cell: string): number {
  return [...cell].length;
}
