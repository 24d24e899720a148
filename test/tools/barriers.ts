import type { Cloud } from "../../src/local/cloud.js";
import type { FaultyCall } from "../../src/local/gateway/faults.js";

// What tests wait for. Each of these resolves when the thing has happened, however long that takes; nothing here passes
// because time did. A test that waits for what never happens ends by its own time-out.

/** Calls of the function whose name ends so: `create-secret`. */
export function invokes(name: string): (call: FaultyCall) => boolean {
  return ({ service, input }) => service === "lambda" && String(input.FunctionName).endsWith(`-${name}`);
}

/** The execution that enters the state next, or so many times from now on. Asked for before what leads there begins. */
export function entered(cloud: Cloud, state: string, times = 1): Promise<string> {
  let left = times;
  return new Promise((resolve) => {
    const off = cloud.onHistory((progress) => {
      if (progress.type !== "StateEntered" || progress.state !== state) return;
      left -= 1;
      if (left > 0) return;
      off();
      resolve(progress.executionArn);
    });
  });
}

/** A promise, and what resolves it: for a fault that holds a call until the test says so. */
export function gate(): { readonly open: () => void; readonly opened: Promise<void> } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open: () => open(), opened };
}
