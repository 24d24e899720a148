import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { TEMPLATE } from "../../infra/package.mjs";
import { type Cloud, startCloud } from "../../src/local/cloud.js";
import { sdkEnvironment } from "../../src/local/sdk-environment.js";
import type { Ends } from "../proof/command.js";
import type { Report } from "../proof/report.js";
import { answered } from "./answers.js";
import { lintAndModels } from "./environments.js";

/** Calls each operation that the embedded cloud has, and holds its answers and errors against botocore's models. */
export async function models(report: Report, folder: string, ends: Ends): Promise<void> {
  await report.prove(
    "The embedded cloud answers in the shapes, and with the errors, of botocore's models",
    async () => {
      const python = await lintAndModels(folder);
      const dataDir = await mkdtemp(join(tmpdir(), "keyturn-rules-"));
      ends.push(() => rm(dataDir, { recursive: true, force: true }));
      const cloud = await startCloud({ templateFile: TEMPLATE, dataDir, schedules: "off" });
      ends.push(() => cloud.stop());
      const { called, refused, findings } = await asked(python, cloud);
      return `${called} calls, of which ${refused} were refused; ${answered("botocore", findings)}`;
    },
  );
}

interface Said {
  readonly called: number;
  readonly refused: number;
  readonly findings: ReadonlyArray<readonly [check: string, about: string]>;
}

async function asked(python: string, cloud: Cloud) {
  const { HOME, LANG, PATH } = process.env;
  const child = spawn(python, [fileURLToPath(new URL("models.py", import.meta.url))], {
    stdio: ["pipe", "pipe", "pipe"],
    env: { HOME, LANG, PATH, PYTHONDONTWRITEBYTECODE: "1", ...sdkEnvironment(cloud.clientConfig) },
  });
  const said = Promise.all([text(child.stdout), text(child.stderr)]);
  child.stdin.end(JSON.stringify(placeOf(cloud)));
  const [code] = await once(child, "close");
  const [answer, problems] = await said;
  if (code !== 0) throw new Error(problems.slice(-2_000));
  const { called, refused, findings } = JSON.parse(answer) as Said;
  return {
    called,
    refused,
    findings: findings.map(([check, about]) => ({ check, about, message: "not as botocore has it" })),
  };
}

/** Where what is called stands. Servers are added, of each kind that has an inventory, and what may be told. */
function placeOf({ resource, servers, workloads }: Cloud): Readonly<Record<string, string>> {
  const arn = (service: string, rest: string) => `arn:aws:${service}:eu-central-1:000000000000:${rest}`;
  const known = {
    instance: arn("rds", "db:shop"),
    cluster: arn("rds", "cluster:shop"),
    warehouse: arn("redshift", "cluster:warehouse"),
    namespace: arn("redshift-serverless", "namespace/one"),
  };
  for (const one of Object.values(known))
    servers.push({ arn: one, engine: "postgres", host: "db.internal", port: 5432 });
  const told = {
    told: arn("lambda", "function:prove"),
    service: arn("ecs", "service/prove/one"),
    host: arn("ec2", "instance/i-0a1b2c3d4e5f60001"),
  };
  for (const one of Object.values(told)) workloads.push({ arn: one, told: [] });
  return {
    ...known,
    ...told,
    function: resource("SumUpLambdaFunction").attributes.Arn as string,
    machine: resource("RotateSecret").ref,
    role: resource("ScheduleRole").attributes.Arn as string,
    bus: resource("Requests").ref,
    schedule: resource("NightlySchedule").ref,
    group: resource("ScheduleGroup").ref,
    topic: resource("Topic").ref,
    queue: resource("DeadLetters").ref,
  };
}
