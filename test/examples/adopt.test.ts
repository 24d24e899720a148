import { readFileSync } from "node:fs";
import { DescribeSecretCommand } from "@aws-sdk/client-secrets-manager";
import { expect, it } from "vitest";
import { useCloud } from "../tools/cloud.js";
import { createAdmin } from "../tools/postgres.js";
import { start } from "./program.js";

const keyturn = useCloud();

async function run(script: string, environment: Readonly<Record<string, string>> = {}): Promise<string> {
  const program = start(keyturn, "adopt", ["node", script], environment);
  expect(await program.ended(), program.output()).toBe(0);
  await keyturn.cloud.settled();
  return program.output();
}
const described = () => keyturn.secrets().send(new DescribeSecretCommand({ SecretId: "billing/app" }));
/** Made from outside, in their order, without those that only look. */
const asked = () =>
  keyturn.cloud
    .calls()
    .filter(({ caller, service }) => caller.endsWith(":root") && service !== "lambda")
    .map(({ operation }) => operation)
    .filter((operation) => !/^(Describe|Get)/.test(operation));

const readme = readFileSync("examples/adopt/README.md", "utf8");

/** What the README has the program print, each line as far as it goes. */
function promised(): string[] {
  const [, block = ""] = /```text\n(.*?)```/s.exec(readme) ?? [];
  return block
    .trimEnd()
    .split("\n")
    .map((line) => line.replace(/ …$/, ""));
}

/** What the README has a person do under that heading, by the names of AWS's calls. */
function commands(heading: string): string[] {
  const chapter = readme.slice(readme.indexOf(`\n## ${heading}\n`)).split("\n## ")[1] ?? "";
  return [...chapter.matchAll(/aws (?:secretsmanager|stepfunctions) ([a-z-]+)/g)]
    .map(([, command = ""]) => command.replace(/(^|-)([a-z])/g, (_, __, letter: string) => letter.toUpperCase()))
    .filter((operation) => !/^(Describe|Get)/.test(operation));
}

it("a secret of AWS's rotation function is adopted, rotated and given back", async () => {
  await run("before.js", { HOST_ADMIN: await keyturn.adminSecretFor(await createAdmin()) });
  expect(await described()).toMatchObject({ RotationEnabled: true });

  const before = asked().length;
  const told = await run("adopt.js");
  const said = told.trimEnd().split("\n");
  expect(said.map((line, n) => line.slice(0, promised()[n]?.length))).toEqual(promised());
  expect(asked().slice(before)).toEqual(commands("Step by step"));
  expect(await keyturn.announced((await described()).ARN ?? "")).toContain("Secret Rotation Succeeded");

  const adopted = asked().length;
  expect(await run("give-back.js")).toContain("AWSCURRENT logs in as billing_clone, as before");
  expect(asked().slice(adopted)).toEqual(commands("The way back"));
  expect(await described()).toMatchObject({ RotationEnabled: true });
  expect((await keyturn.rotate("billing/app")).output).toMatchObject({ outcome: "skipped", reason: "NotManaged" });
});
