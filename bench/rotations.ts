import { SFNClient } from "@aws-sdk/client-sfn";
import type { Arena, Seen } from "./arenas/arena.js";
import type { Place } from "./bare.js";
import { rotateThrough } from "./machine.js";
import { type Elsewhere, elsewhere } from "./processes.js";
import type { Rotation } from "./rotation.js";
import { ratio, type Spread, spread } from "./spread.js";

export interface RotationFigures {
  readonly engine: string;
  readonly strategy: string;
  readonly rotations: number;
  readonly keyturn: WayFigures;
  /** Our own work in a straight line. */
  readonly bare: WayFigures;
  /** What AWS's rotation functions do, in a straight line; where it was not measured, why. */
  readonly aws: WayFigures | { readonly notMeasured: string };
  /** Keyturn's medians, divided by the others'. */
  readonly ratios: {
    readonly wholeToBare: number;
    readonly wholeToAws: number | null;
    readonly createToFinishToAws: number | null;
    readonly setToFinishToAws: number | null;
  };
  /** Single-user only: from the database's change to the label's move. */
  readonly credentialGapMs: (Spread & { readonly max: number }) | null;
  /** That a rotation enters: each is paid for. */
  readonly states: number;
}

export interface WayFigures {
  /** Of one rotation. */
  readonly secretsManagerCalls: number;
  readonly loginsOk: number;
  readonly loginsFailed: number;
  readonly wholeMs: Spread;
  readonly createToFinishMs: Spread;
  readonly setToFinishMs: Spread;
}

const WARM_UP = 8;

/** Rotates so often in each of the ways, in turns, on the same endpoint and server. */
export async function measureRotations(
  arena: Arena,
  times: number,
  interrupted: AbortSignal,
): Promise<RotationFigures> {
  interrupted.throwIfAborted();
  const { cloud, secretId, aws: awsSecret } = arena;
  const sfn = new SFNClient(cloud.clientConfig);
  const place = placeOf(arena);
  const children: Elsewhere[] = [elsewhere({ way: "bare", place, secretId })];
  if (typeof awsSecret !== "string") children.push(elsewhere({ way: "aws", place, secret: awsSecret }));
  const states: number[] = [];
  const throughMachine = async () => {
    const rotation = await rotateThrough(cloud, sfn, secretId);
    states.push(rotation.states);
    return rotation;
  };
  try {
    const ways = [throughMachine, ...children.map(({ rotate }) => rotate)].map((rotate) => observed(arena, rotate));
    for (let turn = 0; turn < Math.min(WARM_UP, times); turn += 1) await turnOf(ways, interrupted);
    const from = new Date();
    for (const way of ways) way.forget();
    for (let turn = 0; turn < times; turn += 1) await turnOf(ways, interrupted);
    const seen = await arena.seen(from);
    const [keyturn, bare, aws] = ways.map((way) => way.figures(seen)) as [WayFigures, WayFigures, WayFigures?];
    return {
      engine: arena.engine,
      strategy: arena.strategy,
      rotations: times,
      keyturn,
      bare,
      aws: aws ?? { notMeasured: String(awsSecret) },
      ratios: {
        wholeToBare: ratio(keyturn.wholeMs, bare.wholeMs),
        wholeToAws: aws ? ratio(keyturn.wholeMs, aws.wholeMs) : null,
        createToFinishToAws: aws ? ratio(keyturn.createToFinishMs, aws.createToFinishMs) : null,
        setToFinishToAws: aws ? ratio(keyturn.setToFinishMs, aws.setToFinishMs) : null,
      },
      credentialGapMs: arena.strategy === "single-user" ? gaps(arena, seen, from) : null,
      states: spread(states).median,
    };
  } finally {
    for (const { stop } of children) stop();
  }
}

async function turnOf(ways: readonly Way[], interrupted: AbortSignal): Promise<void> {
  interrupted.throwIfAborted();
  for (const { rotate } of ways) await rotate();
}

function placeOf({ cloud, caFile }: Arena): Place {
  return {
    clientConfig: cloud.clientConfig,
    table: cloud.resource("Table").ref,
    bus: cloud.resource("Bus").ref,
    machine: cloud.resource("RotateSecret").ref,
    caFile,
  };
}

interface Way {
  rotate(): Promise<void>;
  /** What was until now. */
  forget(): void;
  figures(seen: Seen): WayFigures;
}

/** One way to rotate, and what the cloud and the server saw of it. */
function observed({ cloud }: Arena, rotateOnce: () => Promise<Rotation>): Way {
  let rotations: Rotation[] = [];
  let windows: Array<{ from: Date; to: Date }> = [];
  let calls = 0;
  return {
    async rotate() {
      const [before, from] = [cloud.calls().length, new Date()];
      rotations.push(await rotateOnce());
      await cloud.settled();
      windows.push({ from, to: new Date() });
      // Every move of AWSCURRENT is looked at by Keyturn, which is no part of any way.
      calls += cloud
        .calls()
        .slice(before)
        .filter(({ service, caller }) => service === "secretsmanager" && !caller.includes("NoticeMove")).length;
    },
    forget() {
      [rotations, windows, calls] = [[], [], 0];
    },
    figures({ ok, failed }) {
      const within = (logins: readonly Date[]) =>
        logins.filter((at) => windows.some(({ from, to }) => from <= at && at <= to)).length / rotations.length;
      return {
        secretsManagerCalls: calls / rotations.length,
        loginsOk: within(ok),
        loginsFailed: within(failed),
        wholeMs: spread(rotations.map(({ wholeMs }) => wholeMs)),
        createToFinishMs: spread(rotations.map(({ createToFinishMs }) => createToFinishMs)),
        setToFinishMs: spread(rotations.map(({ setToFinishMs }) => setToFinishMs)),
      };
    },
  };
}

/** From each change in the server's log to the label's next move in the cloud's: of the state machine's rotations. */
function gaps({ cloud }: Arena, { changes }: Seen, from: Date): Spread & { readonly max: number } {
  const moves = cloud
    .calls()
    .filter(({ operation, caller }) => operation === "UpdateSecretVersionStage" && caller.includes("FinishSecretRole"))
    .map(({ at }) => at.getTime())
    .filter((at) => at >= from.getTime());
  const found = moves.map((move) => move - Math.max(...changes.map(Number).filter((change) => change <= move)));
  return { ...spread(found), max: Math.max(...found) };
}
