import { DescribeTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EventBridgeClient, ListArchivesCommand } from "@aws-sdk/client-eventbridge";
import { GetScheduleCommand, SchedulerClient } from "@aws-sdk/client-scheduler";
import type { Actor, Cast } from "./actors.js";
import { type Deployed, deployed } from "./deployed.js";
import type { Deployment } from "./deployment.js";
import type { Emulator } from "./emulator.js";
import { byStart, must, provenRotation, type Scenario } from "./scenario.js";
import { CHANGED, SETTINGS } from "./settings.js";

/** What a deployment keeps, whatever becomes of it. */
const KEPT = ["Table", "Key", "Archive"];

export interface Life {
  readonly emulator: Emulator;
  readonly deployment: Deployment;
  /** A secret of the stage's. */
  readonly actor: Actor;
}

/** Two stages in one account. */
export function secondStage({ emulator, deployment, actor }: Life, beside: Deployment, cast: Cast): Scenario {
  return [
    "A second stage beside it",
    async () => {
      const before = await kept(deployment);
      await beside.deploy(SETTINGS);
      const [first, second] = await Promise.all([deployed(emulator, deployment), deployed(emulator, beside)]);
      const its = await cast(actor.server, "beside/single", { stage: beside.stage, admin: false });
      await mustLeaveAlone(first, its);
      await mustLeaveAlone(second, actor);
      const seen = await provenRotation(its, byStart(second, its));
      await provenRotation(actor, byStart(first, actor));
      await beside.remove();
      must((await kept(deployment)).join() === before.join(), "The first stage has another table, key or archive.");
      return `${seen}; neither stage touches the other's secret`;
    },
  ];
}

/** What becomes of a stack after its first deployment. */
export function lifeOfAStack({ emulator, deployment, actor }: Life): Scenario[] {
  const { clientConfig } = emulator;
  const dynamo = new DynamoDBClient(clientConfig);
  const scheduler = new SchedulerClient(clientConfig);
  let leftBehind: readonly string[] = [];
  const rotates = (stack: Deployed) => provenRotation(actor, byStart(stack, actor));

  async function mustBeThere([table, , archive]: readonly string[]): Promise<void> {
    const { Table } = await dynamo.send(new DescribeTableCommand({ TableName: table }));
    must(Table?.DeletionProtectionEnabled === true, `The table ${table} may be deleted.`);
    const { Archives = [] } = await new EventBridgeClient(clientConfig).send(new ListArchivesCommand());
    must(
      Archives.some(({ ArchiveName }) => ArchiveName === archive),
      `The archive ${archive} is gone.`,
    );
  }

  return [
    [
      "An update by a changed keyturn.yml",
      async () => {
        const before = await kept(deployment);
        await deployment.deploy(CHANGED);
        must((await deployment.status()) === "UPDATE_COMPLETE", `The stack is ${await deployment.status()}.`);
        must(
          (await kept(deployment)).join() === before.join(),
          `Instead of ${before} there is ${await kept(deployment)}.`,
        );
        await mustBeThere(before);
        const GroupName = await deployment.ref("ScheduleGroup");
        const nightly = await scheduler.send(new GetScheduleCommand({ Name: "nightly", GroupName }));
        const { expression, timezone } = CHANGED.schedules.nightly;
        must(nightly.ScheduleExpression === expression, `nightly is at ${nightly.ScheduleExpression}.`);
        must(nightly.ScheduleExpressionTimezone === timezone, `nightly is in ${nightly.ScheduleExpressionTimezone}.`);
        const soon = await scheduler.send(new GetScheduleCommand({ Name: "soon", GroupName })).catch(nothingThere);
        must(soon === undefined, "The schedule that is no more in keyturn.yml is still there.");
        await rotates(await deployed(emulator, deployment));
        return `${KEPT.join(", ")} are the same; nightly is at ${expression}, ${timezone}; rotates on`;
      },
    ],
    [
      "Removed, with what was kept on record",
      async () => {
        leftBehind = await kept(deployment);
        const stack = await deployed(emulator, deployment);
        const records = await stack.records(actor);
        must(records.length > 0, "There is no record to be kept.");
        const skipped = await deployment.remove();
        must((await deployment.status()) === undefined, `The stack is ${await deployment.status()}.`);
        must(
          KEPT.every((name) => skipped.includes(name)),
          `CloudFormation says that it kept ${skipped.join(", ") || "nothing"}.`,
        );
        await mustBeThere(leftBehind);
        must((await stack.records(actor)).length === records.length, "Records are missing.");
        return `no stack; kept: ${skipped.join(", ")}; ${records.length} records of the secret are read`;
      },
    ],
    [
      "Deployed again",
      async () => {
        const [before = ""] = leftBehind;
        await deployment.deploy(SETTINGS);
        const stack = await deployed(emulator, deployment);
        must(stack.table !== before, `The new stack took the table ${before} over.`);
        await mustBeThere(leftBehind);
        const seen = await rotates(stack);
        await deployment.remove();
        return `${seen}; the table of before is there beside the new one`;
      },
    ],
  ];
}

function kept(deployment: Deployment): Promise<string[]> {
  return Promise.all(KEPT.map((name) => deployment.ref(name)));
}

async function mustLeaveAlone(stack: Deployed, another: Actor): Promise<void> {
  const before = await another.current();
  const { outcome, reason } = await stack.rotate(another);
  must(outcome === "skipped" && reason === "NotManaged", `${another.name}, another stage's: ${outcome}, ${reason}`);
  must((await another.current()).password === before.password, `${another.name}, another stage's, was rotated.`);
}

function nothingThere(error: Error): undefined {
  if (error.name !== "ResourceNotFoundException") throw error;
  return undefined;
}
