import { type EventBridgeClient, ListRulesCommand, ListTargetsByRuleCommand } from "@aws-sdk/client-eventbridge";
import { GetScheduleCommand, ListSchedulesCommand, type SchedulerClient } from "@aws-sdk/client-scheduler";
import { DETAIL_TYPES } from "../../events/names.js";
import { type DeployedSchedules, type DeployedTrigger, deployedSchedules } from "../../overview/schedules.js";

/** Where a deployment's schedules are: the group of EventBridge Scheduler's, and the bus whose rules start one after another. */
export interface ScheduleHome {
  readonly group: string;
  readonly bus: string;
}

/** The schedules as they are deployed, with the credentials of whoever asks. Throws the SDK's errors. */
export async function readSchedules(
  clients: { readonly scheduler: SchedulerClient; readonly events: EventBridgeClient },
  { group, bus }: ScheduleHome,
): Promise<DeployedSchedules> {
  const [clocks, rules] = await Promise.all([clocksIn(clients.scheduler, group), rulesOn(clients.events, bus)]);
  return deployedSchedules([...clocks, ...rules]);
}

async function clocksIn(client: SchedulerClient, GroupName: string): Promise<DeployedTrigger[]> {
  const names: string[] = [];
  let NextToken: string | undefined;
  do {
    const page = await client.send(new ListSchedulesCommand({ GroupName, ...(NextToken ? { NextToken } : {}) }));
    names.push(...(page.Schedules ?? []).flatMap(({ Name }) => Name ?? []));
    NextToken = page.NextToken;
  } while (NextToken);
  return Promise.all(names.map((name) => clockOf(client, GroupName, name)));
}

async function clockOf(client: SchedulerClient, GroupName: string, name: string): Promise<DeployedTrigger> {
  const found = await client.send(new GetScheduleCommand({ GroupName, Name: name }));
  return {
    name,
    ...(found.ScheduleExpression ? { expression: found.ScheduleExpression } : {}),
    timezone: found.ScheduleExpressionTimezone ?? "Etc/UTC",
    flexibleWindowMinutes: found.FlexibleTimeWindow?.MaximumWindowInMinutes ?? 0,
    enabled: found.State !== "DISABLED",
    ...(found.CreationDate ? { createdAt: found.CreationDate } : {}),
    input: found.Target?.Input ?? "",
  };
}

async function rulesOn(client: EventBridgeClient, EventBusName: string): Promise<DeployedTrigger[]> {
  const found: DeployedTrigger[] = [];
  let NextToken: string | undefined;
  do {
    const page = await client.send(new ListRulesCommand({ EventBusName, ...(NextToken ? { NextToken } : {}) }));
    for (const { Name: Rule, EventPattern, State } of page.Rules ?? []) {
      const after = afterWhich(EventPattern);
      if (after === undefined) continue;
      const { Targets = [] } = await client.send(new ListTargetsByRuleCommand({ EventBusName, Rule }));
      // EventBridge puts the quotes around the time by itself.
      const input = Targets[0]?.InputTransformer?.InputTemplate?.replace("<time>", '"<time>"') ?? "";
      const name = nameIn(input);
      if (name) found.push({ name, after, flexibleWindowMinutes: 0, enabled: State !== "DISABLED", input });
    }
    NextToken = page.NextToken;
  } while (NextToken);
  return found;
}

/** The schedule whose end a rule waits for: infra/schedules.ts writes it so. */
function afterWhich(pattern = "{}"): string | undefined {
  const { detail, "detail-type": types = [] } = JSON.parse(pattern) as {
    detail?: { schedule?: readonly unknown[] };
    "detail-type"?: readonly string[];
  };
  const [name] = detail?.schedule ?? [];
  return typeof name === "string" && types.includes(DETAIL_TYPES.fleetRotated) ? name : undefined;
}

function nameIn(input: string): string | undefined {
  try {
    const { schedule } = JSON.parse(input) as { schedule?: unknown };
    return typeof schedule === "string" ? schedule : undefined;
  } catch {
    return undefined;
  }
}
