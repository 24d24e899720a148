import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { castFor, STAGE } from "./actors.js";
import { listen } from "./announcements.js";
import { deployed } from "./deployed.js";
import { deploymentOf } from "./deployment.js";
import { startEmulator } from "./emulator.js";
import { goingWrong } from "./going-wrong.js";
import { noLeak } from "./leaks.js";
import { lifeOfAStack } from "./life.js";
import type { Report } from "./report.js";
import { bySchedule, dualPassword, rotating } from "./rotating.js";
import type { Scenario, Scene } from "./scenario.js";
import { mariadb, postgres } from "./servers.js";
import { SETTINGS } from "./settings.js";
import { nodeForFunctions, python } from "./tools.js";

/** What has to be ended, the newest first. */
export type Ends = Array<() => Promise<void>>;

/**
 * Deploys the checkout to MiniStack by the command that users run, and has the deployed stack do all that it is for.
 * `folder`: kept from run to run for the programs; the rest in it is made anew. What is started goes into `ends`.
 */
export async function proveDeployment(report: Report, folder: string, ends: Ends): Promise<void> {
  await mkdir(folder, { recursive: true });
  let program = "";
  const ready = await report.prove("MiniStack, in a virtual environment of its own", async () => {
    program = await python(folder);
    return undefined;
  });
  if (!ready) return report.skip("All that needs it", "There is no cloud to deploy to.");
  const node = await nodeForFunctions(folder);
  if (node.note) report.skip("Functions on the version of Node.js that they have at AWS", node.note);

  const orders = await postgres(join(folder, "postgres"));
  ends.push(orders.stop);
  const shop = await mariadb(orders).catch((error: Error) => report.skip("MariaDB", error.message));
  if (shop) ends.push(shop.stop);

  const run = join(folder, "run");
  const emulator = await startEmulator({ folder: run, python: program, node: node.program, caFile: orders.caFile });
  ends.push(emulator.stop);
  const announced = await listen(emulator);
  ends.push(announced.stop);

  const deployment = deploymentOf(STAGE, emulator, join(run, "keyturn.yml"));
  const isDeployed = await report.prove("npx serverless deploy", async () => {
    await deployment.deploy(SETTINGS);
    return deployment.status();
  });
  if (!isDeployed) return report.skip("All that the deployed stack does", "It was not deployed.");
  const passwords = new Set<string>();
  const scene: Scene = { stack: await deployed(emulator, deployment), announced, cast: castFor(emulator, passwords) };
  await announced.subscribe(await deployment.ref("Topic"));

  const prove = async (scenarios: readonly Scenario[]) => {
    for (const [what, work] of scenarios) await report.prove(what, work);
  };
  const servers = [orders.server, ...(shop ? [shop.server] : [])];
  const scheduled = Promise.all(servers.map((server) => prove([bySchedule(scene, server)])));
  for (const server of servers) await prove(await rotating(scene, server));
  if (shop) await prove([dualPassword(scene, shop.server)]);
  await prove(goingWrong(scene, orders, emulator, deployment));
  await scheduled;
  await prove([noLeak(emulator, deployment, announced, passwords)]);

  const actor = await scene.cast(orders.server, "life/of-a-stack", { admin: false });
  const beside = deploymentOf("beside", emulator, join(run, "keyturn-beside.yml"));
  await prove(lifeOfAStack({ emulator, deployment, beside, cast: scene.cast, server: orders.server, actor }));
}
