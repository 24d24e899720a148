import type { RotatePlan } from "../../../src/rotation/plans.js";
import { PLACE } from "../machines.js";
import { fails, gives } from "../scenario.js";

/** What the scenarios are about: all in identifiers, as in every state. Its moments are long past, so nothing waits for them. */
const at = (service: string, resource: string) => `arn:aws:${service}:${PLACE.region}:${PLACE.accountId}:${resource}`;

export const SECRET = { secretArn: at("secretsmanager", "secret:shop/orders-AbCdEf"), secretName: "shop/orders" };
export const VERSIONS = {
  previousVersionId: "11111111-1111-4111-8111-111111111111",
  versionId: "22222222-2222-4222-8222-222222222222",
};
export const ROTATION = at("states", "execution:keyturn-dev-rotate-secret:yesterday");
export const ROTATE_SECRET = at("states", "stateMachine:keyturn-dev-rotate-secret");
export const ROTATE_FLEET = at("states", "stateMachine:keyturn-dev-rotate-fleet");
export const MOMENT = "2001-02-03T04:05:06.789Z";
export const REQUEST = { trigger: "manual", askedAt: MOMENT } as const;

export const ROTATE: RotatePlan = {
  decision: "rotate",
  reason: "Requested",
  message: "It was asked for.",
  ...SECRET,
  request: REQUEST,
  engine: "postgres",
  strategy: "alternating-users",
  grants: "sync",
  versionId: VERSIONS.versionId,
  currentVersionId: VERSIONS.previousVersionId,
  resumed: false,
  backVersionId: VERSIONS.previousVersionId,
  replicas: false,
  server: "db.example.com:5432",
  kept: [],
  probes: ["SELECT 1"],
  readers: [],
  password: { passwordLength: 32 },
};

/** What events:putEvents gives and fails of. https://docs.aws.amazon.com/step-functions/latest/dg/connect-eventbridge.html */
export const PUT = gives({ Entries: [{ EventId: "11710aed-b79e-4468-a20b-bb3c0c3b4860" }], FailedEntryCount: 0 });
export const NOT_PUT = fails("EventBridge.FailedEntry", JSON.stringify({ Entries: [{}], FailedEntryCount: 1 }));
