// The cloud that runs fleets, in a process of its own: its memory is its own, and it can be killed.
import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { type Cloud, startCloud } from "../../src/local/cloud.js";
import type { Order, Ran, Runner, RunnerOptions } from "./runner-process.js";
import { tally } from "./tally.js";

const { caFile, ...options } = JSON.parse(process.argv[2] ?? "{}") as RunnerOptions;

const cloud = await startCloud({
  ...options,
  schedules: "off",
  environment: { KEYTURN_CA_FILE: caFile },
});
const sfn = new SFNClient(cloud.clientConfig);

/** Runs a fleet to its end, and all that follows; or until so many of its rotations have ended well. */
async function run({ input, rotations }: Extract<Order, { do: "run" }>): Promise<Ran> {
  // What is under way from before is none of it.
  await cloud.settled();
  const begun = performance.now();
  const counted = tally(cloud);
  const fleet = watchFleet(cloud, rotations);
  const { ref: stateMachineArn } = cloud.resource("RotateFleet");
  await sfn.send(new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) }));
  await Promise.race([cloud.settled(), fleet.enough]);
  const { endedAt, executionArn, waves } = fleet.seen();
  const { status = "", output, cause } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
  return {
    ...counted(),
    seconds: (endedAt - begun) / 1_000,
    // Linux tells it in KB.
    peakMb: process.resourceUsage().maxRSS / 1_024,
    waves,
    status,
    summary: JSON.parse(output ?? "{}"),
    ...(cause ? { cause } : {}),
  };
}

/** What of a fleet goes by: its last execution and when that ended, and the waves in which there was anything to do. */
function watchFleet({ onHistory, resource }: Cloud, rotations = Number.POSITIVE_INFINITY) {
  const prefix = resource("RotateFleet").ref.replace(":stateMachine:", ":execution:");
  let seen = { endedAt: Number.NaN, executionArn: "", waves: 0 };
  let ended = 0;
  let reached: () => void = () => undefined;
  const enough = new Promise<void>((resolve) => {
    reached = resolve;
  });
  const listenNoMore = onHistory(({ executionArn, state, type }) => {
    if (type !== "StateEntered") return;
    if (state === "Rotation ended") {
      ended += 1;
      if (ended === rotations) {
        seen = { ...seen, endedAt: performance.now() };
        reached();
      }
    }
    if (!executionArn.startsWith(prefix)) return;
    seen = { ...seen, executionArn };
    if (state === "Rotate each") seen = { ...seen, waves: seen.waves + 1 };
    if (state === "Fleet ended" || state === "Fleet stopped") seen = { ...seen, endedAt: performance.now() };
  });
  return {
    enough,
    seen() {
      listenNoMore();
      return seen;
    },
  };
}

/** Waits until all is at rest, with what the scheduled recovery brings to rest by tomorrow. */
async function recover(): Promise<void> {
  await cloud.settled();
  cloud.fireSchedule("recovery", new Date(Date.now() + 86_400_000));
  await cloud.settled();
}

process.on("message", async (order: Order) => {
  try {
    process.send?.({ answer: order.do === "run" ? await run(order) : await recover() });
  } catch (error) {
    process.send?.({ failed: (error as Error).stack });
  }
});
// Ctrl-C reaches every process of the terminal: who started this one ends it.
process.on("SIGINT", () => undefined);
process.on("disconnect", () => process.exit(0));
const place: Runner["place"] = {
  clientConfig: cloud.clientConfig,
  table: cloud.resource("Table").ref,
  bus: cloud.resource("Bus").ref,
  machine: cloud.resource("RotateSecret").ref,
  caFile,
};
process.send?.({ place });
