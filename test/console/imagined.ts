import type { Desk, ExecutionSeen } from "../../src/console/desk.js";
import { executionIn } from "../../src/overview/execution.js";
import type { SecretStatus } from "../../src/overview/secret-status.js";
import type { SecretState } from "../../src/overview/states.js";

export const NOW = new Date("2026-11-28T12:00:00Z");
export const ARN = "arn:aws:secretsmanager:eu-central-1:000000000000:secret:shop/orders-AbCdEf";
export const EXECUTION = "arn:aws:states:eu-central-1:000000000000:execution:keyturn-dev-rotate-secret:one";

export function status(more: Partial<SecretStatus> = {}): SecretStatus {
  return {
    name: "shop/orders",
    arn: ARN,
    schedule: "nightly",
    state: "ok",
    reason: "NotDue",
    message: "It is not its turn.",
    since: "2026-11-18T12:00:00Z",
    dueAt: "2026-12-08T12:00:00Z",
    ...more,
  };
}

export function executionSeen(more: Partial<ExecutionSeen> = {}): ExecutionSeen {
  return {
    arn: EXECUTION,
    machine: "rotate-secret",
    definition: { States: { Plan: { Next: "Rotation ended" }, "Rotation ended": {} } },
    execution: executionIn([{ type: "ExecutionStarted", timestamp: NOW }]),
    input: { secretId: ARN },
    output: {},
    ...more,
  };
}

/** What pages are told, where no cloud is needed; what was asked of it stands in `asked`. */
export function imaginedDesk(more: Partial<Desk> = {}): Desk & { readonly asked: string[] } {
  const asked: string[] = [];
  const started = (what: string) => {
    asked.push(what);
    return Promise.resolve(EXECUTION);
  };
  return {
    asked,
    stage: "dev",
    where: "eu-central-1",
    clock: () => NOW,
    explain: (error) => ({ code: (error as Error).name, message: (error as Error).message }),
    fleet: async () => ({ secrets: [status()], isWhole: true, readAt: NOW }),
    reload: () => void asked.push("reload"),
    secret: async () => ({ status: status(), tags: {}, versions: [], timeline: { happenings: [] } }),
    execution: async () => executionSeen(),
    audit: async () => ({ happenings: [], looked: 0, of: 0, isCut: false }),
    check: (id) => started(`check ${id}`),
    rotate: (id, { leaked }) => started(`rotate ${id}${leaked ? ", it leaked" : ""}`),
    rotateMany: (ids) => started(`rotate ${ids.join(" ")}`),
    pause: async (id) => void asked.push(`pause ${id}`),
    unpause: async (id) => void asked.push(`unpause ${id}`),
    offered: async () => ({ stage: "dev", region: "eu-central-1", schedules: ["nightly"] }),
    tryLogin: async ({ username }) => void asked.push(`log in ${username}`),
    store: async ({ name }) => {
      asked.push(`store ${name}`);
      return { arn: ARN };
    },
    ...more,
  };
}

const DAY_MS = 86_400_000;
const TEAMS = ["orders", "billing", "search", "ledger", "users", "stock", "mail", "audit"];
const ENGINES = ["postgres", "mysql", "mariadb", "sqlserver", "oracle"];

/** A fleet of many ages and states, the same each time. */
export function imaginedFleet(count: number): SecretStatus[] {
  return Array.from({ length: count }, (_, number) => {
    const days = [7, 30, 90][number % 3] ?? 30;
    const age = number % 29 === 3 ? 1.02 + ((number * 7) % 31) / 26 : ((number * 37) % 97) / 99;
    const since = new Date(NOW.getTime() - age * days * DAY_MS);
    const due = new Date(since.getTime() + days * DAY_MS);
    const next = new Date(Math.max(NOW.getTime() + DAY_MS / 2, due.getTime()));
    const [state, reason, message] = standing(number, age);
    return status({
      name: `${["shop", "bank", "media"][number % 3]}/${TEAMS[number % 8]}-${number}`,
      arn: `arn:aws:secretsmanager:eu-central-1:000000000000:secret:${number}`,
      ...{ state, reason, message, engine: ENGINES[number % 5] ?? "", schedule: `every-${days}-days` },
      strategy: number % 2 ? "single-user" : "alternating-users",
      ...{ since: since.toISOString(), lastRotatedAt: since.toISOString(), dueAt: due.toISOString() },
      ...(state === "paused" ? {} : { nextRunAt: next.toISOString() }),
    });
  });
}

function standing(number: number, age: number): readonly [SecretState, reason: string, message: string] {
  if (age > 1.2)
    return number % 2
      ? ["failing", "ProbeFailed", "A statement of the secret's keyturn:probe tag failed in the database."]
      : ["overdue", "NotTried", "Its schedule did not run, or did not come so far."];
  if (age > 1) return ["due", "Due", "Its schedule rotates it at the next run."];
  if (number % 41 === 5)
    return ["needs attention", "CurrentRejected", "The server refuses the credential under AWSCURRENT."];
  if (number % 37 === 4) return ["running", "AlreadyRotating", "Set."];
  if (number % 31 === 2) return ["paused", "Paused", "The secret's tag keyturn:pause holds its rotations."];
  return ["ok", "NotDue", "It is not its turn."];
}
