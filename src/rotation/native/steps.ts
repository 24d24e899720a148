import { KeyturnError } from "../../errors.js";
import { isElsewhere } from "../accounts.js";
import { invalid, object, required } from "../input.js";
import type { SecretDescription, World } from "../ports.js";
import { SKIP_REASONS } from "../reasons.js";
import { isNative } from "../rotation-function.js";
import { settingsFrom } from "../settings.js";
import { type Ended, ended, failure, type Waiting } from "./wait.js";

const STEPS = ["createSecret", "setSecret", "testSecret", "finishSecret"] as const;

/** What Secrets Manager invokes a rotation function with. https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda.html */
export interface RotationStep {
  readonly step: (typeof STEPS)[number];
  readonly secretId: string;
  /** The id of the version on which it expects AWSCURRENT at the end. */
  readonly versionId: string;
}

/** Starts executions. Throws `KeyturnError`s only. */
export interface Starts {
  /** Of `rotate-secret`. Called again with the same token while that runs, it gives the same. */
  rotation(input: Readonly<Record<string, unknown>>, token: string): Promise<string>;
  /** Of `check-secret`. */
  check(input: Readonly<Record<string, unknown>>): Promise<string>;
}

/** What the rotation function reaches. */
export interface NativeWorld extends Pick<World, "secrets" | "ledger" | "rules">, Waiting {
  readonly starts: Starts;
}

/** Reads the event. Throws `InvalidRequest` for any other; what else stands in it, RotationToken for one, is not looked at. */
export function parseStep(event: unknown): RotationStep {
  const given = object(event, "the event");
  const step = STEPS.find((known) => known === given.Step);
  if (!step) throw invalid(`"Step" must be one of ${STEPS.join(", ")}`);
  return { step, secretId: required(given, "SecretId"), versionId: required(given, "ClientRequestToken") };
}

/**
 * Does one of the four steps. The first has the workflow rotate the secret as a whole and waits for that; the others, and
 * each that is called again, only prove that AWSCURRENT is where it should be. `testSecret` before that is a test of the
 * configuration, which must not rotate: it is a dry run. Believes of the event only what the secret shows: that it is
 * managed, that Secrets Manager rotates it by this function, and that the version is the one which it waits for.
 */
export async function takeStep(world: NativeWorld, { step, secretId, versionId }: RotationStep): Promise<object> {
  if (isElsewhere(secretId, world.rules)) throw notNative();
  const secret = await world.secrets.describe(secretId);
  refuseOthers(world, secret);
  if (isCurrent(secret, versionId)) return { step, done: await before(world, secret, { step, versionId }) };
  if (!secret.versions[versionId]?.includes("AWSPENDING"))
    throw conflict("NothingPending", SKIP_REASONS.NothingPending);
  switch (step) {
    case "createSecret":
      return { step, done: await rotate(world, secret, versionId) };
    case "testSecret":
      return { step, done: await check(world, secret) };
    case "setSecret":
    case "finishSecret":
      throw conflict("NotRotated", `AWSCURRENT is not on the version ${versionId}: its first step did not succeed.`);
  }
}

function refuseOthers({ rules }: NativeWorld, secret: SecretDescription): void {
  if (!settingsFrom(secret.tags, rules)) throw conflict("NotManaged", SKIP_REASONS.NotManaged);
  if (isNative(secret, rules)) return;
  throw notNative();
}

function notNative(): KeyturnError {
  return conflict("NotNative", "Secrets Manager's own rotation is off for the secret, or by another function.");
}

/**
 * The version is current already. Of the first step that counts only where a rotation has just made it so, and Secrets Manager
 * does not know yet: RotateSecret takes the id of any version, and what succeeds sets the date that says when the secret was rotated.
 */
async function before(
  { ledger, clock }: NativeWorld,
  { arn, lastRotatedAt = new Date(0) }: SecretDescription,
  { step, versionId }: Pick<RotationStep, "step" | "versionId">,
): Promise<string> {
  if (step === "createSecret") {
    const { last, versionId: underWay } = await ledger.look(arn);
    const rotatedAt = new Date(last?.madeCurrent === versionId ? (last.rotatedAt ?? 0) : 0);
    const isTold = lastRotatedAt >= rotatedAt || clock().getTime() - rotatedAt.getTime() > LONGEST_RETRY_MS;
    if (isTold && underWay !== versionId)
      throw conflict(
        "NotRotated",
        `AWSCURRENT is on the version ${versionId}, and no rotation of Keyturn's has put it there.`,
      );
  }
  return "before";
}

/** After which Secrets Manager has long since tried a rotation's steps again. */
const LONGEST_RETRY_MS = 86_400_000;

/** Gives the execution that did it: the one that begun this rotation of Secrets Manager's itself, or a new one. */
async function rotate(world: NativeWorld, { arn }: SecretDescription, versionId: string): Promise<string> {
  const { holder, versionId: underWay } = await world.ledger.look(arn);
  const executionArn =
    holder?.purpose === "rotation" && underWay === versionId
      ? holder.executionArn
      : await world.starts.rotation(inputFor(arn), versionId);
  const found = await ended(world, executionArn);
  const after = await world.secrets.describe(arn);
  if (!isCurrent(after, versionId)) throw failure(executionArn, found);
  return executionArn;
}

async function check(world: NativeWorld, { arn }: SecretDescription): Promise<string> {
  const executionArn = await world.starts.check(inputFor(arn));
  const found = await ended(world, executionArn);
  const { ok, checks = [] } = outputOf(found);
  if (ok === true) return executionArn;
  const wrong = checks.find((one) => !one.ok);
  if (!wrong) throw failure(executionArn, found);
  throw conflict(wrong.code ?? "CheckFailed", `A rotation would fail: ${wrong.message}`);
}

/** The same every time, so that a start that is made twice is one. */
function inputFor(secretArn: string): Readonly<Record<string, unknown>> {
  return { secretId: secretArn, trigger: "native", requestedBy: "Secrets Manager" };
}

function outputOf({ output = "{}" }: Ended) {
  return JSON.parse(output) as {
    readonly ok?: unknown;
    readonly checks?: ReadonlyArray<{ readonly ok: boolean; readonly code?: string; readonly message: string }>;
  };
}

function isCurrent({ versions }: SecretDescription, versionId: string): boolean {
  return versions[versionId]?.includes("AWSCURRENT") ?? false;
}

function conflict(code: string, message: string): KeyturnError {
  return new KeyturnError("ConflictError", { code, message });
}
