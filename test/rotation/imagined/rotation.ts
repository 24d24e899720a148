import type { StrategyName } from "../../../src/engines/engine.js";
import { plan as decide } from "../../../src/rotation/plan/plan.js";
import type { RotatePlan } from "../../../src/rotation/plans.js";
import type { RotationRequest } from "../../../src/rotation/request.js";
import { asked, CURRENT, described, execution, type Imagined, imagine, NOW, SECRET, value } from "../imagined.js";

export const OWN = execution("own");
/** The version that this execution writes, by the ledger's seed: test/rotation/version-id.test.ts. */
export const OWN_VERSION = "77be4e76-165e-06ed-8d05-a4e752cf03f6";

export const ADMIN = "arn:aws:secretsmanager:eu-central-1:000000000000:secret:shop/admin-AbCdEf";
export const ADMIN_VERSION = "version-of-the-admin-00000000000000000";
export const admin = { ...value, username: "boss", password: "p4ss-of-the-boss", dbname: "boss" };

const offered = described({
  arn: ADMIN,
  name: "shop/admin",
  tags: { "keyturn:stage": "dev", "keyturn:admin": "shop/" },
  versions: { [ADMIN_VERSION]: ["AWSCURRENT"] },
});

/** A secret's value by strategy: what differs is whether it names an admin, and the engine where one login has two passwords. */
export function valueFor(strategy: StrategyName, { masterarn = strategy === "alternating-users" } = {}) {
  const engine = strategy === "dual-password" ? "mysql" : value.engine;
  return { ...value, engine, ...(masterarn ? { masterarn: ADMIN } : {}) };
}

/** A world in which a secret is rotated by this strategy, with an admin of the same server, where all is well. */
export function worldOf(
  strategy: StrategyName,
  { masterarn, tags = {}, ...more }: Imagined & { masterarn?: boolean; tags?: Readonly<Record<string, string>> } = {},
): Imagined {
  const own = valueFor(strategy, masterarn === undefined ? {} : { masterarn });
  return {
    secret: described({ tags: { ...described().tags, "keyturn:strategy": strategy, ...tags } }),
    ...more,
    others: { [ADMIN]: offered, ...more.others },
    values: { [CURRENT]: own, [ADMIN_VERSION]: { ...admin, engine: own.engine }, ...more.values },
    logins: {
      app: { passwords: [value.password] },
      boss: { passwords: [admin.password], isAdmin: true },
      ...more.logins,
    },
  };
}

/** What Plan says of the one secret, where all is well. */
export const plan: RotatePlan = {
  decision: "rotate",
  reason: "Started",
  message: "Nothing was left unfinished, so a new credential is made.",
  secretArn: SECRET,
  secretName: "shop/orders",
  request: { trigger: "manual", askedAt: NOW.toISOString() },
  engine: "postgres",
  strategy: "single-user",
  grants: "sync",
  versionId: OWN_VERSION,
  currentVersionId: CURRENT,
  resumed: false,
  backVersionId: CURRENT,
  replicas: false,
  server: "postgres db:5432",
  kept: [],
  probes: [],
  readers: [],
  password: {},
};

/** A rotation in that world, as Plan planned it. */
export async function planned(there: Imagined = {}, request: Partial<RotationRequest> = {}) {
  const imagined = imagine(there);
  const found = await decide(imagined.world, asked(request), OWN);
  if (found.decision !== "rotate") throw new Error(`There is no rotation: ${found.reason}`);
  imagined.did.length = 0;
  return { ...imagined, plan: found as RotatePlan };
}
