// The machine that dies: the embedded cloud and the way to the database, in a process of its own.
import { startCloud } from "../../src/local/cloud.js";
import type { Fault, FaultyCall } from "../../src/local/gateway/faults.js";
import { recorder } from "../../stage/permissions/recording.js";
import type { Point, Way, When } from "./points.js";
import { startRelay, type Turn, type Verdict } from "./relay.js";

export interface MachineOptions {
  readonly templateFile: string;
  readonly dataDir: string;
  readonly port: number;
  readonly relayPort: number;
  readonly database: { readonly host: string; readonly port: number };
  readonly caFile: string;
}

/** What the parent may ask for; each is answered. */
export type Order =
  | { readonly do: "record" }
  | { readonly do: "points" }
  | { readonly do: "arm"; readonly point: Point; readonly when: When; readonly way: Way; readonly alone: boolean }
  | { readonly do: "release" }
  | { readonly do: "lift" }
  | { readonly do: "settle" }
  | { readonly do: "events"; readonly secretArn: string }
  | { readonly do: "fire"; readonly schedule: string; readonly at: string };

const options = JSON.parse(process.env.KEYTURN_MACHINE ?? "{}") as MachineOptions;

/** As often as the SDK tries. */
const SDK_ATTEMPTS = 3;
const roleOf = (caller: string) => /assumed-role\/keyturn-dev-(\w+)\//.exec(caller)?.[1];

let recorded: Point[] = [];
let recording = false;
let seen = new Map<string, number>();
/** The same call is seen before and after it takes effect. */
const counted = new WeakMap<FaultyCall, { operation: string; nth: number }>();
let armed: Extract<Order, { do: "arm" }> | undefined;
let struck = false;
let denies = false;
let release: () => void = () => undefined;
let held = Promise.resolve();
const lifts: Array<() => void> = [];

const cloud = await startCloud({
  templateFile: options.templateFile,
  dataDir: options.dataDir,
  port: options.port,
  speed: 1_000,
  schedules: "off",
  environment: { KEYTURN_CA_FILE: options.caFile },
  onDecision: recorder(options.templateFile).onDecision,
});
const relay = await startRelay(options.relayPort, options.database, judgeTurn);
// Sees every call, and strikes none.
cloud.inject({
  match(call) {
    see(call);
    return false;
  },
  kind: "hang",
  when: "before",
});

function see(call: FaultyCall): void {
  const caller = roleOf(call.caller);
  if (!caller || !isRotation(caller)) return;
  const { service, operation } = call;
  const name = operation === "Invoke" ? `Invoke ${String(call.input.FunctionName).split(":").at(-1)}` : operation;
  const key = `${caller} ${service} ${name}`;
  const nth = (seen.get(key) ?? 0) + 1;
  seen.set(key, nth);
  if (recording) recorded.push({ on: "aws", caller, service, operation: name, nth });
  counted.set(call, { operation: name, nth });
}

/** What a rotation without replicas calls by itself; not what starts it, and not what it starts. */
const ROTATION = [
  "Plan",
  "CreateSecret",
  "SetSecret",
  "TestSecret",
  "FinishSecret",
  "RollBack",
  "Record",
  "RotateSecret",
];

function isRotation(role: string): boolean {
  return ROTATION.includes(role.replace(/Role$/, ""));
}

function judgeTurn(turn: Turn, when: When): Verdict {
  if (recording && when === "before") recorded.push({ on: "database", ...turn });
  if (!armed || struck || armed.point.on !== "database" || armed.when !== when) return "pass";
  if (armed.point.connection !== turn.connection || armed.point.turn !== turn.turn) return "pass";
  strike();
  switch (armed.way) {
    case "killed":
    case "timed out":
      void cloud.kill(armed.way === "killed" ? "Runtime.ExitError" : "Sandbox.Timedout");
      return "cut";
    case "database away":
      relay.away(true);
      return "cut";
    case "stopped":
      return held;
    default:
      return "cut";
  }
}

function strike(): void {
  struck = true;
  if (armed?.way === "machine gone") process.kill(process.pid, "SIGKILL");
  process.send?.({ struck: true });
}

const FAULTS: Readonly<Partial<Record<Way, { kind: Fault["kind"]; times?: number }>>> = {
  killed: { kind: "kill" },
  "timed out": { kind: "expire" },
  reset: { kind: "reset", times: SDK_ATTEMPTS },
  throttled: { kind: "throttle", times: SDK_ATTEMPTS },
  denied: { kind: "deny" },
  stopped: { kind: "hold" },
  "machine gone": { kind: "hang" },
};

/** A function that is invoked is what dies, not who invokes it. */
const OF_INVOKE: Readonly<Partial<Record<Way, Fault["kind"]>>> = {
  killed: "exit",
  "timed out": "timeout",
  reset: "unknown",
};

function arm(order: Extract<Order, { do: "arm" }>): void {
  armed = order;
  struck = false;
  denies = false;
  seen = new Map();
  relay.reset();
  held = new Promise((resolve) => {
    release = resolve;
  });
  if (order.alone) {
    // Nobody but the one who starts it again.
    const match = ({ operation, caller }: FaultyCall) => operation === "StartExecution" && /Rule|Schedule/.test(caller);
    lifts.push(cloud.inject({ match, kind: "deny", when: "before" }).lift);
  }
  const { point, when, way } = order;
  if (point.on !== "aws") return;
  const { kind, times = 1 } = FAULTS[way] ?? { kind: "hang" };
  let left = times;
  const match = (call: FaultyCall) => {
    const caller = roleOf(call.caller);
    if (!caller || !isRotation(caller)) return false;
    const { operation, nth } = counted.get(call) ?? { operation: "", nth: 0 };
    const isKind = caller === point.caller && call.service === point.service && operation === point.operation;
    if (!isKind || nth < point.nth || left === 0) return false;
    left -= 1;
    if (!struck) strike();
    denies = way === "denied";
    return true;
  };
  // From there on nothing of the service takes effect any more.
  const matchLater = ({ caller, service }: FaultyCall) =>
    denies && service === point.service && isRotation(roleOf(caller) ?? "");
  lifts.push(cloud.inject({ match: matchLater, kind: "deny", when: "before" }).lift);
  const invoked = point.service === "lambda" ? OF_INVOKE[way] : undefined;
  lifts.push(cloud.inject({ match, kind: invoked ?? kind, when, until: held }).lift);
}

function lift(): void {
  armed = undefined;
  denies = false;
  release();
  relay.away(false);
  for (const undo of lifts.splice(0)) undo();
}

async function obey(order: Order): Promise<unknown> {
  switch (order.do) {
    case "record":
      recorded = [];
      seen = new Map();
      relay.reset();
      recording = true;
      return undefined;
    case "points":
      recording = false;
      return recorded;
    case "arm":
      return arm(order);
    case "release":
      return release();
    case "lift":
      return lift();
    case "settle":
      return cloud.settled();
    case "events":
      return (await cloud.events())
        .map(({ event: { detail } }) => detail)
        .filter(({ secretArn, reason }) => secretArn === order.secretArn || reason === "NotRecorded")
        .map(({ executionArn, outcome, reason }) => ({ executionArn, outcome, reason }));
    case "fire":
      return cloud.fireSchedule(order.schedule, new Date(order.at));
  }
}

process.on("message", async ({ id, order }: { id: number; order: Order }) => {
  const answer = await obey(order);
  process.send?.({ id, answer });
});
// Ctrl-C reaches every process of the terminal: who started this one ends it.
process.on("SIGINT", () => undefined);
process.on("disconnect", () => process.exit(0));
process.send?.({
  ready: {
    clientConfig: cloud.clientConfig,
    stateMachine: cloud.resource("RotateSecret").ref,
    table: cloud.resource("Table").ref,
  },
});
