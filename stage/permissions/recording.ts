import { createHash, randomUUID } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Decision, roleOf } from "../../src/local/gateway/authorization.js";
import { like, matchesAction } from "../../src/local/gateway/iam.js";
import { type RoleStatements, rolesIn } from "./roles.js";

/** The folder that every cloud writes its part of the recording into; without it nothing is recorded. */
export const RECORDING = "KEYTURN_IAM_REPORT";

/** A right that a call could not have done without, by its place in the packaged template. */
export interface Use {
  readonly role: string;
  readonly statement: number;
  readonly action: number;
  readonly resource: number;
}

export interface Refusal {
  readonly role: string;
  readonly refused: string;
  readonly resource: string;
}

/** Of each, once. */
export interface Recording {
  readonly uses: readonly Use[];
  readonly refusals: readonly Refusal[];
  /** How many processes had other roles: of another stage, or of a package before this one. They say nothing of these. */
  readonly others: number;
}

/** What a recording is of: of other roles its numbers would mean other rights. */
const fingerprint = (roles: RoleStatements) => createHash("sha256").update(JSON.stringify(roles)).digest("hex");

/**
 * Keeps what calls needed and what they were refused, each once. Where the environment names a folder, it is appended to a
 * file of this process there as well, at once, as the process may be killed. `isOnPurpose`: what a test has said that will
 * be refused.
 */
export function recorder(templateFile: string, isOnPurpose: (refusal: Refusal) => boolean = () => false) {
  const uses = new Map<string, Use>();
  const refusals = new Map<string, Refusal>();
  const write = process.env[RECORDING] ? appender(process.env[RECORDING], rolesIn(templateFile)) : () => undefined;

  function keep<One extends object>(kept: Map<string, One>, one: One): void {
    const line = JSON.stringify(one);
    if (kept.has(line)) return;
    kept.set(line, one);
    write(line);
  }

  return {
    onDecision(decision: Decision): void {
      if (decision.allowed) {
        const use = useIn(decision);
        if (use) keep(uses, use);
        return;
      }
      const refusal = refusalIn(decision);
      if (!isOnPurpose(refusal)) keep(refusals, refusal);
    },
    recorded: (): Recording => ({ uses: [...uses.values()], refusals: [...refusals.values()], others: 0 }),
  };
}

function appender(folder: string, roles: RoleStatements): (line: string) => void {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${process.pid}-${randomUUID()}.jsonl`);
  const write = (line: string) => appendFileSync(file, `${line}\n`);
  write(JSON.stringify({ template: fingerprint(roles) }));
  return write;
}

function refusalIn({ caller, action, resource }: Decision): Refusal {
  return { role: logicalId(caller.arn), refused: action, resource };
}

/** Undefined where there is a second right that would have done. */
function useIn({ caller, action, resource, by }: Decision): Use | undefined {
  const [statement, second] = by;
  if (!statement || second) return undefined;
  const actions = placesOf(statement.Action, (pattern) => matchesAction(pattern, action));
  const resources = placesOf(statement.Resource, (pattern) => like(resource, pattern));
  if (actions.length !== 1 || resources.length !== 1) return undefined;
  return {
    role: logicalId(caller.arn),
    statement: caller.statements?.indexOf(statement) ?? -1,
    action: actions[0] as number,
    resource: resources[0] as number,
  };
}

/** Reads what was recorded in a folder of these roles. Throws where there is nothing. */
export function readRecording(folder: string, roles: RoleStatements): Recording {
  const uses = new Map<string, Use>();
  const refusals = new Map<string, Refusal>();
  let others = 0;
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".jsonl")) : [];
  for (const name of files) {
    const [first, ...lines] = readFileSync(join(folder, name), "utf8").split("\n").filter(Boolean);
    // Of a process that was killed at once.
    if (!first) continue;
    if (JSON.parse(first).template !== fingerprint(roles)) {
      others += 1;
      continue;
    }
    for (const line of lines) {
      const one = JSON.parse(line) as Use | Refusal;
      if ("refused" in one) refusals.set(line, one);
      else uses.set(line, one);
    }
  }
  if (files.length === others) throw new Error(`There is no recording of these roles in ${folder}.`);
  return { uses: [...uses.values()], refusals: [...refusals.values()], others };
}

function placesOf(patterns: string | readonly string[], matches: (pattern: string) => boolean): number[] {
  return [patterns].flat().flatMap((pattern, place) => (matches(pattern) ? [place] : []));
}

/**
 * A role without a name of its own is called by its stack's, its stage's and its logical id; where there are other accounts,
 * a function's as the function, with its region.
 */
function logicalId(sessionArn: string): string {
  const [, functionName] = /:role\/keyturn-[a-z0-9]+-([a-z-]+)-[a-z]{2}-[a-z]+-\d$/.exec(roleOf(sessionArn)) ?? [];
  if (functionName) return `${functionName.replace(/(^|-)([a-z])/g, (_, __, letter) => letter.toUpperCase())}Role`;
  return roleOf(sessionArn).slice(roleOf(sessionArn).lastIndexOf("-") + 1);
}
