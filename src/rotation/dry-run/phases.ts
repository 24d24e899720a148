import { KeyturnError } from "../../errors.js";
import { type DatabaseSecret, withCredential } from "../../secrets/format.js";
import type { Admin } from "../admins.js";
import { readCurrent, readLeft, readWithAdmin } from "../credentials.js";
import { asAdmin, asItself, currentRejected } from "../logins.js";
import { checkUser } from "../pending.js";
import type { RotatePlan } from "../plans.js";
import type { Reach } from "../ports.js";
import { runProbes } from "../probes.js";
import { acceptedByReaders } from "../readers.js";
import { strategyOf } from "../strategies/registry.js";
import type { Prepared } from "../strategies/strategy.js";
import { type Check, checklist } from "./checklist.js";

/** What one function found on a dry run. Nothing is written by any of them. */
export interface CheckReport {
  readonly checks: readonly Check[];
  /** The user whose password comes next. */
  readonly username?: string;
}

/** All that Create secret needs: it reads, knows whose password comes next, and could write the new value. */
export async function checkCreate(reach: Reach, plan: RotatePlan): Promise<CheckReport> {
  const { checks, run } = checklist("create");
  if (!(await run("SecretRead", () => readCurrent(reach, plan)))) return { checks };
  const prepared = await run("NextUser", () => strategyOf(plan).prepare(reach, plan));
  if (!prepared) return { checks };
  const { username, secret } = prepared;
  const { leftVersionId: left } = plan;
  if (left)
    await run("Pending", async () =>
      checkUser(left, (await readLeft(reach, plan, secret))?.username ?? username, username),
    );
  const next = await run("Copies", () => longestNext(reach, prepared));
  if (next) await run("Size", () => fits(next));
  return { checks, username };
}

/** All that Set secret needs: the admin, where there is one, and the rights to change the password. */
export async function checkSet(reach: Reach, plan: RotatePlan): Promise<CheckReport> {
  const { checks, run } = checklist("set");
  if (!(await run("SecretRead", () => readCurrent(reach, plan)))) return { checks };
  if (plan.adminSecretArn) {
    const found = await run("AdminRead", () => readWithAdmin(reach, plan));
    const version = found && (await run("AdminLogin", () => serverSeen(reach, found.admin), itself));
    if (!version) return { checks };
  }
  await run("Rights", () => strategyOf(plan).rehearse(reach, plan), itself);
  return { checks };
}

/** All that Test secret needs: the way to the server, its certificate, a login, the secret's own probes and readers. */
export async function checkTest(reach: Reach, plan: RotatePlan): Promise<CheckReport> {
  const { checks, run } = checklist("test");
  const secret = await run("SecretRead", () => readCurrent(reach, plan));
  if (!secret) return { checks };
  const seen = await run("Login", () => loginSeen(reach, secret), itself);
  if (seen && plan.probes.length > 0)
    await run("Probes", () => asItself(reach, secret, (session) => runProbes(session, plan.probes)));
  if (seen && plan.readers.length > 0) await run("Readers", () => acceptedByReaders(reach, plan, secret));
  return { checks };
}

/** All that Finish secret needs: the label is where it would be taken from. */
export async function checkFinish(reach: Reach, plan: RotatePlan): Promise<CheckReport> {
  const { checks, run } = checklist("finish");
  await run("LabelMovable", async () => {
    const { versions } = await reach.secrets.describe(plan.secretArn);
    if (versions[plan.currentVersionId]?.includes("AWSCURRENT")) return;
    throw new KeyturnError("ConflictError", {
      code: "CurrentMoved",
      message: "AWSCURRENT was moved to another version while it was looked at. Try again.",
    });
  });
  return { checks };
}

/** For work that says what it found. */
const itself = (said: string) => said;

async function loginSeen(reach: Reach, secret: DatabaseSecret): Promise<string> {
  try {
    return await asItself(reach, secret, async (session) => {
      const { serverVersion } = await session.whoAmI();
      const tls = secret.tls ? "its certificate is trusted" : "without TLS, as the secret says";
      return `The server (${serverVersion}) is reached, ${tls}, and it lets AWSCURRENT in.`;
    });
  } catch (error) {
    throw currentRejected(secret, error);
  }
}

function serverSeen(reach: Reach, admin: Admin): Promise<string> {
  return asAdmin(reach, admin, async (session) => {
    const { login, serverVersion } = await session.whoAmI();
    return `The server (${serverVersion}) lets the admin ${JSON.stringify(login)} in.`;
  });
}

/** The value as it would be at its longest. */
function longestNext(reach: Reach, { secret, username }: Prepared): string {
  const { password } = reach.databases.engine(secret.engine).traits;
  return withCredential(secret, { username, password: "x".repeat(password.max) });
}

/** Bytes. https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html */
const LARGEST_VALUE = 65_536;

function fits(value: string): void {
  const bytes = Buffer.byteLength(value);
  if (bytes <= LARGEST_VALUE) return;
  throw new KeyturnError("InvalidSecretError", {
    code: "SecretTooLarge",
    message: `The next value may have ${bytes} bytes, and a secret holds ${LARGEST_VALUE}. Take something out of it.`,
  });
}
