import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { ensurePackage, TEMPLATE } from "../infra/package.mjs";
import { startCloud } from "../src/local/cloud.js";
import { privateFolder } from "../src/local/disk/private-folder.js";
import { commandLine, program, wholeNumber } from "../stage/program.js";
import { manySecrets } from "./status/many-secrets.js";

const USAGE = `npm run bench:status -- [--secrets 10000] [--json]

How long keyturn status takes over so many secrets, and its most memory, beside the embedded cloud on the same machine.
  --secrets  how many
  --json     one JSON document`;

const DATA = ".keyturn/bench-status";

const { secrets, json } = commandLine(USAGE, () => {
  const { values } = parseArgs({
    options: {
      secrets: { type: "string", default: "10000" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  return { help: values.help, json: values.json, secrets: wholeNumber("secrets", values.secrets, 1) };
});

await program(async (interrupted) => {
  await ensurePackage();
  await rm(DATA, { recursive: true, force: true });
  for (const folder of [DATA, `${DATA}/eu-central-1`]) privateFolder(folder);
  const cloud = await startCloud({
    templateFile: withoutRules(),
    dataDir: `${DATA}/eu-central-1/cloud`,
    region: "eu-central-1",
    schedules: "off",
  });
  try {
    await manySecrets(cloud, secrets, interrupted);
    const before = cloud.calls().length;
    const { counts, ...used } = await status();
    const found = { secrets, ...used, calls: cloud.calls().length - before, counts };
    if (json) console.log(JSON.stringify(found, null, 2));
    else console.table([{ ...found, counts: JSON.stringify(counts) }]);
    return 0;
  } finally {
    await cloud.stop();
  }
});

/** Storing a secret would have the deployment look at it: thousands of executions beside what is measured. */
function withoutRules(): string {
  const template = JSON.parse(readFileSync(TEMPLATE, "utf8")) as Template;
  for (const { Type, Properties } of Object.values(template.Resources))
    if (Type === "AWS::Events::Rule") Properties.State = "DISABLED";
  const file = join(DATA, basename(TEMPLATE));
  cpSync(dirname(TEMPLATE), DATA, { recursive: true });
  writeFileSync(file, JSON.stringify(template));
  return file;
}

interface Template {
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties: { State?: string } }>>;
}

/** The command as a person starts it, in a process of its own. */
async function status(): Promise<{ seconds: number; cpuSeconds: number; peakMb: number; counts: unknown }> {
  const usage =
    'process.on("exit",()=>{const u=process.resourceUsage();process._rawDebug("used "+u.maxRSS+" "+(u.userCPUTime+u.systemCPUTime))})';
  const command = fileURLToPath(new URL("../bin/keyturn.mjs", import.meta.url));
  const start = performance.now();
  const child = spawn(
    process.execPath,
    ["--import", `data:text/javascript,${usage}`, command, "status", "--local", "--json"],
    { env: { ...process.env, AWS_REGION: "eu-central-1", KEYTURN_LOCAL: DATA }, stdio: ["ignore", "pipe", "pipe"] },
  );
  const [stdout, stderr] = [textOf(child.stdout), textOf(child.stderr)];
  const [code] = await once(child, "exit");
  const seconds = (performance.now() - start) / 1_000;
  if (code !== 0) throw new Error(`keyturn status ended with ${code}: ${await stderr}${await stdout}`);
  const [, kilobytes, microseconds] = /used (\d+) (\d+)/.exec(await stderr) ?? [];
  const { counts } = JSON.parse(await stdout) as { counts: unknown };
  const cpuSeconds = Number((Number(microseconds) / 1_000_000).toFixed(1));
  return { seconds: Number(seconds.toFixed(1)), cpuSeconds, peakMb: Math.round(Number(kilobytes) / 1024), counts };
}

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  let text = "";
  for await (const chunk of stream) text += String(chunk);
  return text;
}
