import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type OtherAccount, rolesIn, servicesIn } from "./accounts/account.js";
import { settle } from "./disk/home.js";
import { openMasterKey } from "./disk/master-key.js";
import { privateFolder } from "./disk/private-folder.js";
import { openStore } from "./disk/store.js";
import type { Death } from "./functions/function.js";
import type { FunctionHost } from "./functions/host.js";
import { hostsOf } from "./functions/hosts.js";
import { stranger } from "./functions/stranger.js";
import type { Warm } from "./functions/warm.js";
import { rootKey } from "./gateway/access-keys.js";
import { accountOf, authorization, type Decision } from "./gateway/authorization.js";
import { openEndpoint } from "./gateway/endpoint.js";
import { type Fault, faults, type Injected } from "./gateway/faults.js";
import { type Gateway, gateway, type LoggedCall } from "./gateway/gateway.js";
import { principals } from "./gateway/principals.js";
import { resourcePolicies } from "./gateway/resource-policies.js";
import type { InventoryServer } from "./inventory/service.js";
import type { BusEvent, Service, Surroundings } from "./service.js";
import { openServices } from "./services.js";
import type { Message } from "./sns/service.js";
import type { StepFunctions } from "./step-functions/service.js";
import { sts } from "./sts/service.js";
import { stackNameFrom } from "./template/resources.js";
import { loadTemplate, type Resource } from "./template/template.js";
import type { Workload } from "./workloads/workload.js";

export interface CloudOptions {
  /** `.serverless/cloudformation-template-update-stack.json`; the functions' packages stand beside it. */
  readonly templateFile: string;
  /** Kept from start to start, for its owner alone. */
  readonly dataDir: string;
  /** Where packages are unpacked, each once; clouds may share it. A folder in `dataDir` unless said. */
  readonly codeDir?: string;
  /** 0 or absent: any that is free. */
  readonly port?: number;
  readonly region?: string;
  readonly accountId?: string;
  /** Further accounts, whose secrets the functions may reach by roles there. */
  readonly accounts?: readonly OtherAccount[];
  /** Variables that every function gets besides its own, `KEYTURN_CA_FILE` for one. */
  readonly environment?: Readonly<Record<string, string>>;
  /** How many times faster than in the cloud waits between retries pass; time-outs keep their length. */
  readonly speed?: number;
  /** What earlier clouds of this process have left; absent: nothing, and nothing is left. */
  readonly warm?: Warm;
  /** How many environments of one function there are at most; further events wait. Default: 4, for a machine's few cores. */
  readonly environments?: number;
  /** Whether schedules fire by themselves. */
  readonly schedules?: "on" | "off";
  /** Functions that somebody else has deployed, by ARN. */
  readonly strangers?: ReadonlyMap<string, (event: unknown) => Promise<unknown>>;
  /** Is told of every action that a role asks for, and what came of it. */
  readonly onDecision?: (decision: Decision) => void;
}

interface ClientConfig {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

export interface Cloud {
  readonly endpoint: string;
  readonly region: string;
  readonly accountId: string;
  /**
   * To be spread into any client of the SDK; as the account's root, who may do everything. Its key is kept in the data's
   * file `credentials`, and its URL in `endpoint` while it runs.
   */
  readonly clientConfig: ClientConfig;
  /** The same, as the roots of the further accounts, by their numbers. */
  readonly accounts: ReadonlyMap<string, ClientConfig>;
  /** A resource of the template by its logical id. */
  resource(logicalId: string): Resource;
  calls(): readonly LoggedCall[];
  /** What RDS and Redshift are asked about: servers are added by whoever runs them. */
  readonly servers: InventoryServer[];
  /** What may be told to begin anew, likewise. */
  readonly workloads: Workload[];
  /** Of KMS keys that there are to choose from, likewise; without `alias/`. */
  readonly keyAliases: string[];
  readonly inject: (fault: Fault) => Injected;
  /** Ends every function that is at work. */
  kill(death: Death): Promise<void>;
  /** What was put on the buses. */
  events(): Promise<Array<{ bus: string; event: BusEvent }>>;
  /** What the topics sent. */
  messages(): Promise<Message[]>;
  /** What a function printed. */
  log(functionName: string): string;
  fireSchedule(name: string, at?: Date): void;
  readonly onHistory: StepFunctions["onHistory"];
  /** Waits until the execution has ended, and not for what follows from it. */
  readonly ended: StepFunctions["ended"];
  /** Waits until no execution and no rotation of Secrets Manager's runs, and no event is on its way. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

/** What is open, in the order it was opened; closed from the last. */
type Opened = Array<() => Promise<void>>;

/** Runs a packaged template. The same data gives the same resources, secrets and executions as before. */
export async function startCloud(options: CloudOptions): Promise<Cloud> {
  const opened: Opened = [];
  try {
    return await start(options, opened);
  } catch (error) {
    await close(opened);
    throw error;
  }
}

async function start(options: CloudOptions, opened: Opened): Promise<Cloud> {
  const { templateFile, dataDir, region = "eu-central-1", accountId = "000000000000", speed = 1 } = options;
  const { accounts = [] } = options;
  const { store, key, credentials, folders } = await openData(options, { region, accountId }, opened);

  const stackName = stackNameFrom(templateFile);
  const template = loadTemplate(templateFile, { region, accountId, stackName });
  const others = accounts.map((one) => rolesIn(one, region, dataDir));
  const who = principals(template, accountId, credentials, {
    others,
    ...(options.warm ? { keyOf: options.warm.keyOf } : {}),
  });

  const policies = resourcePolicies(template);
  const authorize = authorization(policies.of, tellDecision(options));

  // The gateway goes before the services, which call each other through it.
  const services = new Map<string, Service>();
  const elsewhere = new Map<string, ReadonlyMap<string, Service>>();
  const functions = new Map<string, FunctionHost>();
  const faulty = faults();
  const calls: Gateway = gateway(
    (name, caller) => (elsewhere.get(accountOf(caller)) ?? services).get(name),
    faulty,
    authorize,
    (callerArn, death) => void functions.get(who.functionOf(callerArn) ?? "")?.kill(death),
  );
  const surroundings: Surroundings = {
    region,
    accountId,
    clock: () => new Date(),
    store: store.folder,
    seal: key.seal,
    open: key.open,
    call: calls.call,
    async invoke(FunctionName, input, Beside = false) {
      const { Payload } = await calls.call("lambda", "Invoke", { FunctionName, Payload: input, Beside }, who.root);
      return Payload;
    },
    emit: (event) => events.emit(event),
    roleCaller: who.roleCaller,
    authorize,
    speed,
  };

  const sessions = sts({ trustOf: who.trustOf, takeOn: who.takeOn, clock: surroundings.clock });

  let url = "";
  const servers: InventoryServer[] = [];
  const workloads: Workload[] = [];
  const keyAliases: string[] = [];
  const { events, machines, schedules, secrets, topics, all } = await openServices(template, surroundings, {
    stackName,
    functions,
    policies,
    lambdaFor: who.lambdaFor,
    sts: sessions,
    servers,
    workloads,
    keyAliases,
    endpoint: () => url,
    dynamodbPath: join(dataDir, "dynamodb"),
    clockwork: options.schedules !== "off",
  });
  for (const service of all) services.set(service.name, service);
  for (const one of accounts) {
    const { services: there, close: closeThere } = servicesIn(one.accountId, surroundings, { sts: sessions, servers });
    elsewhere.set(one.accountId, there);
    opened.push(closeThere);
  }
  opened.push(
    async () => {
      for (const service of all) await service.close?.();
    },
    async () => {
      await Promise.all([...functions.values()].map((host) => host.stop()));
    },
    () => machines.stop(),
  );

  const endpoint = await openEndpoint(options.port ?? 0, () => calls, { region, principalOf: who.principalOf });
  opened.push(() => endpoint.close());
  url = endpoint.url;
  opened.push(tellEndpoint(dataDir, url));
  const hosts = hostsOf(template, {
    ...folders,
    templateFile,
    region,
    accountId,
    endpoint: url,
    environment: options.environment ?? {},
    who,
    authorize,
    ...(options.environments ? { environments: options.environments } : {}),
    ...(options.warm ? { warm: options.warm } : {}),
  });
  for (const [arn, host] of hosts) functions.set(arn, host);
  for (const [arn, work] of options.strangers ?? []) functions.set(arn, stranger(work));
  await machines.abortOrphans();

  return {
    endpoint: url,
    region,
    accountId,
    clientConfig: { endpoint: url, region, credentials },
    accounts: new Map(others.map((one) => [one.accountId, { endpoint: url, region, credentials: one.rootKey }])),
    resource: template.resource,
    calls: calls.calls,
    servers,
    workloads,
    keyAliases,
    inject: faulty.inject,
    async kill(death) {
      await Promise.all([...functions.values()].map((host) => host.kill(death)));
    },
    events: events.log,
    messages: topics.messages,
    log: (functionName) => readFileSync(join(folders.logs, `${functionName}.log`), "utf8"),
    fireSchedule: schedules.fire,
    onHistory: machines.onHistory,
    ended: machines.ended,
    async settled() {
      for (let quiet = false; !quiet; ) {
        await schedules.settled();
        await secrets.settled();
        await events.settled();
        quiet = await machines.settled();
      }
    },
    stop: () => close(opened),
  };
}

/** What is kept from start to start. */
async function openData(
  { dataDir, codeDir }: CloudOptions,
  place: { readonly region: string; readonly accountId: string },
  opened: Opened,
) {
  const folders = { code: codeDir ?? join(dataDir, "functions"), logs: join(dataDir, "logs") };
  for (const folder of [dataDir, ...Object.values(folders)]) privateFolder(folder);
  const store = await openStore(join(dataDir, "store"));
  opened.push(() => store.close());
  await settle(store.folder("cloud"), dataDir, place);
  const key = openMasterKey(join(dataDir, "master.key"));
  return { store, key, credentials: rootKey(join(dataDir, "credentials")), folders };
}

/** To whom a decision is told: each account has somebody of its own. */
function tellDecision({ accounts = [], onDecision }: CloudOptions): (decision: Decision) => void {
  return (decision) => {
    const other = accounts.find((one) => one.accountId === accountOf(decision.caller));
    (other ? other.onDecision : onDecision)?.(decision);
  };
}

/** For whoever comes with the key that is kept beside it. */
function tellEndpoint(dataDir: string, url: string): () => Promise<void> {
  const file = join(dataDir, "endpoint");
  rmSync(file, { force: true });
  writeFileSync(file, `${url}\n`, { mode: 0o600 });
  return async () => rmSync(file, { force: true });
}

async function close(opened: Opened): Promise<void> {
  for (let last = opened.pop(); last; last = opened.pop()) await last();
}
