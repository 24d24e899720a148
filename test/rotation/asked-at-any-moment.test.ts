import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { StopExecutionCommand } from "@aws-sdk/client-sfn";
import { expect, it } from "vitest";
import { generator } from "../../scripts/random.js";
import type { Fault, FaultyCall } from "../../src/local/gateway/faults.js";
import { parseRequest } from "../../src/rotation/request.js";
import { gate } from "../tools/barriers.js";
import { useCloud } from "../tools/cloud.js";
import { createLogin, letsIn } from "../tools/postgres.js";

// The same seed asks at the same moments; another at others.
const seed = Number(process.env.KEYTURN_SEED ?? 24);
const MOMENTS = 50;

const keyturn = useCloud();

/** What becomes of the rotation that is under way when another is asked for. */
const FATES = ["runs on", "has its functions killed", "is stopped", "is being recovered"] as const;

interface Moment {
  readonly fate: (typeof FATES)[number];
  readonly when: Fault["when"];
  /** The how many-th call of the rotation, or of its recovery. */
  readonly nth: number;
  /** Where it is being recovered: the call at which it was stopped. */
  readonly stoppedAt: number;
}

const ROTATION = /assumed-role\/keyturn-dev-(Plan|\w+Secret|RollBack|Record)Role\//;

/** What a rotation calls, by its functions or by itself. */
const isRotations = ({ caller }: FaultyCall) => ROTATION.test(caller);

/** Holds the n-th such call from now on until `open`; `hit` resolves when it is held. */
function holdAt(nth: number, when: Fault["when"]) {
  const { open, opened } = gate();
  let seen = 0;
  const match = (call: FaultyCall) => isRotations(call) && ++seen === nth;
  const { hit, lift } = keyturn.cloud.inject({ match, kind: "hold", when, until: opened });
  return {
    hit: hit.then(() => true),
    end() {
      lift();
      open();
    },
  };
}

/** How many calls there are until all is at rest. */
async function callsOf(work: () => Promise<void>): Promise<number> {
  let calls = 0;
  const count = (call: FaultyCall) => {
    if (isRotations(call)) calls += 1;
    return false;
  };
  const { lift } = keyturn.cloud.inject({ match: count, kind: "hang", when: "before" });
  await work();
  await keyturn.cloud.settled();
  lift();
  return calls;
}

const isAtRest = () => keyturn.cloud.settled().then(() => false);

/** When each execution began its rotation: as it says itself when it takes the lock. */
const began = new Map<string, Date>();
function watchLocks() {
  const note = ({ caller, operation, input }: FaultyCall) => {
    const values = (input.ExpressionAttributeValues ?? {}) as Record<string, { S?: string }>;
    const [me, since] = [values[":me"]?.S, values[":since"]?.S];
    if (/PlanRole/.test(caller) && operation === "UpdateItem" && me && since) began.set(me, new Date(since));
    return false;
  };
  return keyturn.cloud.inject({ match: note, kind: "hang", when: "before" });
}

async function ask(secretId: string, reason: string): Promise<void> {
  const Detail = JSON.stringify({ secretId, reason });
  const EventBusName = keyturn.cloud.resource("Requests").ref;
  await new EventBridgeClient(keyturn.cloud.clientConfig).send(
    new PutEventsCommand({ Entries: [{ Source: "ops", DetailType: "Rotation Requested", EventBusName, Detail }] }),
  );
}

/** Asks at that moment, lets all come to rest, and gives what is wrong then; and whether the moment came at all. */
async function askAt({ fate, when, nth, stoppedAt }: Moment): Promise<{ reached: boolean; wrong: string[] }> {
  const secret = await keyturn.secretFor(await createLogin());
  const stop = (executionArn: string) => keyturn.sfn().send(new StopExecutionCommand({ executionArn }));
  const recovered = fate === "is being recovered" ? holdAt(stoppedAt, "before") : undefined;
  let hold = recovered ? undefined : holdAt(nth, when);
  const executionArn = await keyturn.startRotation({ secretId: secret });
  if (recovered) {
    // A rotation that waited for its place in line had a call more than another.
    await Promise.race([recovered.hit, isAtRest()]);
    hold = holdAt(nth, when);
    await stop(executionArn);
    recovered.end();
  }
  const reached = await Promise.race([hold?.hit, isAtRest()]);
  await ask(secret, "leaked");
  if (fate === "has its functions killed") await keyturn.cloud.kill("Runtime.ExitError");
  if (fate === "is stopped" && reached) await stop(executionArn);
  hold?.end();
  await keyturn.cloud.settled();
  return { reached: reached === true, wrong: await wrongWith(secret) };
}

async function wrongWith(secret: string): Promise<string[]> {
  const records = await keyturn.records(secret);
  const answers = records.filter(({ requestReason }) => requestReason === "leaked");
  const [answer] = answers;
  if (!answer || answers.length > 1) return [`the request has ${answers.length} records`];
  const { input } = await keyturn.ended(answer.executionArn);
  const { askedAt } = parseRequest(JSON.parse(input), new Date(answer.startedAt));
  const after = records.filter(
    ({ executionArn, outcome }) =>
      ["succeeded", "rolled forward"].includes(outcome) && (began.get(executionArn) as Date) >= askedAt,
  );
  const said = records.map(({ outcome, reason }) => `${outcome} (${reason})`).join(", ");
  const right = answer.outcome === "succeeded" || answer.reason === "RotatedSinceAsked";
  return [
    ...(after.length === 1 ? [] : [`${after.length} rotations began after it: ${said}`]),
    ...(right ? [] : [`it was answered ${answer.outcome} (${answer.reason})`]),
    ...((await letsIn(await keyturn.value(secret))) ? [] : ["AWSCURRENT is refused"]),
  ];
}

it(`a request at any of ${MOMENTS} moments is answered by exactly one rotation that began after it (seed ${seed})`, async () => {
  const locks = watchLocks();
  const first = await keyturn.secretFor(await createLogin());
  const calls = await callsOf(async () => void (await keyturn.startRotation({ secretId: first })));
  const random = generator(seed);
  const upTo = (most: number) => 1 + Math.floor(random() * most);
  const wrong: string[] = [];
  let reached = 0;
  for (let asked = 0; asked < MOMENTS; asked += 1) {
    const fate = FATES[asked % FATES.length] as Moment["fate"];
    const moment: Moment = {
      fate,
      when: random() < 0.5 ? "before" : "after",
      nth: upTo(calls),
      stoppedAt: upTo(calls),
    };
    const result = await askAt(moment);
    if (result.reached) reached += 1;
    wrong.push(...result.wrong.map((what) => `${JSON.stringify(moment)}: ${what}`));
  }
  locks.lift();
  expect(wrong).toEqual([]);
  // A recovery has fewer calls than a rotation: then it was asked for right after.
  expect(reached).toBeGreaterThan(MOMENTS / 2);
});
