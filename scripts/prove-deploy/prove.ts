import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ensurePackage, TEMPLATE } from "../../infra/package.mjs";
import { privateFolder } from "../../src/local/disk/private-folder.js";
import type { Template } from "../deployer/policy.js";
import type { Ends } from "../proof/command.js";
import { python } from "../proof/python.js";
import type { Report } from "../proof/report.js";
import { castFor, STAGE } from "./actors.js";
import { type Announcements, listen } from "./announcements.js";
import { deployed } from "./deployed.js";
import { type Deployer, deployerOf, nothingRefused, refusedDeployer } from "./deployer.js";
import { type Deployment, deploymentOf } from "./deployment.js";
import { type Emulator, startEmulator } from "./emulator.js";
import { goingWrong } from "./going-wrong.js";
import { noLeak } from "./leaks.js";
import { lifeOfAStack, secondStage } from "./life.js";
import { nodeForFunctions } from "./node.js";
import { bySchedule, dualPassword, rotating } from "./rotating.js";
import type { Scenario, Scene } from "./scenario.js";
import { mariadb, postgres, type RunningServer } from "./servers.js";
import { SETTINGS } from "./settings.js";

/** The stage that is deployed beside the other. */
const BESIDE = "beside";

/** Where the stack is deployed to, and what it rotates there. */
interface Ground {
  readonly emulator: Emulator;
  readonly announced: Announcements;
  readonly orders: RunningServer;
  /** Where it can be had. */
  readonly shop?: RunningServer;
}

/**
 * Deploys the checkout to MiniStack by the command that users run, and has the deployed stack do all that it is for.
 * `folder`: programs are kept there from run to run, the rest is made anew. What is started goes into `ends`.
 */
export async function proveDeployment(report: Report, folder: string, ends: Ends): Promise<void> {
  const ground = await prepare(report, folder, ends);
  if (!ground) return;
  const { emulator } = ground;
  await ensurePackage();
  const template = JSON.parse(readFileSync(TEMPLATE, "utf8")) as Template;
  const deployedBy = ({ env }: Deployer, stage: string) =>
    deploymentOf(stage, emulator, join(folder, "run", `keyturn-${stage}.yml`), env);

  const lacking = await deployerOf(emulator, template, STAGE, "cloudformation:CreateStack");
  await report.prove(...refusedDeployer("who lacks an action", deployedBy(lacking, STAGE), SETTINGS));
  const another = await deployerOf(emulator, template, BESIDE);
  await report.prove(...refusedDeployer("of another stage", deployedBy(another, STAGE), SETTINGS));
  const deployer = await deployerOf(emulator, template, STAGE);
  const deployment = deployedBy(deployer, STAGE);
  const isDeployed = await report.prove("npx serverless deploy", async () => {
    await deployment.deploy(SETTINGS);
    return deployment.status();
  });
  if (!isDeployed) return report.skip("All that the deployed stack does", "It was not deployed.");
  const beside = deployedBy(another, BESIDE);
  await play(report, ground, deployment, beside);
  await report.prove(...nothingRefused(deployer, deployment));
}

async function prepare(report: Report, folder: string, ends: Ends): Promise<Ground | undefined> {
  for (const path of [dirname(folder), folder]) privateFolder(path);
  let program = "";
  const isThere = await report.prove("MiniStack, in a virtual environment of its own", async () => {
    program = await python(folder, new URL("requirements.txt", import.meta.url));
    return undefined;
  });
  if (!isThere) {
    report.skip("All that needs it", "There is no cloud to deploy to.");
    return undefined;
  }
  const node = await nodeForFunctions(folder);
  if (node.note) report.skip("Functions on the version of Node.js that they have at AWS", node.note);

  const orders = await postgres(join(folder, "postgres"));
  ends.push(orders.stop);
  const shop = await mariadb(orders).catch((error: Error) => report.skip("MariaDB", error.message));
  if (shop) ends.push(shop.stop);

  const { caFile } = orders;
  const emulator = await startEmulator({ folder: join(folder, "run"), python: program, node: node.program, caFile });
  ends.push(emulator.stop);
  const announced = await listen(emulator);
  ends.push(announced.stop);
  return { emulator, announced, orders, ...(shop ? { shop } : {}) };
}

async function play(
  report: Report,
  { emulator, announced, orders, shop }: Ground,
  deployment: Deployment,
  beside: Deployment,
): Promise<void> {
  const passwords = new Set<string>();
  const cast = castFor(emulator, passwords);
  const scene: Scene = { stack: await deployed(emulator, deployment), announced, cast };
  await announced.subscribe(await deployment.ref("Topic"));

  const prove = async (...scenarios: readonly Scenario[]) => {
    for (const [what, work] of scenarios) await report.prove(what, work);
  };
  const servers = [orders.server, ...(shop ? [shop.server] : [])];
  const scheduled = Promise.all(servers.map((server) => prove(bySchedule(scene, server))));
  for (const server of servers) await prove(...(await rotating(scene, server)));
  if (shop) await prove(dualPassword(scene, shop.server));
  await prove(...goingWrong(scene, orders, emulator, deployment));

  const life = { emulator, deployment, actor: await cast(orders.server, "life/of-a-stack", { admin: false }) };
  await prove(secondStage(life, beside, cast));
  await scheduled;
  await prove(noLeak(emulator, deployment, announced, passwords), ...lifeOfAStack(life));
}
