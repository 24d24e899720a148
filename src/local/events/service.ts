import { randomUUID } from "node:crypto";
import { type Deliver, type DeliveryOptions, deliverer } from "../delivery/deliverer.js";
import { type BusEvent, type Service, ServiceError, type Surroundings, unknownOperation } from "../service.js";
import { matches, type Pattern } from "./pattern.js";
import { checkPattern } from "./pattern-limits.js";
import { inputFor, type TargetInput } from "./transform.js";

/** As CloudFormation has them, names and ARNs resolved. */
export interface Rule {
  readonly Name: string;
  readonly Arn: string;
  readonly EventBusName?: string;
  readonly EventPattern?: Pattern;
  readonly State?: string;
  readonly Targets: readonly Target[];
}

export interface Target extends TargetInput, DeliveryOptions {
  readonly Id: string;
  readonly Arn: string;
}

export interface EventBridge extends Service {
  /** Puts an event of an AWS service on the default bus. */
  emit(event: Pick<BusEvent, "detail-type" | "source" | "resources" | "detail">): void;
  /** What was put on the buses, the oldest first. */
  log(): Promise<Array<{ bus: string; event: BusEvent }>>;
  /** Waits until every event has been delivered or given up. */
  settled(): Promise<void>;
}

interface Entry {
  readonly Source?: string;
  readonly DetailType?: string;
  readonly Detail?: string;
  readonly EventBusName?: string;
  readonly Resources?: readonly string[];
  readonly Time?: number;
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html */
const ENTRY_LIMIT = 262_144;

export function eventBridge(
  surroundings: Surroundings,
  { buses, rules, deliver }: { buses: readonly string[]; rules: readonly Rule[]; deliver: Deliver },
): EventBridge {
  const { region, accountId, clock } = surroundings;
  const store = surroundings.store("events");
  const deliveries = deliverer(deliver, surroundings.speed);
  let sequence = 0;
  let written: Promise<unknown> = Promise.resolve();
  let closed = false;
  for (const { EventPattern } of rules) if (EventPattern) checkPattern(EventPattern);

  function route(bus: string, event: BusEvent): void {
    // Of what was under way when the cloud was stopped: lost, as where it is killed.
    if (closed) return;
    sequence += 1;
    const key = `${String(clock().getTime()).padStart(15, "0")}#${String(sequence).padStart(9, "0")}`;
    written = Promise.all([written, store.put(key, { bus, event })]);
    for (const rule of rules) {
      if (busName(rule.EventBusName ?? "default") !== bus || rule.State === "DISABLED") continue;
      if (!rule.EventPattern || !matches(rule.EventPattern, event)) continue;
      for (const target of rule.Targets) {
        const input = inputFor(target, event, { name: rule.Name, arn: rule.Arn });
        deliveries.send(target, input, { service: "events.amazonaws.com", arn: rule.Arn, sourceArn: rule.Arn });
      }
    }
  }

  function put(entry: Entry): { EventId: string } | { ErrorCode: string; ErrorMessage: string } {
    const problem = problemOf(entry);
    if (problem) return problem;
    const bus = busName(entry.EventBusName ?? "default");
    const event: BusEvent = {
      version: "0",
      id: randomUUID(),
      "detail-type": entry.DetailType as string,
      source: entry.Source as string,
      account: accountId,
      time: wholeSeconds(entry.Time === undefined ? clock() : new Date(entry.Time * 1000)),
      region,
      resources: entry.Resources ?? [],
      detail: JSON.parse(entry.Detail as string),
    };
    // To a bus that does not exist an event goes without a word, as on AWS.
    if (bus === "default" || buses.includes(bus)) route(bus, event);
    return { EventId: event.id };
  }

  const arnOfBus = (bus: string) => `arn:aws:events:${region}:${accountId}:event-bus/${busName(bus)}`;
  return {
    name: "events",
    async touches({ operation, input }) {
      const entries = (input.Entries ?? []) as Entry[];
      if (operation !== "PutEvents") return [{ action: `events:${operation}`, resource: "*", conditions: {} }];
      return [...new Set(entries.map(({ EventBusName = "default" }) => arnOfBus(EventBusName)))].map((resource) => ({
        action: "events:PutEvents",
        resource,
        conditions: {},
      }));
    },
    async handle({ operation, input }) {
      switch (operation) {
        case "PutEvents": {
          const entries = (input.Entries ?? []) as Entry[];
          if (entries.length < 1 || entries.length > 10) {
            throw new ServiceError("ValidationException", "Member must have length between 1 and 10 at 'entries'");
          }
          const Entries = entries.map(put);
          return { FailedEntryCount: Entries.filter((entry) => "ErrorCode" in entry).length, Entries };
        }
        case "ListEventBuses":
          return { EventBuses: ["default", ...buses].map((Name) => ({ Name, Arn: arnOfBus(Name) })) };
        case "ListRules": {
          const bus = busName(String(input.EventBusName ?? "default"));
          const found = rules.filter(({ EventBusName = "default" }) => busName(EventBusName) === bus);
          return {
            Rules: found.map(({ Name, Arn, EventPattern, State = "ENABLED" }) => ({
              Name,
              Arn,
              State,
              EventBusName: bus,
              EventPattern: JSON.stringify(EventPattern),
            })),
          };
        }
        case "ListTargetsByRule": {
          const found = rules.find(({ Name }) => Name === input.Rule);
          if (!found) throw new ServiceError("ResourceNotFoundException", `Rule ${input.Rule} does not exist.`);
          return { Targets: found.Targets };
        }
        case "TestEventPattern":
          return { Result: matches(patternIn(String(input.EventPattern)), eventIn(String(input.Event))) };
        default:
          throw unknownOperation("events", operation);
      }
    },
    emit({ source, resources, detail, ...rest }) {
      route("default", {
        version: "0",
        id: randomUUID(),
        "detail-type": rest["detail-type"],
        source,
        account: accountId,
        time: wholeSeconds(clock()),
        region,
        resources,
        detail,
      });
    },
    async log() {
      await written;
      const found: Array<{ bus: string; event: BusEvent }> = [];
      for await (const [, value] of store.entries()) found.push(value as (typeof found)[number]);
      return found;
    },
    async settled() {
      await written;
      await deliveries.settled();
    },
    async close() {
      deliveries.stop();
      closed = true;
      await written;
    },
  };
}

/** Throws InvalidEventPatternException. */
function patternIn(text: string): Pattern {
  try {
    const pattern = JSON.parse(text) as Pattern;
    checkPattern(pattern);
    return pattern;
  } catch (error) {
    throw new ServiceError("InvalidEventPatternException", (error as Error).message);
  }
}

function eventIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ServiceError("ValidationException", "Parameter Event is not valid.");
  }
}

function problemOf({ Source, DetailType, Detail }: Entry): { ErrorCode: string; ErrorMessage: string } | undefined {
  const invalid = (ErrorMessage: string, ErrorCode = "InvalidArgument") => ({ ErrorCode, ErrorMessage });
  if (!Source) return invalid("Parameter Source is not valid. Reason: Source is a required argument.");
  if (Source.startsWith("aws.")) return invalid("Not authorized for the source.", "NotAuthorizedForSourceException");
  if (!DetailType) return invalid("Parameter DetailType is not valid. Reason: DetailType is a required argument.");
  if (!Detail) return invalid("Parameter Detail is not valid. Reason: Detail is a required argument.");
  if (Buffer.byteLength(Detail) + Buffer.byteLength(Source) + Buffer.byteLength(DetailType) > ENTRY_LIMIT) {
    return invalid("Total size of the entries in the request is over the limit.");
  }
  try {
    const detail: unknown = JSON.parse(Detail);
    if (typeof detail === "object" && detail !== null && !Array.isArray(detail)) return undefined;
  } catch {
    // said below
  }
  return invalid("Detail is malformed.", "MalformedDetail");
}

function busName(nameOrArn: string): string {
  return nameOrArn.slice(nameOrArn.lastIndexOf("/") + 1);
}

function wholeSeconds(at: Date): string {
  return at.toISOString().replace(/\.\d+Z$/, "Z");
}
