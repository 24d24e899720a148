import { engineTraits } from "../../src/engines/registry.js";
import { KeyturnError } from "../../src/errors.js";
import type { AuditRecord, Holder, LastRotation } from "../../src/rotation/ledger.js";
import type { KnownExecution, SecretDescription, World } from "../../src/rotation/ports.js";
import type { RotationRequest } from "../../src/rotation/request.js";
import type { Rules } from "../../src/rotation/rules.js";

export const NOW = new Date("2026-03-01T02:00:00Z");
export const CURRENT = "version-that-is-current-000000000000";
export const LEFT = "version-that-was-left-00000000000000";
export const PREVIOUS = "version-that-was-before-000000000000";
export const SECRET = "arn:aws:secretsmanager:eu-central-1:000000000000:secret:shop/orders-AbCdEf";

/** An execution of `rotate-secret`. */
export const execution = (name: string) => `arn:aws:states:eu-central-1:000000000000:execution:rotate-secret:${name}`;

export const daysAgo = (days: number) => new Date(NOW.getTime() - days * 86_400_000);

/** A managed secret; its first version is current. */
export function described(fields: Partial<SecretDescription> = {}): SecretDescription {
  return {
    arn: SECRET,
    name: "shop/orders",
    tags: { "keyturn:stage": "dev", "keyturn:schedule": "nightly" },
    versions: { [CURRENT]: ["AWSCURRENT"] },
    rotationEnabled: false,
    replicas: 0,
    replicasBehind: [],
    replicasFailed: [],
    createdAt: daysAgo(100),
    ...fields,
  };
}

export const value = { engine: "postgres", host: "db", dbname: "shop", username: "app", password: "p4ss-of-the-app" };

export function asked(fields: Partial<RotationRequest> = {}): RotationRequest {
  return { secretId: "shop/orders", trigger: "manual", askedAt: NOW, ...fields };
}

/** What there is, all of it optional: the world around one secret, for decisions that need no cloud. */
export interface Imagined {
  readonly secret?: SecretDescription;
  /** Other secrets, by ARN. */
  readonly others?: Readonly<Record<string, SecretDescription>>;
  /** The values of versions: an object as JSON, `undefined` for a version that is empty. */
  readonly values?: Readonly<Record<string, unknown>>;
  readonly holder?: Holder;
  readonly last?: LastRotation;
  readonly retiredVersionId?: string;
  /** Which secret claims a login. */
  readonly claims?: Readonly<Record<string, string>>;
  readonly records?: readonly AuditRecord[];
  /** By ARN; one that is not there is forgotten. */
  readonly executions?: Readonly<Record<string, Partial<KnownExecution>>>;
  readonly rules?: Partial<Rules>;
}

/** That world, whose ledger is in memory, and what was written into it. */
export function imagine(there: Imagined = {}) {
  const secret = there.secret ?? described();
  const values: Readonly<Record<string, unknown>> = { [CURRENT]: value, ...there.values };
  const claims = new Map(Object.entries(there.claims ?? {}));
  let holder = there.holder;

  const version = (id: string) => {
    const held = values[id];
    const text = typeof held === "object" ? JSON.stringify(held) : (held as string);
    return { secretArn: secret.arn, secretName: secret.name, versionId: id, text };
  };
  const given = (to: Holder) => {
    holder = to;
    return {
      acquired: true as const,
      claims: [],
      seed: "a seed",
      ...(there.last ? { last: there.last } : {}),
      ...(there.retiredVersionId ? { retiredVersionId: there.retiredVersionId } : {}),
    };
  };
  const world = {
    rules: { stage: "dev", admins: [], readers: [], mayAskFor: {}, ...there.rules },
    clock: () => NOW,
    databases: { engine: engineTraits },
    executions: {
      async lookUp(arn: string) {
        const found = there.executions?.[arn];
        return found && { status: "RUNNING", startedAt: daysAgo(0.01), input: "{}", ...found };
      },
    },
    secrets: {
      async describe(arn: string) {
        const found = arn === secret.arn || arn === secret.name ? secret : there.others?.[arn];
        if (found) return found;
        throw new KeyturnError("InvalidSecretError", { code: "SecretNotFound", message: "There is no such secret." });
      },
      current: async () => version(CURRENT),
      version: async (_: string, id: string) => (values[id] === undefined ? undefined : version(id)),
    },
    ledger: {
      async acquire(_: string, to: Holder) {
        if (holder && holder.executionArn !== to.executionArn) return { acquired: false as const, holder };
        return given(to);
      },
      async takeOver(_: string, from: Holder, to: Holder) {
        if (holder?.executionArn !== from.executionArn && holder) return { acquired: false as const, holder };
        return given(to);
      },
      async noteBegin() {},
      look: async () => ({ ...(holder ? { holder } : {}), ...(there.last ? { last: there.last } : {}) }),
      claimant: async (login: string) => ({ ...(claims.has(login) ? { claimedBy: claims.get(login) } : {}) }),
      async claim(arn: string, logins: readonly string[], replacing = arn) {
        const other = logins.map((login) => claims.get(login)).find((by) => by && by !== arn && by !== replacing);
        if (other) return { claimedBy: other };
        for (const login of logins) claims.set(login, arn);
        return {};
      },
      rotation: async (_: string, arn: string) => there.records?.find(({ executionArn }) => executionArn === arn),
      async closeRetirement() {
        holder = undefined;
      },
    },
  } as unknown as World;
  return { world, claims, holder: () => holder };
}
