import type { Actor, Server } from "./actors.js";
import type { Announcements } from "./announcements.js";
import type { Deployed } from "./deployed.js";
import { must, provenRotation } from "./rotations.js";

/** One thing that is to be proven; gives what was seen, throws where it is not so. */
export type Scenario = readonly [what: string, work: () => Promise<string>];

export type Cast = ReturnType<typeof import("./actors.js").castFor>;

interface Stage {
  readonly stack: Deployed;
  readonly announced: Announcements;
  readonly cast: Cast;
}

const STAGE = "dev";

/** What a rotation is, whatever the engine: begun in each of the three ways, on record, announced. */
export function rotationScenarios({ stack, announced, cast }: Stage, server: Server): Scenario[] {
  const { engine } = server;
  const single = once(() =>
    cast(server, `${engine}/single`, { stage: STAGE, admin: false, tags: { "keyturn:schedule": "soon" } }),
  );
  const alternating = once(() => cast(server, `${engine}/alternating`, { stage: STAGE, admin: true }));
  return [
    [
      `${engine}: a dry run`,
      async () => {
        const actor = await alternating();
        const before = await actor.current();
        const {
          ok,
          outcome,
          checks = [],
        } = (await stack.check(actor)) as { checks: Check[] } & Record<string, unknown>;
        const bad = checks.filter((check) => !check.ok).map(({ check, message }) => `${check}: ${message}`);
        must(ok === true && bad.length === 0, `It found: ${outcome} ${bad.join("; ")}`);
        must((await actor.current()).password === before.password, "It has changed the secret.");
        must((await actor.versionOf("AWSPENDING")) === undefined, "It has left a version.");
        must((await stack.records(actor)).length === 0, "It has left an audit record.");
        return `${checks.length} checks by ${new Set(checks.map(({ phase }) => phase)).size} functions, nothing changed`;
      },
    ],
    [
      `${engine}: a rotation by schedule, single-user`,
      async () => {
        const actor = await single();
        const seen = await provenRotation(actor, (since) => stack.record(actor, since));
        await actor.tag({ "keyturn:schedule": "nightly" });
        return seen;
      },
    ],
    [
      `${engine}: a rotation by event, alternating users`,
      async () => {
        const actor = await alternating();
        return provenRotation(actor, async (since) => {
          await stack.request(actor);
          return stack.record(actor, since);
        });
      },
    ],
    [
      `${engine}: a rotation by start, single-user`,
      async () => {
        const actor = await single();
        return provenRotation(actor, byStart(stack, actor));
      },
    ],
    [
      `${engine}: the audit record of each`,
      async () => {
        const records = [...(await stack.records(await single())), ...(await stack.records(await alternating()))];
        const triggers = new Set(records.map(({ trigger }) => trigger));
        for (const trigger of ["schedule", "event", "manual"]) must(triggers.has(trigger), `None says ${trigger}.`);
        return `${records.length} records: ${[...triggers].join(", ")}`;
      },
    ],
    [
      `${engine}: the announcement, as a subscriber of the topic hears it`,
      async () => (await announced.heard("was rotated", `${engine}/single`)).split("\n")[0] ?? "",
    ],
  ];
}

interface Check {
  readonly phase: string;
  readonly check: string;
  readonly ok: boolean;
  readonly message: string;
}

/** Two valid passwords at once, which only some engines know. */
export function dualPasswordScenarios({ stack, cast }: Stage, server: Server): Scenario[] {
  return [
    [
      `${server.engine}: a rotation by start, dual password`,
      async () => {
        const tags = { "keyturn:strategy": "dual-password" };
        const actor = await cast(server, `${server.engine}/dual`, { stage: STAGE, admin: true, tags });
        return provenRotation(actor, byStart(stack, actor));
      },
    ],
  ];
}

/** What becomes of a rotation that fails, and of a credential that is to die. */
export function otherScenarios(
  { stack, announced, cast }: Stage,
  server: Server,
  asSuperuser: (sql: string) => Promise<unknown>,
): Scenario[] {
  const { engine } = server;
  return [
    [
      `${engine}: a roll back, after a fault in the database`,
      async () => {
        await asSuperuser("CREATE VIEW orders_seen AS SELECT 1 AS id; GRANT SELECT ON orders_seen TO PUBLIC");
        const tags = { "keyturn:probe": "SELECT id FROM orders_seen" };
        const actor = await cast(server, `${engine}/probed`, { stage: STAGE, admin: false, tags });
        const before = await actor.current();
        await asSuperuser("DROP VIEW orders_seen");
        const since = new Date();
        const { status, error } = await stack.rotate(actor);
        must(status === "FAILED", `The execution ended as ${status}.`);
        const { outcome, reason } = await stack.record(actor, since);
        must(outcome === "rolled back", `The record says ${outcome}: ${reason}`);
        must((await actor.current()).password === before.password, "AWSCURRENT has moved.");
        must(await server.letsIn(before), "AWSCURRENT does not get in.");
        await announced.heard("failed", actor.name);
        await asSuperuser("CREATE VIEW orders_seen AS SELECT 1 AS id; GRANT SELECT ON orders_seen TO PUBLIC");
        await provenRotation(actor, byStart(stack, actor));
        return `${error} (${reason}): rolled back, AWSCURRENT gets in; once the fault was mended it rotated`;
      },
    ],
    [
      `${engine}: a retirement, at once`,
      async () => {
        const actor = await cast(server, `${engine}/leaked`, { stage: STAGE, admin: true });
        const before = await actor.current();
        const since = new Date();
        await stack.request(actor, { retireAfterMinutes: 0, reason: "leaked" });
        const { outcome, reason, message } = await stack.retirement(actor, since);
        must(outcome === "retired", `The record says ${outcome}: ${reason}: ${message}`);
        must(!(await server.letsIn(before)), "The credential before still gets in.");
        must(await server.letsIn(await actor.current()), "AWSCURRENT does not get in.");
        await announced.heard("retired", actor.name);
        return "the credential before is refused, AWSCURRENT gets in";
      },
    ],
    [
      "A secret without the tags is out of the functions' reach",
      async () => {
        const tags = { "keyturn:stage": "another" };
        const actor = await cast(server, `${engine}/not-ours`, { stage: STAGE, admin: false, tags });
        const before = await actor.current();
        const { status, cause } = await stack.rotate(actor);
        must(status === "FAILED", `The execution ended as ${status}.`);
        must((await actor.current()).password === before.password, "It was rotated.");
        return String(cause);
      },
    ],
  ];
}

function byStart(stack: Deployed, actor: Actor) {
  return async (since: Date) => {
    const { status, error, cause } = await stack.rotate(actor);
    must(status === undefined, `The execution ended as ${status}: ${error}: ${cause}`);
    return stack.record(actor, since);
  };
}

function once<Made>(make: () => Promise<Made>): () => Promise<Made> {
  let made: Promise<Made> | undefined;
  return () => (made ??= make());
}
