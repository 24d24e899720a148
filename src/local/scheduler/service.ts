import { randomUUID } from "node:crypto";
import { checkExpression, nextFire } from "../../schedule/expression.js";
import { type Deliver, type DeliveryOptions, deliverer } from "../delivery/deliverer.js";
import { type Service, ServiceError, type Surroundings, unknownOperation } from "../service.js";

/** A schedule as the API has it. */
export interface Schedule {
  readonly Name: string;
  readonly GroupName?: string;
  readonly ScheduleExpression: string;
  readonly ScheduleExpressionTimezone?: string;
  readonly StartDate?: number;
  readonly EndDate?: number;
  readonly State?: "ENABLED" | "DISABLED";
  readonly FlexibleTimeWindow: { readonly Mode: "OFF" | "FLEXIBLE"; readonly MaximumWindowInMinutes?: number };
  readonly ActionAfterCompletion?: "NONE" | "DELETE";
  readonly Target: DeliveryOptions & { readonly Input?: string };
  readonly Description?: string;
  readonly KmsKeyArn?: string;
}

export interface Scheduler extends Service {
  /** Fires a schedule now, whatever its time. `at`: the scheduled time that its target is told. */
  fire(name: string, at?: Date): void;
  settled(): Promise<void>;
}

/** https://developer.mozilla.org/en-US/docs/Web/API/setTimeout#maximum_delay_value */
const LONGEST_TIMER = 2 ** 31 - 1;

/** EventBridge Scheduler on this machine's clock. `clockwork: false` leaves the firing to `fire`. */
export function scheduler(
  surroundings: Surroundings,
  { schedules, deliver, clockwork }: { schedules: readonly Schedule[]; deliver: Deliver; clockwork: boolean },
): Scheduler {
  const { region, accountId, clock } = surroundings;
  const known = new Map<string, { schedule: Schedule; createdAt: Date; timer?: NodeJS.Timeout }>();
  const deliveries = deliverer(deliver, surroundings.speed);
  const keyOf = (group: unknown, name: unknown) => `${group ?? "default"}/${name}`;
  const arnOf = ({ GroupName = "default", Name }: Pick<Schedule, "GroupName" | "Name">) =>
    `arn:aws:scheduler:${region}:${accountId}:schedule/${GroupName}/${Name}`;

  function add(given: Schedule & { readonly ClientToken?: string }): void {
    // Of the request, not of the schedule.
    const { ClientToken: _, ...schedule } = given;
    const wrong = checkExpression(schedule.ScheduleExpression);
    if (wrong)
      throw new ServiceError(
        "ValidationException",
        `Invalid Schedule Expression ${schedule.ScheduleExpression}: ${wrong}`,
      );
    const key = keyOf(schedule.GroupName, schedule.Name);
    clearTimeout(known.get(key)?.timer);
    known.set(key, { schedule, createdAt: clock() });
    wind(key);
  }

  function wind(key: string, after = clock()): void {
    const entry = known.get(key);
    if (!clockwork || !entry || entry.schedule.State === "DISABLED") return;
    const { schedule, createdAt } = entry;
    const due = nextFire(
      schedule.ScheduleExpression,
      schedule.ScheduleExpressionTimezone ?? "Etc/UTC",
      after,
      createdAt,
    );
    if (!due || (schedule.EndDate !== undefined && due.getTime() > schedule.EndDate * 1000)) return;
    const window = schedule.FlexibleTimeWindow.MaximumWindowInMinutes ?? 0;
    waitUntil(key, due, new Date(due.getTime() + Math.random() * window * 60_000));
  }

  function waitUntil(key: string, due: Date, moment: Date): void {
    const entry = known.get(key);
    if (!entry) return;
    const left = moment.getTime() - clock().getTime();
    entry.timer = setTimeout(
      () => {
        if (left > LONGEST_TIMER) return waitUntil(key, due, moment);
        send(entry.schedule, due);
        wind(key, due);
      },
      Math.max(0, Math.min(left, LONGEST_TIMER)),
    ).unref();
  }

  /** https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html */
  function send(schedule: Schedule, due: Date): void {
    const values: Readonly<Record<string, string>> = {
      "scheduled-time": due.toISOString().replace(/\.\d+Z$/, "Z"),
      "execution-id": randomUUID(),
      "attempt-number": "1",
      "schedule-arn": arnOf(schedule),
    };
    const input = (schedule.Target.Input ?? "{}").replace(
      /<aws\.scheduler\.([a-z-]+)>/g,
      (whole, name: string) => values[name] ?? whole,
    );
    deliveries.send(schedule.Target, input, {
      service: "scheduler.amazonaws.com",
      arn: arnOf(schedule),
      // https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
      sourceArn: `arn:aws:scheduler:${region}:${accountId}:schedule-group/${schedule.GroupName ?? "default"}`,
      ...(schedule.KmsKeyArn ? { key: schedule.KmsKeyArn } : {}),
    });
  }

  function required(group: unknown, name: unknown) {
    const found = known.get(keyOf(group, name));
    if (found) return found;
    throw new ServiceError("ResourceNotFoundException", `Schedule ${name} does not exist.`, 404);
  }

  for (const schedule of schedules) add(schedule);
  return {
    name: "scheduler",
    async touches({ operation, input }) {
      const { Name = "*", GroupName } = input as { Name?: string; GroupName?: string };
      return [
        {
          action: `scheduler:${operation}`,
          resource: arnOf({ Name, ...(GroupName ? { GroupName } : {}) }),
          conditions: {},
        },
      ];
    },
    async handle({ operation, input }) {
      const { Name, GroupName } = input;
      switch (operation) {
        case "CreateSchedule":
          if (known.has(keyOf(GroupName, Name)))
            throw new ServiceError("ConflictException", `Schedule ${Name} already exists.`, 409);
          add(input as unknown as Schedule);
          return { ScheduleArn: arnOf(input as unknown as Schedule) };
        case "UpdateSchedule":
          required(GroupName, Name);
          add(input as unknown as Schedule);
          return { ScheduleArn: arnOf(input as unknown as Schedule) };
        case "GetSchedule": {
          const { schedule, createdAt } = required(GroupName, Name);
          return {
            ...schedule,
            GroupName: schedule.GroupName ?? "default",
            Arn: arnOf(schedule),
            CreationDate: createdAt.getTime() / 1000,
          };
        }
        case "DeleteSchedule":
          clearTimeout(required(GroupName, Name).timer);
          known.delete(keyOf(GroupName, Name));
          return {};
        case "ListSchedules":
          return {
            Schedules: [...known.values()]
              .map(({ schedule }) => schedule)
              .filter((schedule) => GroupName === undefined || (schedule.GroupName ?? "default") === GroupName)
              .map((schedule) => ({
                Name: schedule.Name,
                GroupName: schedule.GroupName ?? "default",
                Arn: arnOf(schedule),
                State: schedule.State ?? "ENABLED",
                Target: { Arn: schedule.Target.Arn },
              })),
          };
        default:
          throw unknownOperation("scheduler", operation);
      }
    },
    fire(name, at = clock()) {
      const found = [...known.values()].find(({ schedule }) => schedule.Name === name);
      if (!found) throw new Error(`There is no schedule ${name}. There are: ${[...known.keys()].join(", ")}`);
      send(found.schedule, at);
    },
    settled: () => deliveries.settled(),
    async close() {
      deliveries.stop();
      for (const { timer } of known.values()) clearTimeout(timer);
    },
  };
}
