import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

const NAMES =
  "(?:Transient|Throttled|InvalidSecret|AccessDenied|CredentialRejected|Conflict|Unsupported|Internal)Error";

/** A code as it is written: `LoginRefused`. */
const CODE = "[A-Z][a-z]+[A-Za-z0-9]*";

/** Where a code stands in code, whatever it is. */
const PLACES: readonly RegExp[] = [
  // { code: "X" }, { reason: "X" }; and where one of two is chosen.
  new RegExp(`\\b(?:code|reason): (?:[\\w.!?= ]+\\?\\s)?"(${CODE})"`, "g"),
  // A row of a table of errors; refusal("ConflictError", "X", …).
  new RegExp(`"${NAMES}",\\s*"(${CODE})"`, "g"),
  // What gives a code to an error or a decision.
  new RegExp(`\\b(?:because|conflict|ignore|invalid|skip|wait|wrong)\\(\\s*"(${CODE})"`, "g"),
  // A row of the command line's table of failures.
  new RegExp(`\\],\\s*"(${CODE})",\\s*\\(`, "g"),
];

/** An exception's own name, which Keyturn gives a code of its own. */
const OF_AWS = /Exception$|^(DBInstance|DBCluster|Cluster)NotFound|NotFoundFault$/;

/** A word of several is hardly ever anything else, wherever it stands. */
const ANYWHERE = /"([A-Z][a-z0-9]+(?:[A-Z][a-z0-9]+)+)"/g;

/** Words of others, in the same form. Whoever writes one more of these puts it here. */
const OF_OTHERS: ReadonlySet<string> = new Set([
  // Keys of Secrets Manager's, DynamoDB's and Step Functions' requests and events.
  ...["ClientRequestToken", "SecretId", "ExclusiveStartKey", "RequestItems", "TaskScheduled"],
  ...["TaskSucceeded", "ExecutionSucceeded"],
  // What services answer, whose own codes these are.
  ...["ExecutionAlreadyExists", "ExecutionDoesNotExist", "InvalidArn", "InProgress", "InvocationDoesNotExist"],
  // Of the driver of MongoDB, and of an object with which it is left.
  ...["MongoServerError", "DatabaseError"],
]);

/** What may be met by a person is made here. The embedded cloud's answers are AWS's. */
const ROOMS = /^(src\/(?!local\/|explain\/)|functions\/).*\.ts$/;
/** Of these, where words in that form are seldom anything else. */
const MAKERS = /^(src\/(errors|engines|secrets|rotation|adoption|fleet|aws|lambda|messages)\b|functions\/)/;

/** Every code that the sources can bring before a person, with the first file that does. */
export function codesInSource(): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const file of files()) {
    const text = withoutComments(readFileSync(file, "utf8"));
    const codes = file.startsWith("statemachines/") ? inMachine(text) : ROOMS.test(file) ? inCode(file, text) : [];
    for (const code of codes) if (!found.has(code)) found.set(code, file);
  }
  return found;
}

function inCode(file: string, text: string): string[] {
  return [...PLACES, ...(MAKERS.test(file) ? [ANYWHERE] : [])]
    .flatMap((pattern) => all(text, pattern))
    .filter((code) => !OF_OTHERS.has(code) && !OF_AWS.test(code));
}

function inMachine(text: string): string[] {
  const retried = [...text.matchAll(/ErrorEquals:(?:\s*-[^\n]+|\s*\[[^\]]+\])+/g)].map(([list]) => list).join("\n");
  return [
    ...all(text, /\b(?:reason|Error): ([A-Z][A-Za-z]+)\b/g),
    ...all(text, /\bCause: "([A-Z][A-Za-z]+):/g),
    ...all(retried, /\b((?:Lambda|Sandbox|Runtime|States)\.(?!ALL)[A-Za-z0-9]+)/g),
  ];
}

function all(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, code = ""]) => code);
}

function files(): string[] {
  return execFileSync(
    "git",
    ["ls-files", "--cached", "--others", "--exclude-standard", "src", "functions", "statemachines"],
    { encoding: "utf8" },
  )
    .split("\n")
    .filter((file) => file && existsSync(file));
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
}
