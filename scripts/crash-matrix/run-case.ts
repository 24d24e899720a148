import { randomUUID } from "node:crypto";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DescribeSecretCommand, GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { DescribeExecutionCommand, SFNClient, StartExecutionCommand, StopExecutionCommand } from "@aws-sdk/client-sfn";
import { ledger } from "../../src/aws/ledger.js";
import type { Login } from "../../stage/postgres-tools.js";
import { storeSecret } from "../../stage/store-secret.js";
import { type Found, judge, type Verdict } from "./judge.js";
import type { MachineProcess } from "./machine-process.js";
import type { Case, Point } from "./points.js";
import type { Subject } from "./subjects.js";
import { watch } from "./watch.js";

export interface CaseResult extends Verdict {
  readonly struck: boolean;
  readonly gapMs: number;
  /** What the records say, for whoever looks into a case that failed. */
  readonly records: ReadonlyArray<{
    readonly outcome: string;
    readonly reason: string;
    readonly facts?: readonly string[];
  }>;
}

/** The points of a rotation that goes well. */
export async function recordPoints(machine: MachineProcess, subject: Subject): Promise<Point[]> {
  const acts = actions(machine, subject);
  const secretArn = await acts.makeSecret();
  await machine.tell({ do: "record" });
  await acts.rotate(secretArn);
  return (await machine.tell({ do: "points" })) as Point[];
}

/** A rotation that dies, what follows, and what is found then. */
export async function runCase(machine: MachineProcess, subject: Subject, one: Case): Promise<CaseResult> {
  const acts = actions(machine, subject);
  const secretArn = await acts.makeSecret();
  const watcher = watch(() => acts.current(secretArn), subject.letsIn);
  try {
    return await runWatched(machine, subject, one, { acts, secretArn, watcher });
  } finally {
    // It would look for ever, where the case went no further.
    await watcher.stop();
  }
}

interface Watched {
  readonly acts: ReturnType<typeof actions>;
  readonly secretArn: string;
  readonly watcher: ReturnType<typeof watch>;
}

async function runWatched(
  machine: MachineProcess,
  subject: Subject,
  { point, when, way, afterwards }: Case,
  { acts, secretArn, watcher }: Watched,
): Promise<CaseResult> {
  const { current: firstVersion } = await acts.labels(secretArn);
  const recordsBefore = (await acts.records(secretArn)).length;

  await machine.tell({ do: "arm", point, when, way, alone: afterwards === "started again" });
  const executionArn = await acts.start(secretArn);
  const ended = acts.ended(executionArn);
  await Promise.race([machine.struck(), ended]);
  if (way === "stopped" && machine.isStruck()) {
    await acts.stop(executionArn);
    await machine.tell({ do: "release" });
  }
  if (machine.isGone()) await machine.restart();
  await machine.tell({ do: "settle" });
  const lasting = machine.isStruck() && (way === "denied" || way === "database away") ? await meanwhile() : [];
  await machine.tell({ do: "lift" });
  if (afterwards === "started again") await acts.rotate(secretArn);
  else await machine.tell({ do: "fire", schedule: "recovery", at: new Date(Date.now() + 86_400_000).toISOString() });
  await machine.tell({ do: "settle" });
  const currentLogsIn = await subject.letsIn(await acts.current(secretArn).then(({ login }) => login));
  const gap = await watcher.stop();

  /** While the fault lasts both values are kept, and it is announced as far as that can be. */
  async function meanwhile(): Promise<string[]> {
    const kept = (await acts.labels(secretArn)).labels[firstVersion] !== undefined;
    const mute = point.on === "aws" && point.service === "events";
    const told = mute || (await acts.announced(secretArn)).some((one) => one.executionArn === executionArn);
    return [...(kept ? [] : ["the old value was not kept"]), ...(told ? [] : ["nobody was told while it lasted"])];
  }

  const { labels } = await acts.labels(secretArn);
  const records = (await acts.records(secretArn)).slice(recordsBefore);
  const announced = await acts.announced(secretArn);
  const next = await acts.rotate(secretArn);
  const nextLogsIn = await subject.letsIn((await acts.current(secretArn)).login);
  const verdict = judge({ firstVersion, labels, currentLogsIn, records, announced, executionArn, next, nextLogsIn });
  return {
    ...verdict,
    untrue: [...verdict.untrue, ...lasting],
    lockout: verdict.lockout || (!subject.mayGap && gap.refusals > 0),
    struck: machine.isStruck(),
    gapMs: gap.longestMs,
    records: records.map(({ outcome, reason, facts }) => ({ outcome, reason, ...(facts ? { facts } : {}) })),
  };
}

function actions(machine: MachineProcess, subject: Subject) {
  const { clientConfig, stateMachine, table } = machine.reached;
  const secrets = new SecretsManagerClient({ ...clientConfig, maxAttempts: 1 });
  const sfn = new SFNClient(clientConfig);
  const store = (value: object, tags: Readonly<Record<string, string>>) =>
    storeSecret(secrets, { name: `crash/${randomUUID()}`, value, tags });

  /** Named beforehand, because a machine may be gone before it answers. */
  async function start(secretId: string): Promise<string> {
    const name = randomUUID();
    const input = JSON.stringify({ secretId });
    await sfn.send(new StartExecutionCommand({ stateMachineArn: stateMachine, name, input })).catch((error) => {
      if (!machine.isStruck()) throw error;
    });
    return `${stateMachine.replace(":stateMachine:", ":execution:")}:${name}`;
  }

  async function ended(executionArn: string): Promise<{ status: string; outcome: string }> {
    for (;;) {
      const found = await sfn.send(new DescribeExecutionCommand({ executionArn })).catch(() => undefined);
      if (machine.isGone()) return { status: "GONE", outcome: "GONE" };
      const { status = "RUNNING", output = "{}" } = found ?? {};
      if (status !== "RUNNING")
        return { status, outcome: (JSON.parse(output) as { outcome?: string }).outcome ?? status };
      // Asked again, because a machine that dies tells nobody; the test ends what never ends.
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async function rotate(secretArn: string): Promise<string> {
    const { outcome } = await ended(await start(secretArn));
    return outcome;
  }

  return {
    start,
    ended,
    rotate,
    stop: (executionArn: string) => sfn.send(new StopExecutionCommand({ executionArn })),
    async makeSecret(): Promise<string> {
      const { value, tags } = await subject.make(machine.databasePort, (admin) =>
        store(admin, { "keyturn:admin": "crash/" }),
      );
      const secretArn = await store(value, { "keyturn:schedule": "nightly", ...tags });
      for (let turn = 0; turn < subject.before; turn += 1) await rotate(secretArn);
      return secretArn;
    },
    async current(secretArn: string): Promise<{ versionId: string; login: Login }> {
      const { SecretString = "{}", VersionId = "" } = await secrets.send(
        new GetSecretValueCommand({ SecretId: secretArn }),
      );
      return { versionId: VersionId, login: JSON.parse(SecretString) as Login };
    },
    async labels(secretArn: string) {
      const { VersionIdsToStages: labels = {} } = await secrets.send(
        new DescribeSecretCommand({ SecretId: secretArn }),
      );
      return { labels, current: Object.keys(labels).find((id) => labels[id]?.includes("AWSCURRENT")) ?? "" };
    },
    async records(secretArn: string) {
      return (await ledger(new DynamoDBClient(clientConfig), table).records(secretArn)).reverse();
    },
    announced: async (secretArn: string) => (await machine.tell({ do: "events", secretArn })) as Found["announced"],
  };
}
