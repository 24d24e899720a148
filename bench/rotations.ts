import { readFile } from "node:fs/promises";
import { SFNClient } from "@aws-sdk/client-sfn";
import { castActors } from "../stage/actors.js";
import { clearStage, type Stage, setStage } from "../stage/stage.js";
import { castForAws } from "./aws/rotate.js";
import type { Place } from "./bare.js";
import { rotateThrough } from "./machine.js";
import { elsewhere } from "./processes.js";
import type { Rotation } from "./rotation.js";
import { ratio, type Spread, spread } from "./spread.js";

export interface RotationFigures {
  readonly engine: string;
  readonly strategy: string;
  readonly rotations: number;
  readonly keyturn: WayFigures;
  /** Our own work in a straight line. */
  readonly bare: WayFigures;
  /** What AWS's rotation functions do, in a straight line. */
  readonly aws: WayFigures;
  /** Keyturn's medians, divided by the others'. */
  readonly ratios: {
    readonly wholeToBare: number;
    readonly wholeToAws: number;
    readonly createToFinishToAws: number;
    readonly setToFinishToAws: number;
  };
  /** Single-user only: from the database's change to the label's move. */
  readonly credentialGapMs: { readonly median: number; readonly max: number } | null;
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

/** Rotates so often in each of the three ways, in turns, on the same endpoint and server. */
export async function measureRotations(
  strategy: "single-user" | "alternating-users",
  times: number,
  interrupted: AbortSignal,
): Promise<RotationFigures> {
  interrupted.throwIfAborted();
  const dataDir = ".keyturn/bench";
  await clearStage(dataDir);
  const stage = await setStage({ dataDir, databaseSettings: { log_statement: "ddl" } });
  const open: Array<{ stop(): Promise<void> | void }> = [stage];
  const alternating = strategy === "alternating-users";
  try {
    const { secretArn: secretId } = await castActors(stage, { schedule: "bench", alternating });
    const secret = await castForAws(stage, alternating);
    const sfn = new SFNClient(stage.cloud.clientConfig);
    const place = placeOf(stage);
    const bareWork = elsewhere({ way: "bare", place, secretId });
    const asAws = elsewhere({ way: "aws", place, secret });
    open.unshift(bareWork, asAws);
    const ways = [() => rotateThrough(stage.cloud, sfn, secretId), bareWork.rotate, asAws.rotate];
    for (let turn = 0; turn < Math.min(WARM_UP, times); turn += 1) {
      interrupted.throwIfAborted();
      for (const rotateOnce of ways) await rotateOnce().then(() => stage.cloud.settled());
    }
    const callsBefore = stage.cloud.calls().length;
    const [throughMachine, inLine, byAws] = ways.map((rotateOnce) => observed(stage, rotateOnce)) as [Way, Way, Way];
    for (let turn = 0; turn < times; turn += 1) {
      interrupted.throwIfAborted();
      for (const way of [throughMachine, inLine, byAws]) await way.rotate();
    }
    const [keyturn, bare, aws] = [await throughMachine.figures(), await inLine.figures(), await byAws.figures()];
    return {
      engine: `PostgreSQL ${stage.database.version}`,
      strategy,
      rotations: times,
      keyturn,
      bare,
      aws,
      ratios: {
        wholeToBare: ratio(keyturn.wholeMs, bare.wholeMs),
        wholeToAws: ratio(keyturn.wholeMs, aws.wholeMs),
        createToFinishToAws: ratio(keyturn.createToFinishMs, aws.createToFinishMs),
        setToFinishToAws: ratio(keyturn.setToFinishMs, aws.setToFinishMs),
      },
      credentialGapMs: alternating ? null : await gaps(stage, callsBefore),
    };
  } finally {
    for (const one of open) await one.stop();
  }
}

function placeOf({ cloud, database }: Stage): Place {
  return {
    clientConfig: cloud.clientConfig,
    table: cloud.resource("Table").ref,
    bus: cloud.resource("Bus").ref,
    machine: cloud.resource("RotateSecret").ref,
    caFile: database.caFile ?? "",
  };
}

interface Way {
  rotate(): Promise<void>;
  figures(): Promise<WayFigures>;
}

/** One way to rotate, and what the cloud and the server saw of it. */
function observed({ cloud, database }: Stage, rotateOnce: () => Promise<Rotation>): Way {
  const rotations: Rotation[] = [];
  const windows: Array<{ from: Date; to: Date }> = [];
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
    async figures() {
      const { ok, failed } = await database.logins(windows[0]?.from ?? new Date());
      const within = (logins: ReadonlyArray<{ at: Date }>) =>
        logins.filter(({ at }) => windows.some(({ from, to }) => from <= at && at <= to)).length;
      return {
        secretsManagerCalls: calls / rotations.length,
        loginsOk: within(ok) / rotations.length,
        loginsFailed: within(failed) / rotations.length,
        wholeMs: spread(rotations.map(({ wholeMs }) => wholeMs)),
        createToFinishMs: spread(rotations.map(({ createToFinishMs }) => createToFinishMs)),
        setToFinishMs: spread(rotations.map(({ setToFinishMs }) => setToFinishMs)),
      };
    },
  };
}

/** From each ALTER ROLE in the server's log to the label's next move in the cloud's: of the state machine's rotations. */
async function gaps({ cloud, database }: Stage, from: number) {
  const moves = cloud
    .calls()
    .slice(from)
    .filter(({ operation, caller }) => operation === "UpdateSecretVersionStage" && caller.includes("FinishSecretRole"))
    .map(({ at }) => at.getTime());
  const log = await readFile(database.logFile, "utf8");
  const changes = [...log.matchAll(/^(\S+ \S+) UTC\|\d+\|\w+\|LOG: {2}statement: SET ROLE NONE; ALTER ROLE/gm)].map(
    ([, time = ""]) => Date.parse(`${time.replace(" ", "T")}Z`),
  );
  const found = moves.map((move) => move - Math.max(...changes.filter((change) => change <= move)));
  const { median } = spread(found);
  return { median, max: Math.max(...found) };
}
