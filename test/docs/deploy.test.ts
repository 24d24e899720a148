import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, inject, it } from "vitest";
import type { Resource, Statement } from "../../infra/cloudformation.js";
import { roleResources } from "../../infra/roles.js";
import { parseSettings } from "../../infra/settings.js";
import { alarmMetricsOf, costTable } from "../../scripts/costs/month.js";
import { PRICES } from "../../scripts/costs/prices.js";
import { CHECK, ROTATION } from "../../scripts/costs/usage.js";
import { resourcesOf } from "../../scripts/deployer/place.js";
import { kindsTable } from "../../scripts/tables/kinds.js";
import { withTable } from "../../scripts/tables/markdown.js";

const text = readFileSync("docs/deploy.md", "utf8");
const template = JSON.parse(readFileSync(inject("template"), "utf8"));

it("has the tables of the packaged template", () => {
  const made = withTable(text, "what is made, by npm run deploy-tables", kindsTable(template));
  const table = costTable(alarmMetricsOf(template));
  expect(withTable(made, "what it costs, by npm run deploy-tables", table)).toBe(text);
});

/** The actions of a role. */
function actionsOf({ Properties }: Resource): string[] {
  const policies = Properties.Policies as ReadonlyArray<{ PolicyDocument: { Statement: readonly Statement[] } }>;
  return policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement.flatMap(({ Action }) => Action));
}

it("names an end point for each service that the functions in the VPC call", () => {
  const network = { subnetIds: ["subnet-1"], securityGroupIds: ["sg-1"] };
  const yaml = JSON.stringify({ network, accounts: ["111122223333"] });
  const settings = parseSettings(yaml, readFileSync("keyturn.schema.json", "utf8"));
  const inNetwork = Object.entries(roleResources(settings, "dev")).filter(([, role]) =>
    actionsOf(role).includes("ec2:CreateNetworkInterface"),
  );
  const functions = inNetwork.map(([id]) =>
    id
      .replace("Role", "")
      .replace(/(?<=.)[A-Z]/g, "-$&")
      .toLowerCase(),
  );
  const [, named = ""] = /the five functions [^:]+:([^.]+)\./.exec(text) ?? [];
  expect(named.match(/[a-z-]+(?=`)/g)?.sort()).toEqual(functions.sort());

  const called = new Set(inNetwork.flatMap(([, role]) => actionsOf(role).map((action) => action.replace(/:.*/, ""))));
  // Lambda makes interfaces and writes logs by itself; KMS is asked by Secrets Manager (kms:ViaService).
  for (const service of ["ec2", "logs", "kms"]) called.delete(service);
  const rows = [...text.matchAll(/^\| ([a-z-]+) +\| `com\.amazonaws\.….([a-z-]+)`/gm)];
  expect(rows.map(([, service]) => service).sort()).toEqual([...called].sort());
  for (const [, service, point] of rows) expect(point).toBe(service);
});

it("cites the page of each price, and counts as the table does", () => {
  for (const { page } of Object.values(PRICES)) expect(text).toContain(`(${page})`);
  const prose = text.replace(/\s+/g, " ");
  expect(prose).toContain(`a rotation enters ${ROTATION.transitions} states`);
  expect(prose).toContain(`makes ${ROTATION.secretCalls} calls of Secrets Manager`);
  expect(prose).toContain(`a dry run ${CHECK.transitions} states and ${CHECK.secretCalls} calls`);
});

it("says how long a stage's name may be", () => {
  const [, letters] = /has (\d+) letters at most/.exec(text) ?? [];
  const place = { account: "123456789012", region: "eu-central-1" };
  expect(() => resourcesOf({ ...place, stage: "x".repeat(Number(letters)) })).not.toThrow();
  expect(() => resourcesOf({ ...place, stage: "x".repeat(Number(letters) + 1) })).toThrow("too long a name");
});

it.each(["docs/deploy.md", "docs/first-run-on-aws.md"])(
  "%s: its commands are ones that a shell understands",
  (page) => {
    const blocks = [...readFileSync(page, "utf8").matchAll(/```sh\n(.*?)```/gs)].map(([, block = ""]) => block);
    expect(blocks.length).toBeGreaterThan(10);
    for (const input of blocks) execFileSync("bash", ["-n"], { input });
  },
);

it("names commands that there are", () => {
  const { scripts } = JSON.parse(readFileSync("package.json", "utf8"));
  const named = [...text.matchAll(/npm run (?:-s )?([a-z:-]+)/g)].map(([, script = ""]) => script);
  expect(named.filter((script) => !(script in scripts))).toEqual([]);
});
