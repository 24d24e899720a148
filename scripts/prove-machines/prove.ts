import { dirname } from "node:path";
import { ensurePackage, TEMPLATE } from "../../infra/package.mjs";
import { privateFolder } from "../../src/local/disk/private-folder.js";
import type { Ends } from "../proof/command.js";
import { python } from "../proof/python.js";
import type { Report } from "../proof/report.js";
import { type Difference, differences } from "./differences.js";
import { JUDGED } from "./judged.js";
import { insideOf, packagedMachines } from "./machines.js";
import { type Played, play } from "./play.js";
import type { Scenario } from "./scenario.js";
import { scenariosOf } from "./scenarios/all.js";
import { playSecond } from "./second.js";
import { type Trace, trace } from "./trace.js";

/**
 * Plays every scenario of every packaged machine on both interpreters, and holds what they did against each other: states with their
 * inputs, tries with their parameters, the end. `folder`: programs are kept there from run to run.
 */
export async function proveMachines(report: Report, folder: string, ends: Ends): Promise<void> {
  for (const path of [dirname(folder), folder]) privateFolder(path);
  let program = "";
  const isThere = await report.prove("moto, in a virtual environment of its own", async () => {
    program = await python(folder, new URL("requirements.txt", import.meta.url));
    return undefined;
  });
  if (!isThere) return report.skip("Every way through the machines", "There is no second interpreter.");

  await ensurePackage();
  const machines = packagedMachines(TEMPLATE);
  const played: Array<Played & { readonly scenario: Scenario }> = [];
  for (const [file, machine] of machines)
    for (const scenario of scenariosOf(file, machine)) played.push({ ...(await play(machine, scenario)), scenario });
  const second = await playSecond(program, machines, played, ends);

  const judged = new Set<number>();
  for (const [file, { definition }] of machines)
    await report.prove(`Every way through ${file}`, async () => {
      const ours = played.flatMap((one, index) => (one.scenario.machine === file ? [{ ...one, index }] : []));
      const open = ours.flatMap(({ scenario, trace: first, index }) => {
        const told = trace(second[index] as Trace, insideOf(definition));
        return differences(first, told)
          .filter((difference) => !isJudged(difference, judged))
          .map((difference) => `${scenario.what}: ${sentence(difference)}`);
      });
      if (open.length > 0) throw new Error(`${open.length} differences.\n    ${open.slice(0, 10).join("\n    ")}`);
      const count = (what: "entered" | "tried") => ours.reduce((sum, one) => sum + one.trace[what].length, 0);
      return `${ours.length} scenarios, ${count("entered")} states, ${count("tried")} tries, as one`;
    });
  await report.prove("Every difference that is judged is there", async () => {
    const gone = JUDGED.filter((_, index) => !judged.has(index)).map(({ what }) => what);
    if (gone.length > 0) throw new Error(`No longer there: ${gone.join("; ")}`);
    return `${JUDGED.length}, in docs/second-interpreter.md`;
  });
}

function isJudged(difference: Difference, judged: Set<number>): boolean {
  const index = JUDGED.findIndex(({ is }) => is(difference));
  if (index >= 0) judged.add(index);
  return index >= 0;
}

function sentence({ where, first, second }: Difference): string {
  const shown = (value: unknown) => JSON.stringify(value)?.slice(0, 200) ?? "nothing";
  return `${where}: ${shown(first)} here, ${shown(second)} there`;
}
