import type { Server } from "./actors.js";
import { byStart, must, provenRotation, type Scenario, type Scene } from "./scenario.js";

interface Check {
  readonly phase: string;
  readonly check: string;
  readonly ok: boolean;
  readonly message: string;
}

/** Waits for the schedule that fires each minute, so it may run beside the others. */
export function bySchedule({ stack, cast }: Scene, server: Server): Scenario {
  return [
    `${server.engine}: a rotation by schedule, single-user`,
    async () => {
      const tags = { "keyturn:schedule": "soon" };
      const actor = await cast(server, `${server.engine}/scheduled`, { admin: false, tags });
      const seen = await provenRotation(actor, (since) => stack.record(actor, since));
      await actor.tag({ "keyturn:schedule": "nightly" });
      await mustBeOnRecord(stack, actor, "schedule");
      return seen;
    },
  ];
}

/** What a rotation is, whatever the engine, and how it is begun, kept on record and announced. */
export async function rotating({ stack, announced, cast }: Scene, server: Server): Promise<Scenario[]> {
  const { engine } = server;
  const single = await cast(server, `${engine}/single`, { admin: false });
  const alternating = await cast(server, `${engine}/alternating`, { admin: true });
  return [
    [
      `${engine}: a dry run`,
      async () => {
        const before = await alternating.current();
        const { ok, outcome, checks } = await stack.check(alternating);
        const made = (checks ?? []) as readonly Check[];
        const bad = made.filter((check) => !check.ok).map(({ check, message }) => `${check}: ${message}`);
        must(ok === true && bad.length === 0, `It found: ${outcome} ${bad.join("; ")}`);
        must((await alternating.current()).password === before.password, "It has changed the secret.");
        must((await alternating.versionOf("AWSPENDING")) === undefined, "It has left a version.");
        must((await stack.records(alternating)).length === 0, "It has left an audit record.");
        return `${made.length} checks by ${new Set(made.map(({ phase }) => phase)).size} functions, nothing changed`;
      },
    ],
    [
      `${engine}: a rotation by event, alternating users`,
      () =>
        provenRotation(alternating, async (since) => {
          await stack.request(alternating);
          return stack.record(alternating, since);
        }),
    ],
    [
      `${engine}: a rotation by start, alternating users, back to the first`,
      () => provenRotation(alternating, byStart(stack, alternating)),
    ],
    [`${engine}: a rotation by start, single-user`, () => provenRotation(single, byStart(stack, single))],
    [
      `${engine}: the audit record of each`,
      async () => {
        await mustBeOnRecord(stack, single, "manual");
        await mustBeOnRecord(stack, alternating, "manual", "event");
        return "outcome, strategy, trigger, versions, phases and times, the newest first";
      },
    ],
    [
      `${engine}: the announcement, as a subscriber of the topic hears it`,
      async () => (await announced.heard(`the credential of ${single.name} was rotated`)).split("\n")[0] ?? "",
    ],
  ];
}

/** Two valid passwords at once, which only some engines know. */
export function dualPassword({ stack, cast }: Scene, server: Server): Scenario {
  return [
    `${server.engine}: a rotation by start, dual password`,
    async () => {
      const tags = { "keyturn:strategy": "dual-password" };
      const actor = await cast(server, `${server.engine}/dual`, { admin: true, tags });
      return provenRotation(actor, byStart(stack, actor));
    },
  ];
}

async function mustBeOnRecord(
  stack: Scene["stack"],
  { name, arn, server }: Awaited<ReturnType<Scene["cast"]>>,
  ...triggers: readonly string[]
): Promise<void> {
  const records = await stack.records({ arn });
  const said = records.map(({ trigger }) => trigger).join(", ");
  must(
    said === triggers.join(", "),
    `${name} has the records ${said || "of nothing"}, and not ${triggers.join(", ")}.`,
  );
  for (const { secretName, engine, outcome, previousVersionId, versionId, startedAt, endedAt } of records) {
    must(
      secretName === name && engine === server.engine && outcome === "succeeded",
      `A record of ${name} is another's.`,
    );
    must(Boolean(previousVersionId && versionId), `A record of ${name} names no versions.`);
    must(Date.parse(startedAt) < Date.parse(endedAt), `A record of ${name} ends before it begins.`);
  }
}
