import type { Refresh } from "../../src/rotation/consumers.js";
import type { AuditRecord, Holder, LastRotation } from "../../src/rotation/ledger.js";
import type { KnownExecution, SecretDescription, World } from "../../src/rotation/ports.js";
import type { RotationRequest } from "../../src/rotation/request.js";
import type { Rules } from "../../src/rotation/rules.js";
import { type ImaginedBrakes, imaginedBrakes } from "./imagined/brakes.js";
import { type ImaginedLogin, imaginedDatabases } from "./imagined/databases.js";
import { imaginedLedger, type Noted } from "./imagined/ledger.js";
import { secretStore } from "./imagined/secret-store.js";

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

/** Told before anything is read that may fail or changes something; what it throws is what fails. */
export type Happens = (what: string) => void | Promise<void>;

/** What there is, all of it optional: the world around one secret, for what needs no cloud. */
export interface Imagined {
  readonly secret?: SecretDescription;
  /** Other secrets, by ARN. */
  readonly others?: Readonly<Record<string, SecretDescription>>;
  /** The values of versions: an object as JSON, `null` for a binary one, `undefined` for a version that is empty. */
  readonly values?: Readonly<Record<string, unknown>>;
  /** The logins of the server. Absent: the one of `value`, as it is there. */
  readonly logins?: Readonly<Record<string, ImaginedLogin>>;
  readonly holder?: Holder;
  readonly last?: LastRotation;
  readonly versionId?: string;
  readonly backVersionId?: string;
  readonly door?: string;
  readonly retiredVersionId?: string;
  /** Which secret claims a login. */
  readonly claims?: Readonly<Record<string, string>>;
  readonly records?: readonly AuditRecord[];
  /** When consumers were told last. */
  readonly refreshes?: Readonly<Record<string, Refresh>>;
  /** By ARN; one that is not there is forgotten. */
  readonly executions?: Readonly<Record<string, Partial<KnownExecution>>>;
  readonly rules?: Partial<Rules>;
  readonly servers?: World["servers"];
  readonly brakes?: ImaginedBrakes;
  readonly happens?: Happens;
}

/** That world, all of it in memory, and what became of it. */
export function imagine(there: Imagined = {}) {
  const secret = there.secret ?? described();
  const did: string[] = [];
  const went: string[] = [];
  const happens: Happens = async (what) => {
    did.push(what);
    await there.happens?.(what);
  };
  const logins = new Map(Object.entries(there.logins ?? { [value.username]: { passwords: [value.password] } }));
  const { databases, open } = imaginedDatabases(logins, happens);
  const { store, ...kept } = secretStore(
    { [SECRET]: secret, ...there.others },
    { [CURRENT]: value, ...there.values },
    happens,
  );
  const noted: Noted = {
    holder: there.holder,
    last: there.last,
    versionId: there.versionId,
    backVersionId: there.backVersionId,
    door: there.door,
    retiredVersionId: there.retiredVersionId,
    claims: new Map(Object.entries(there.claims ?? {})),
    records: [...(there.records ?? [])],
    retirements: [],
    changes: [],
    refreshes: new Map(Object.entries(there.refreshes ?? {})),
  };
  const world: World = {
    rules: { stage: "dev", admins: [], readers: [], mayAskFor: {}, ...there.rules },
    clock: () => NOW,
    sleep: async (ms) => void (ms > 0 && went.push(`waited ${ms} ms`)),
    brakes: imaginedBrakes(there.brakes ?? {}, went),
    databases,
    secrets: store,
    servers: there.servers ?? { ofTags: () => Promise.reject(new Error("no such server is imagined")) },
    ledger: imaginedLedger(noted),
    executions: {
      async lookUp(arn) {
        const found = there.executions?.[arn];
        return found && { status: "RUNNING", startedAt: daysAgo(0.01), input: "{}", ...found };
      },
    },
  };
  return {
    world,
    /** What happened, in order, in the words of `imagined/`. */
    did,
    /** Through which doors, and what was waited before. */
    went,
    /** What the ledger knows. */
    noted,
    claims: noted.claims,
    holder: () => noted.holder,
    /** Labels by version. */
    labels: () => kept.versions(SECRET),
    /** Somebody else moves a label. */
    move: (label: string, to: string) => kept.move(SECRET, label, to),
    /** The value of a version, parsed; `null` where it has none. */
    held: (id: string) => JSON.parse(kept.text(id) ?? "null"),
    /** Somebody else stores a value, without a label. */
    store: kept.put,
    logins,
    passwords: (login: string) => logins.get(login)?.passwords,
    /** How many sessions nobody has closed. */
    open,
  };
}
