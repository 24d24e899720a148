import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { DescribeExecutionCommand, SFNClient, StartExecutionCommand, StopExecutionCommand } from "@aws-sdk/client-sfn";
import { afterAll, beforeAll, expect, inject } from "vitest";
import { ledger } from "../../src/aws/ledger.js";
import { type Cloud, type CloudOptions, startCloud } from "../../src/local/cloud.js";
import { warm } from "../../src/local/functions/warm.js";
import type { Fault } from "../../src/local/gateway/faults.js";
import type { Consumer } from "../../src/rotation/consumers.js";
import type { AuditRecord, RetirementRecord } from "../../src/rotation/ledger.js";
import type { Rules } from "../../src/rotation/rules.js";
import { type Refusal, recorder } from "../../stage/permissions/recording.js";
import { gate, invokes } from "./barriers.js";
import { faultsOfEvent } from "./event-schemas.js";
import { leaks } from "./leaks.js";
import type { Login } from "./postgres.js";
import { accountsIn, environmentWith, packagedWith } from "./settings.js";

const postgres = inject("postgres");

/** Of the clouds of all files that share this process; at one port, so that what was started for one serves the next. */
const LEFT = warm();
let port = 0;

export interface Ended {
  readonly executionArn: string;
  readonly status: string;
  /** As text. */
  readonly input: string;
  readonly output: Readonly<Record<string, unknown>>;
  readonly error: string | undefined;
  readonly cause: string | undefined;
}

/** Where a secret is, and what it is called; absent: in the deployment's own account, as nothing else. */
interface Place {
  readonly account?: string;
  readonly name?: string;
}

/** Of an account whose owner has deployed nothing. */
const NO_ROLES = "test/tools/no-roles.json";

/** The stage that the packaged template is of. */
export const STAGE = "dev";

/** Of whoever owns the secrets: a key of the account, so that each reading and storing of a value is held to its policy too. */
const keyOfSecrets = (account: string) =>
  `arn:aws:kms:eu-central-1:${account}:key/5ec2e75a-0000-4000-8000-000000000000`;

const OWN = "000000000000";

/** The tags of a secret that is Keyturn's to use, with the stage that it takes besides, unless they name one. */
export function withStage(tags: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const ours = "keyturn:schedule" in tags || "keyturn:admin" in tags;
  return ours ? { "keyturn:stage": STAGE, ...tags } : tags;
}

/** Announcements that are not what their schemas in `docs/events` say. */
async function malformedAnnouncements(cloud: Cloud): Promise<unknown[]> {
  return (await cloud.events())
    .map(({ event }) => event)
    .filter(({ source }) => source === "keyturn")
    .flatMap((event) => {
      const errors = faultsOfEvent(event);
      return errors.length > 0 ? [{ event, errors }] : [];
    });
}

/**
 * A cloud of the test file's own, started before its tests and stopped after them. Waits pass `speed` times faster.
 * `caFile`: the authority behind the database's certificate, if it is not the shared PostgreSQL. `retireAfterMinutes`:
 * by schedule, as keyturn.yml would have it; absent, nothing is retired. `rules`: what else it would say. `settings`: a
 * keyturn.yml, for the roles, the schedules and the rules that come of it; `pace` is of its consumers, sooner than one may say there;
 * `consumers`: those of the functions alone, where no role is to be another.
 * `refuses`: what roles ask for and do not get, `"PlanRole secretsmanager:GetSecretValue"`: nothing else may be refused.
 * `forges`: the tests put announcements on the bus themselves, which need not be as the schemas say.
 * `strangers`: functions that somebody else has deployed. `without`: accounts of the settings whose owners have deployed no roles.
 */
export function useCloud({
  caFile = postgres.caFile,
  retireAfterMinutes = {},
  speed = 1_000,
  rules = {},
  settings,
  pace = {},
  consumers = {},
  forges = false,
  refuses = [],
  strangers,
  without = [],
}: {
  caFile?: string;
  retireAfterMinutes?: Readonly<Record<string, number>>;
  speed?: number;
  rules?: Partial<Rules>;
  settings?: string;
  pace?: Partial<Consumer>;
  consumers?: Readonly<Record<string, Consumer>>;
  forges?: boolean;
  refuses?: readonly string[];
  strangers?: CloudOptions["strangers"];
  without?: readonly string[];
} = {}) {
  let cloud: Cloud;
  let folder: string;
  let clients: { secrets: SecretsManagerClient; sfn: SFNClient };
  let templateFile = inject("template");
  let permissions: ReturnType<typeof recorder>;
  let deployed = settings;
  let elsewhere: ReturnType<typeof recorder> | undefined;
  const isMeant = ({ role, refused }: Refusal) => refuses.includes(`${role} ${refused}`);
  const boot = async (changed: Partial<Rules> = rules, left: Partial<Pick<CloudOptions, "warm">> = { warm: LEFT }) => {
    const written = deployed ? environmentWith(deployed, STAGE) : {};
    const told = Object.entries<Consumer>(JSON.parse(written.KEYTURN_CONSUMERS ?? "{}"));
    const accounts = deployed ? await accountsIn(deployed, STAGE, join(folder, "accounts")) : [];
    const [first] = accounts;
    if (first) elsewhere ??= recorder(first.templateFile, isMeant);
    const options: CloudOptions = {
      accounts: accounts.map((one) =>
        without.includes(one.accountId)
          ? { ...one, templateFile: NO_ROLES }
          : { ...one, onDecision: (decision) => elsewhere?.onDecision(decision) },
      ),
      templateFile,
      dataDir: folder,
      codeDir: inject("code"),
      speed,
      schedules: "off",
      onDecision: permissions.onDecision,
      ...(strangers ? { strangers } : {}),
      environment: {
        KEYTURN_CA_FILE: caFile,
        KEYTURN_RETIRE_AFTER_MINUTES: JSON.stringify(retireAfterMinutes),
        KEYTURN_RULES: JSON.stringify({
          ...{ stage: STAGE, admins: [], readers: [], mayAskFor: {} },
          ...JSON.parse(written.KEYTURN_RULES ?? "{}"),
          ...changed,
        }),
        ...(written.KEYTURN_WEBHOOK ? { KEYTURN_WEBHOOK: written.KEYTURN_WEBHOOK } : {}),
        KEYTURN_CONSUMERS: JSON.stringify({
          ...Object.fromEntries(told.map(([name, one]) => [name, { ...one, ...pace }])),
          ...consumers,
        }),
      },
      // What functions have taken on in other accounts counts in their own cloud alone.
      ...(accounts.length > 0 ? {} : left),
    };
    // Somebody else may have the port now.
    cloud = await startCloud({ ...options, port }).catch(() => startCloud(options));
    port = Number(new URL(cloud.endpoint).port);
    clients = { secrets: new SecretsManagerClient(cloud.clientConfig), sfn: new SFNClient(cloud.clientConfig) };
  };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "keyturn-cloud-"));
    if (settings) templateFile = await packagedWith(templateFile, settings, STAGE, join(folder, "package"));
    permissions = recorder(templateFile, isMeant);
    await boot();
  });
  afterAll(async () => {
    const found = await leaks(cloud, folder);
    const malformed = forges ? [] : await malformedAnnouncements(cloud);
    await cloud.stop();
    await rm(folder, { recursive: true, force: true });
    // Whatever the tests did, no password stands anywhere that anyone may read.
    expect(found).toEqual([]);
    expect(malformed).toEqual([]);
    expect(permissions.recorded().refusals).toEqual([]);
    expect(elsewhere?.recorded().refusals ?? []).toEqual([]);
  });

  /** Of the own account, or of another that the settings name. */
  const secrets = (account = OWN): SecretsManagerClient =>
    account === OWN ? clients.secrets : new SecretsManagerClient(cloud.accounts.get(account) ?? expect.unreachable());
  const secretsOf = (secretId: string) => secrets(secretId.startsWith("arn:") ? secretId.split(":")[4] : OWN);
  const sfn = () => clients.sfn;

  /** `tags`: as `withStage` takes them. */
  async function storeSecret(
    value: unknown,
    tags: Readonly<Record<string, string>>,
    prefix = "test/",
    { account = OWN, name = `${prefix}${Math.random().toString(36).slice(2)}` }: Place = {},
  ): Promise<string> {
    const { ARN = "" } = await secrets(account).send(
      new CreateSecretCommand({
        Name: name,
        KmsKeyId: keyOfSecrets(account),
        ...(value instanceof Uint8Array
          ? { SecretBinary: value }
          : { SecretString: typeof value === "string" ? value : JSON.stringify(value) }),
        Tags: Object.entries(withStage(tags)).map(([Key, Value]) => ({ Key, Value })),
      }),
    );
    return ARN;
  }

  async function start(machine: string, input: Readonly<Record<string, unknown>>): Promise<string> {
    const { executionArn = "" } = await sfn().send(
      new StartExecutionCommand({ stateMachineArn: cloud.resource(machine).ref, input: JSON.stringify(input) }),
    );
    return executionArn;
  }
  const startRotation = (input: Readonly<Record<string, unknown>>) => start("RotateSecret", input);
  const records = () => ledger(new DynamoDBClient(cloud.clientConfig), cloud.resource("Table").ref);

  async function ended(executionArn: string): Promise<Ended> {
    const {
      status = "",
      input = "",
      output,
      error,
      cause,
    } = await sfn().send(new DescribeExecutionCommand({ executionArn }));
    return { executionArn, status, input, output: JSON.parse(output ?? "{}"), error, cause };
  }

  return {
    get cloud() {
      return cloud;
    },
    get folder() {
      return folder;
    },
    secrets,
    sfn,
    storeSecret,
    start,
    startRotation,
    ended,
    /** Waits until the execution has ended, and not for what follows from it. */
    async over(executionArn: string): Promise<Ended> {
      await cloud.ended(executionArn);
      return ended(executionArn);
    },
    /** Starts a rotation that hangs in a function, before or after that took effect. Gives its ARN once it hangs. */
    async hangIn(
      name: string,
      when: Fault["when"],
      secretId: string,
      input: Readonly<Record<string, unknown>> = {},
    ): Promise<string> {
      const hang = cloud.inject({ match: invokes(name), kind: "hang", when, times: 1 });
      const executionArn = await startRotation({ secretId, ...input });
      const passed = cloud.ended(executionArn).then(() => {
        throw new Error(`The rotation ended without ${name}.`);
      });
      await Promise.race([hang.hit, passed]);
      // It ends when the test stops it.
      passed.catch(() => undefined);
      return executionArn;
    },
    /** From now on no grace period is over until the test says so: what begins a retirement is held. */
    holdGrace() {
      const { open, opened } = gate();
      const held = cloud.inject({ match: invokes("begin-retirement"), kind: "hold", when: "before", until: opened });
      const end = () => {
        held.lift();
        open();
      };
      /** Waits for all that follows, too. */
      const passes = async () => {
        end();
        await cloud.settled();
      };
      return { end, passes };
    },
    /** Stops an execution and waits for all that follows from it. */
    async stop(executionArn: string): Promise<void> {
      await sfn().send(new StopExecutionCommand({ executionArn }));
      await cloud.settled();
    },
    /** A managed secret for a login on the shared server. */
    secretFor: (login: Login, fields: object = {}, tags: Readonly<Record<string, string>> = {}, place: Place = {}) =>
      storeSecret(
        { engine: "postgres", host: postgres.host, port: postgres.port, dbname: "postgres", ...login, ...fields },
        { "keyturn:schedule": "nightly", ...tags },
        "test/",
        place,
      ),
    adminSecretFor: (login: Login, place: Place = {}) =>
      storeSecret(
        { engine: "postgres", host: postgres.host, port: postgres.port, dbname: "postgres", ...login },
        { "keyturn:admin": "test/" },
        "test/",
        place,
      ),
    /** Puts `Rotation Requested` on the bus for requests, and waits for all that follows from it. */
    async request(detail: object): Promise<void> {
      await new EventBridgeClient(cloud.clientConfig).send(
        new PutEventsCommand({
          Entries: [
            {
              Source: "ops",
              DetailType: "Rotation Requested",
              EventBusName: cloud.resource("Requests").ref,
              Detail: JSON.stringify(detail),
            },
          ],
        }),
      );
      await cloud.settled();
    },
    /** Starts a rotation and waits for all that follows from it. */
    async rotate(secretId: string, input: Readonly<Record<string, unknown>> = {}): Promise<Ended> {
      const executionArn = await startRotation({ secretId, ...input });
      await cloud.settled();
      return ended(executionArn);
    },
    /** Runs it dry, and waits for all that follows from it. */
    async check(secretId: string, input: Readonly<Record<string, unknown>> = {}): Promise<Ended> {
      const executionArn = await start("CheckSecret", { secretId, ...input });
      await cloud.settled();
      return ended(executionArn);
    },
    async value(secretArn: string, stage = "AWSCURRENT"): Promise<Login & Readonly<Record<string, unknown>>> {
      const { SecretString = "{}" } = await secretsOf(secretArn).send(
        new GetSecretValueCommand({ SecretId: secretArn, VersionStage: stage }),
      );
      return JSON.parse(SecretString);
    },
    /** The labels, by version. */
    async labels(secretArn: string): Promise<Readonly<Record<string, readonly string[]>>> {
      const { VersionIdsToStages = {} } = await secretsOf(secretArn).send(
        new DescribeSecretCommand({ SecretId: secretArn }),
      );
      return VersionIdsToStages;
    },
    /** The newest first. */
    records: (secretArn: string): Promise<AuditRecord[]> => records().records(secretArn),
    /** The newest first. */
    retirements: (secretArn: string): Promise<RetirementRecord[]> => records().retirements(secretArn),
    /** What the calls of functions and machines needed of their roles, and what they were refused. */
    permissions: () => permissions.recorded(),
    /** Likewise, of the roles in the other accounts. */
    permissionsElsewhere: () => elsewhere?.recorded() ?? expect.unreachable(),
    /** What was announced of a secret, the oldest first. */
    async announced(secretArn: string): Promise<string[]> {
      return (await cloud.events())
        .filter(({ event }) => event.source === "keyturn" && event.detail.secretArn === secretArn)
        .map(({ event }) => event["detail-type"]);
    },
    /** Deploys once more, with this keyturn.yml. What there is stays. */
    async redeploy(yaml: string): Promise<void> {
      await cloud.stop();
      deployed = yaml;
      templateFile = await packagedWith(inject("template"), yaml, STAGE, join(folder, "redeployed"));
      permissions = recorder(templateFile, isMeant);
      await boot();
    },
    /** With every function started anew. `changed`: what keyturn.yml says from now on. */
    async restart(changed: Partial<Rules> = rules): Promise<void> {
      await cloud.stop();
      await boot(changed, {});
    },
  };
}
