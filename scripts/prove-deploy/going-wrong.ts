import { DeleteRolePolicyCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import type { Actor } from "./actors.js";
import type { Deployment } from "./deployment.js";
import type { Emulator } from "./emulator.js";
import { byStart, must, provenRotation, type Scenario, type Scene } from "./scenario.js";
import type { RunningServer } from "./servers.js";

/** What becomes of a rotation that fails, and of a credential that is to die. */
export function goingWrong(
  { stack, announced, cast }: Scene,
  { server, asSuperuser }: RunningServer,
  emulator: Emulator,
  deployment: Deployment,
): Scenario[] {
  const { engine } = server;
  /** A rotation that must end where it began. Gives why. */
  async function rolledBack(actor: Actor): Promise<string> {
    const before = await actor.current();
    const since = new Date();
    const { status } = await stack.rotate(actor);
    must(status === "FAILED", `The execution ended as ${status}.`);
    const { outcome, reason } = await stack.record(actor, since);
    must(outcome === "rolled back", `The record says ${outcome}: ${reason}`);
    must((await actor.current()).password === before.password, "AWSCURRENT has moved.");
    must(await server.letsIn(before), "AWSCURRENT does not get in.");
    await announced.heard(`the rotation of ${actor.name} failed`);
    return reason;
  }
  return [
    [
      `${engine}: a roll back, after a fault in the database`,
      async () => {
        const makeView = "CREATE VIEW orders_seen AS SELECT 1 AS id; GRANT SELECT ON orders_seen TO PUBLIC";
        const tags = { "keyturn:probe": "SELECT id FROM orders_seen" };
        const actor = await cast(server, `${engine}/probed`, { admin: false, tags });
        const reason = await rolledBack(actor);
        await asSuperuser(makeView);
        await provenRotation(actor, byStart(stack, actor));
        return `${reason}: AWSCURRENT gets in as before; once the fault was mended it rotated`;
      },
    ],
    [
      `${engine}: a roll back, after a role has lost a right`,
      async () => {
        const iam = new IAMClient(emulator.clientConfig);
        const actor = await cast(server, `${engine}/forbidden`, { admin: true });
        const policy = { RoleName: await deployment.ref("SetSecretRole"), PolicyName: "taken-away" };
        const Statement = [{ Effect: "Deny", Action: "secretsmanager:GetSecretValue", Resource: "*" }];
        const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
        await iam.send(new PutRolePolicyCommand({ ...policy, PolicyDocument }));
        const reason = await rolledBack(actor).finally(() => iam.send(new DeleteRolePolicyCommand(policy)));
        await provenRotation(actor, byStart(stack, actor));
        return `${reason}: so the functions are held to their roles; once the right was back it rotated`;
      },
    ],
    [
      `${engine}: a retirement, at once`,
      async () => {
        const actor = await cast(server, `${engine}/leaked`, { admin: true });
        const before = await actor.current();
        const since = new Date();
        await stack.request(actor, { retireAfterMinutes: 0, reason: "leaked" });
        const { outcome, reason, message } = await stack.retirement(actor, since);
        must(outcome === "retired", `The record says ${outcome}: ${reason}: ${message}`);
        must(!(await server.letsIn(before)), "The credential before still gets in.");
        must(await server.letsIn(await actor.current()), "AWSCURRENT does not get in.");
        await announced.heard(`the old credential of ${actor.name} is refused`);
        return "the credential before is refused, AWSCURRENT gets in";
      },
    ],
  ];
}
