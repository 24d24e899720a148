import { randomUUID } from "node:crypto";
import {
  DeleteSecretCommand,
  PutSecretValueCommand,
  RestoreSecretCommand,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Fault } from "../../src/local/gateway/faults.js";
import { invokes } from "../tools/barriers.js";
import { useCloud } from "../tools/cloud.js";
import { asSuperuser, createAdmin, createLogin, letsIn } from "../tools/postgres.js";

const keyturn = useCloud();

const PHASES = ["plan", "create-secret", "set-secret", "test-secret", "finish-secret", "record"] as const;

type Step =
  | { readonly do: "rotate" }
  /** The execution is stopped in a phase, and recovery looks after it. */
  | { readonly do: "stop"; readonly phase: (typeof PHASES)[number]; readonly when: Fault["when"] }
  /** The phase dies as often as it is tried. */
  | { readonly do: "break"; readonly phase: (typeof PHASES)[number]; readonly when: Fault["when"] }
  /** The four steps of AWS's function, as far as they came. */
  | { readonly do: "native"; readonly until: "create" | "set" | "finish" }
  | { readonly do: "edit" }
  | { readonly do: "delete and restore" };

const phase = fc.constantFrom(...PHASES);
const when = fc.constantFrom<Fault["when"]>("before", "after");
const ours: fc.Arbitrary<Step> = fc.oneof(
  fc.constant<Step>({ do: "rotate" }),
  fc.record({ do: fc.constant("stop" as const), phase, when }),
  fc.record({ do: fc.constant("break" as const), phase, when }),
  fc.constant<Step>({ do: "edit" }),
  fc.constant<Step>({ do: "delete and restore" }),
);
const native: fc.Arbitrary<Step> = fc.record({
  do: fc.constant("native" as const),
  until: fc.constantFrom("create" as const, "set" as const, "finish" as const),
});

async function take(step: Step, secret: string): Promise<void> {
  switch (step.do) {
    case "rotate":
      return void (await keyturn.rotate(secret));
    case "stop": {
      const hang = keyturn.cloud.inject({ match: invokes(step.phase), kind: "hang", when: step.when, times: 1 });
      const executionArn = await keyturn.startRotation({ secretId: secret });
      // What is skipped comes into no phase.
      await Promise.race([hang.hit, keyturn.cloud.ended(executionArn)]);
      hang.lift();
      return keyturn.stop(executionArn);
    }
    case "break": {
      const exits = keyturn.cloud.inject({ match: invokes(step.phase), kind: "exit", when: step.when });
      const executionArn = await keyturn.startRotation({ secretId: secret });
      await keyturn.cloud.ended(executionArn);
      exits.lift();
      // What could not be recorded is found by the schedule, now that it can.
      keyturn.cloud.fireSchedule("recovery", new Date(Date.now() + 86_400_000));
      return keyturn.cloud.settled();
    }
    case "native":
      return rotateNatively(secret, step.until);
    case "edit": {
      const SecretString = JSON.stringify({ ...(await keyturn.value(secret)), note: randomUUID() });
      return void (await keyturn.secrets().send(new PutSecretValueCommand({ SecretId: secret, SecretString })));
    }
    case "delete and restore": {
      await keyturn.secrets().send(new DeleteSecretCommand({ SecretId: secret, RecoveryWindowInDays: 7 }));
      expect((await keyturn.rotate(secret)).status).toBe("FAILED");
      return void (await keyturn.secrets().send(new RestoreSecretCommand({ SecretId: secret })));
    }
  }
}

async function rotateNatively(secret: string, until: "create" | "set" | "finish"): Promise<void> {
  const current = await keyturn.value(secret);
  const labels = Object.entries(await keyturn.labels(secret));
  const from = labels.find(([, on]) => on.includes("AWSCURRENT"))?.[0];
  const left = labels.find(([, on]) => on.includes("AWSPENDING") && !on.includes("AWSCURRENT"));
  // AWS's function takes up a version that is there, ours too.
  const next = left
    ? await keyturn.value(secret, "AWSPENDING")
    : { ...current, password: randomUUID().replaceAll("-", "") };
  const to = left?.[0] ?? randomUUID();
  if (!left) {
    await keyturn.secrets().send(
      new PutSecretValueCommand({
        SecretId: secret,
        ClientRequestToken: to,
        SecretString: JSON.stringify(next),
        VersionStages: ["AWSPENDING"],
      }),
    );
  }
  if (until === "create") return;
  await asSuperuser((client) =>
    client.query(
      `ALTER ROLE ${client.escapeIdentifier(next.username)} PASSWORD ${client.escapeLiteral(next.password)}`,
    ),
  );
  if (until === "set") return;
  const move = { VersionStage: "AWSCURRENT", MoveToVersionId: to, RemoveFromVersionId: from };
  await keyturn.secrets().send(new UpdateSecretVersionStageCommand({ SecretId: secret, ...move }));
}

/** AWS's function died with the database changed: only the next rotation brings AWSCURRENT to where it logs in. */
const leavesOpen = (step: Step) => step.do === "native" && step.until === "set";

async function holds(secret: string, steps: readonly Step[]): Promise<void> {
  for (const step of steps) {
    await take(step, secret);
    if (leavesOpen(step)) await keyturn.rotate(secret);
    expect(await letsIn(await keyturn.value(secret))).toBe(true);
  }
  const labels = Object.values(await keyturn.labels(secret)).flat();
  expect(labels.filter((label) => label === "AWSCURRENT")).toHaveLength(1);
  expect((await keyturn.rotate(secret)).output.outcome).toBe("succeeded");
  expect(await letsIn(await keyturn.value(secret))).toBe(true);
}

/** A failure prints its seed and path; what it found becomes an example here, to be tried first for ever. */
const settings = (examples: Array<[Step[]]>) => ({ numRuns: Number(process.env.KEYTURN_RUNS ?? 8), examples });

describe("whatever happened before, AWSCURRENT logs in and the next rotation succeeds", () => {
  it("single-user, with AWS's own function in between", async () => {
    const steps = fc.array(fc.oneof({ weight: 3, arbitrary: ours }, { weight: 1, arbitrary: native }), {
      minLength: 1,
      maxLength: 5,
    });
    const property = fc.asyncProperty(steps, async (taken) =>
      holds(await keyturn.secretFor(await createLogin()), taken),
    );
    await fc.assert(property, settings([]));
  });

  it("alternating users", async () => {
    const property = fc.asyncProperty(fc.array(ours, { minLength: 1, maxLength: 5 }), async (taken) => {
      const login = await createLogin();
      const masterarn = await keyturn.adminSecretFor(await createAdmin(login.username));
      await holds(await keyturn.secretFor(login, { masterarn }), taken);
    });
    await fc.assert(property, settings([]));
  });
});
