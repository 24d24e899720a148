import { cloudFormation } from "./cloudformation/service.js";
import { deliverTo } from "./delivery/targets.js";
import { dynamodb, type Table } from "./dynamodb/service.js";
import { ecs } from "./ecs/service.js";
import { type EventBridge, eventBridge } from "./events/service.js";
import type { FunctionHost } from "./functions/host.js";
import { lambda } from "./functions/service.js";
import { keysOf } from "./gateway/keys.js";
import type { ResourcePolicies } from "./gateway/resource-policies.js";
import { type InventoryServer, inventory } from "./inventory/service.js";
import { kms } from "./kms/service.js";
import { type Schedule, type Scheduler, scheduler } from "./scheduler/service.js";
import { type SecretsManager, secretsManager } from "./secrets-manager/service.js";
import type { Caller, Service, Surroundings } from "./service.js";
import { type Sns, type Subscription, sns } from "./sns/service.js";
import { sqs } from "./sqs/service.js";
import { ssm } from "./ssm/service.js";
import { type StepFunctions, stepFunctions } from "./step-functions/service.js";
import { machineFrom, ruleFrom } from "./template/resources.js";
import type { Template } from "./template/template.js";
import type { Workload } from "./workloads/workload.js";

export interface Services {
  readonly events: EventBridge;
  readonly machines: StepFunctions;
  readonly schedules: Scheduler;
  readonly secrets: SecretsManager;
  readonly topics: Sns;
  /** These and all others, in the order in which they are closed. */
  readonly all: readonly Service[];
}

export interface ServicesOptions {
  readonly stackName: string;
  /** By ARN; they may be added later. */
  readonly functions: ReadonlyMap<string, FunctionHost>;
  readonly policies: ResourcePolicies;
  readonly lambdaFor: (functionArn: string) => Caller;
  readonly sts: Service;
  readonly servers: readonly InventoryServer[];
  readonly workloads: readonly Workload[];
  /** Of KMS keys, without `alias/`. */
  readonly keyAliases: readonly string[];
  /** The URL of the cloud, asked for when it is open. */
  readonly endpoint: () => string;
  readonly dynamodbPath: string;
  /** Whether schedules fire by themselves. */
  readonly clockwork: boolean;
}

/** Every service, with what the template says of it. */
export async function openServices(
  template: Template,
  surroundings: Surroundings,
  {
    stackName,
    functions,
    policies,
    lambdaFor,
    sts,
    servers,
    workloads,
    keyAliases,
    endpoint,
    dynamodbPath,
    clockwork,
  }: ServicesOptions,
): Promise<Services> {
  const refs = (type: string) => template.ofType(type).map(({ ref }) => ref);
  const properties = <Properties>(type: string) =>
    template.ofType(type).map((resource) => resource.properties as unknown as Properties);

  const keyOf = keysOf(template);
  const topics = sns(surroundings, {
    keyOf,
    topics: refs("AWS::SNS::Topic"),
    subscriptions: properties<Subscription>("AWS::SNS::Subscription"),
  });
  const queues = sqs(surroundings, {
    keyOf,
    queues: template.ofType("AWS::SQS::Queue").map(({ attributes }) => attributes.Arn as string),
    endpoint,
  });
  const deliver = deliverTo({ topics, queues, policies, keyOf, lambdaFor, template, workloads, surroundings });
  const events = eventBridge(surroundings, {
    buses: refs("AWS::Events::EventBus"),
    rules: template.ofType("AWS::Events::Rule").map(ruleFrom),
    deliver,
  });
  const machines = stepFunctions(surroundings, template.ofType("AWS::StepFunctions::StateMachine").map(machineFrom));
  const schedules = scheduler(surroundings, {
    schedules: properties<Schedule>("AWS::Scheduler::Schedule"),
    deliver,
    clockwork,
  });
  const secrets = secretsManager(surroundings, { isFunction: (arn) => functions.has(arn) });
  const tables = template
    .ofType("AWS::DynamoDB::Table")
    .map((table) => ({ ...table.properties, TableName: table.ref }) as unknown as Table);
  const all = [
    secrets,
    events,
    machines,
    schedules,
    topics,
    queues,
    sts,
    cloudFormation(surroundings, { name: stackName, outputs: template.outputs }),
    ...inventory(() => servers),
    ecs(surroundings, workloads),
    ssm(surroundings, workloads),
    kms(surroundings, keyAliases),
    lambda(surroundings, functions, workloads),
    await dynamodb(surroundings, tables, dynamodbPath),
  ];
  return { events, machines, schedules, secrets, topics, all };
}
