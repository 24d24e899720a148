import { readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { openMasterKey } from "./disk/master-key.js";
import { privateFolder } from "./disk/private-folder.js";
import { openStore } from "./disk/store.js";
import { dynamodb, type Table } from "./dynamodb/service.js";
import { eventBridge } from "./events/service.js";
import { type Death, type FunctionHost, functionHost } from "./functions/host.js";
import { lambda } from "./functions/service.js";
import { rootKey } from "./gateway/access-keys.js";
import { openEndpoint } from "./gateway/endpoint.js";
import { type Fault, faults } from "./gateway/faults.js";
import { type Gateway, gateway, type LoggedCall } from "./gateway/gateway.js";
import { isAllowed } from "./gateway/iam.js";
import { principals } from "./gateway/principals.js";
import { type InventoryServer, inventory } from "./inventory/service.js";
import { type Schedule, scheduler } from "./scheduler/service.js";
import { secretsManager } from "./secrets-manager/service.js";
import { type BusEvent, type Service, ServiceError, type Surroundings } from "./service.js";
import { type Message, type Subscription, sns } from "./sns/service.js";
import { sqs } from "./sqs/service.js";
import { type StepFunctions, stepFunctions } from "./step-functions/service.js";
import { sts } from "./sts/service.js";
import { machineFrom, ruleFrom, stackNameFrom } from "./template/resources.js";
import { loadTemplate, type Resource } from "./template/template.js";

export interface CloudOptions {
  /** `.serverless/cloudformation-template-update-stack.json`; the functions' packages stand beside it. */
  readonly templateFile: string;
  /** Kept from start to start, for its owner alone. */
  readonly dataDir: string;
  /** 0 or absent: any that is free. */
  readonly port?: number;
  readonly region?: string;
  readonly accountId?: string;
  /** Variables that every function gets besides its own, `KEYTURN_CA_FILE` for one. */
  readonly environment?: Readonly<Record<string, string>>;
  /** How many times faster than in the cloud waits between retries pass; time-outs keep their length. */
  readonly speed?: number;
  /** Whether schedules fire by themselves. */
  readonly schedules?: "on" | "off";
}

export interface Cloud {
  readonly endpoint: string;
  readonly region: string;
  readonly accountId: string;
  /**
   * To be spread into any client of the SDK; as the account's root, who may do everything. Its key is kept in the data's
   * file `credentials`.
   */
  readonly clientConfig: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  };
  /** A resource of the template by its logical id. */
  resource(logicalId: string): Resource;
  calls(): readonly LoggedCall[];
  /** What RDS and Redshift are asked about: servers are added by whoever runs them. */
  readonly servers: InventoryServer[];
  readonly inject: (fault: Fault) => { lift(): void; readonly struck: () => number };
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
  /** Waits until no execution runs and no event is on its way. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

/** Runs a packaged template. The same data gives the same resources, secrets and executions as before. */
export async function startCloud(options: CloudOptions): Promise<Cloud> {
  const { templateFile, dataDir, region = "eu-central-1", accountId = "000000000000", speed = 1 } = options;
  privateFolder(dataDir);
  privateFolder(join(dataDir, "logs"));
  const store = await openStore(join(dataDir, "store"));
  /** What is open, in the order it was opened; closed from the last. */
  const open: Array<() => Promise<void>> = [() => store.close()];
  try {
    return await start();
  } catch (error) {
    await stop();
    throw error;
  }

  async function stop(): Promise<void> {
    for (let close = open.pop(); close; close = open.pop()) await close();
  }

  async function start(): Promise<Cloud> {
    const stackName = stackNameFrom(templateFile);
    const template = loadTemplate(templateFile, { region, accountId, stackName });
    const key = openMasterKey(join(dataDir, "master.key"));
    const rootCredentials = rootKey(join(dataDir, "credentials"));
    const who = principals(template, accountId, rootCredentials);
    const services = new Map<string, Service>();
    const functions = new Map<string, FunctionHost>();
    const faulty = faults();
    let url = "";

    const calls: Gateway = gateway(
      services,
      faulty,
      (callerArn, death) => void functions.get(who.functionOf(callerArn) ?? "")?.kill(death),
    );
    const root = who.root;
    const surroundings: Surroundings = {
      region,
      accountId,
      clock: () => new Date(),
      store: store.folder,
      seal: key.seal,
      open: key.open,
      call: calls.call,
      async invoke(functionArn, payload) {
        const { Payload } = await calls.call("lambda", "Invoke", { FunctionName: functionArn, Payload: payload }, root);
        return Payload;
      },
      emit: (event) => events.emit(event),
      roleCaller: who.roleCaller,
      speed,
    };

    const topics = sns(surroundings, {
      topics: template.ofType("AWS::SNS::Topic").map(({ ref }) => ref),
      subscriptions: template
        .ofType("AWS::SNS::Subscription")
        .map(({ properties }) => properties as unknown as Subscription),
    });
    const queues = sqs(surroundings, {
      queues: template.ofType("AWS::SQS::Queue").map(({ attributes }) => attributes.Arn as string),
      endpoint: () => url,
    });

    const letsEventsIn = (functionArn: string) =>
      template
        .ofType("AWS::Lambda::Permission")
        .some(
          ({ properties: { FunctionName, Principal } }) =>
            Principal === "events.amazonaws.com" &&
            [functionArn, functionArn.split(":").at(-1)].includes(String(FunctionName)),
        );

    /** Brings a rule's or a schedule's input to its target, as the role that it names. */
    async function deliver({
      targetArn,
      roleArn,
      input,
    }: {
      targetArn: string;
      roleArn?: string;
      input: string;
    }): Promise<void> {
      const kind = targetArn.split(":")[2];
      if (kind === "sqs") await queues.send(targetArn, input);
      else if (kind === "sns") await topics.publish(targetArn, input);
      else if (kind === "states") {
        if (!roleArn) throw new ServiceError("InvalidTarget", `The target ${targetArn} has no role.`);
        await calls.call(
          "states",
          "StartExecution",
          { stateMachineArn: targetArn, input },
          who.roleCaller(roleArn, "events"),
        );
      } else if (kind === "lambda") {
        if (!letsEventsIn(targetArn))
          throw new ServiceError("AccessDenied", `No permission of ${targetArn} lets events.amazonaws.com invoke it.`);
        await surroundings.invoke(targetArn, JSON.parse(input));
      } else throw new ServiceError("InvalidTarget", `The embedded cloud does not deliver to ${targetArn}.`);
    }

    const events = eventBridge(surroundings, {
      buses: template.ofType("AWS::Events::EventBus").map(({ ref }) => ref),
      rules: template.ofType("AWS::Events::Rule").map(ruleFrom),
      deliver,
    });
    const machines = stepFunctions(surroundings, template.ofType("AWS::StepFunctions::StateMachine").map(machineFrom));
    const schedules = scheduler(surroundings, {
      schedules: template.ofType("AWS::Scheduler::Schedule").map(({ properties }) => properties as unknown as Schedule),
      deliver,
      clockwork: options.schedules !== "off",
    });
    const tables = template
      .ofType("AWS::DynamoDB::Table")
      .map(({ ref, properties }) => ({ ...properties, TableName: ref }) as unknown as Table);
    const servers: InventoryServer[] = [];
    const secrets = secretsManager(surroundings, {
      authorize: (caller, touched) => !caller.statements || isAllowed(caller.statements, touched),
    });
    const all = [
      secrets,
      events,
      machines,
      schedules,
      topics,
      queues,
      sts(accountId),
      ...inventory(servers),
      lambda(surroundings, functions),
      await dynamodb(surroundings, tables, join(dataDir, "dynamodb")),
    ];
    for (const service of all) services.set(service.name, service);
    open.push(async () => {
      for (const service of all) await service.close?.();
    });
    open.push(async () => {
      await Promise.all([...functions.values()].map((host) => host.stop()));
    });
    open.push(() => machines.stop());

    const endpoint = await openEndpoint(options.port ?? 0, () => calls, { region, principalOf: who.principalOf });
    open.push(() => endpoint.close());
    url = endpoint.url;
    for (const resource of template.ofType("AWS::Lambda::Function")) {
      const { name, arn, ...fn } = functionFrom(resource);
      functions.set(
        arn,
        functionHost({ name, arn, ...fn }, { code: join(dataDir, "functions"), logs: join(dataDir, "logs") }),
      );
    }
    await machines.abortOrphans();

    function functionFrom({ ref, attributes, properties }: Resource) {
      const {
        Code,
        Handler,
        Timeout = 3,
        MemorySize = 128,
        Environment,
      } = properties as {
        Code: { S3Key: string };
        Handler: string;
        Timeout?: number;
        MemorySize?: number;
        Environment?: { Variables: Record<string, string> };
      };
      return {
        name: ref,
        arn: attributes.Arn as string,
        zip: join(dirname(templateFile), basename(Code.S3Key)),
        handler: Handler,
        timeoutMs: Timeout * 1000,
        memoryMb: MemorySize,
        environment: {
          ...Environment?.Variables,
          ...who.environmentOf(attributes.Arn as string),
          AWS_REGION: region,
          AWS_ENDPOINT_URL: url,
          AWS_LAMBDA_FUNCTION_NAME: ref,
          AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
          AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(MemorySize),
          AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
          ...options.environment,
        },
      };
    }

    return {
      endpoint: url,
      region,
      accountId,
      clientConfig: { endpoint: url, region, credentials: rootCredentials },
      resource: template.resource,
      calls: calls.calls,
      servers,
      inject: faulty.inject,
      async kill(death) {
        await Promise.all([...functions.values()].map((host) => host.kill(death)));
      },
      events: events.log,
      messages: topics.messages,
      log: (functionName) => readFileSync(join(dataDir, "logs", `${functionName}.log`), "utf8"),
      fireSchedule: schedules.fire,
      onHistory: machines.onHistory,
      async settled() {
        for (let quiet = false; !quiet; ) {
          await schedules.settled();
          await events.settled();
          quiet = await machines.settled();
        }
      },
      stop,
    };
  }
}
