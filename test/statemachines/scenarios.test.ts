import { describe, expect, inject, it } from "vitest";
import { branchesOf, taken } from "../../scripts/prove-machines/coverage.js";
import { packagedMachines } from "../../scripts/prove-machines/machines.js";
import { play } from "../../scripts/prove-machines/play.js";
import { scenariosOf } from "../../scripts/prove-machines/scenarios/all.js";

// What each way through a machine has to come to, whatever its functions do. prove:machines asks another interpreter, too.

describe.each([...packagedMachines(inject("template"))])("%s", (file, machine) => {
  const all = scenariosOf(file, machine);
  const branches = new Set<string>();

  it.each(all.map((scenario) => [scenario.what, scenario] as const))("%s", async (_, scenario) => {
    const played = await play(machine, scenario);
    const entered = played.trace.entered.map(({ state }) => state);
    expect(entered).toEqual(scenario.path);
    expect(played.trace.end).toMatchObject(scenario.end);
    for (const { state } of played.trace.tried) {
      const entries = entered.filter((name) => name === state).length;
      const count = played.trace.tried.filter((one) => one.state === state).length;
      expect(`${state}: ${count}`).toBe(`${state}: ${scenario.tries[state] ?? entries}`);
    }
    for (const [state, told] of Object.entries(scenario.told))
      expect(played.trace.tried.findLast((one) => one.state === state)?.parameters).toMatchObject(told as object);
    for (const branch of taken(machine, played)) branches.add(branch);
  });

  it("has no state and no branch that no scenario takes", () => {
    const every = branchesOf(machine);
    expect(every.filter((branch) => !branches.has(branch))).toEqual([]);
    // Two ways from one Choice to one state could not be told apart.
    expect(every.filter((branch, index) => every.indexOf(branch) < index)).toEqual([]);
  });
});
