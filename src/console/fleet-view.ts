import type { SecretStatus } from "../overview/secret-status.js";
import { type Counts, countStates, rankOf } from "../overview/states.js";

/** What is asked of the list, as it stands in the page's address; nothing of it need be meant well. */
export interface FleetQuery {
  readonly q?: string;
  readonly state?: string;
  readonly schedule?: string;
  readonly engine?: string;
  /** A column of the picture. */
  readonly age?: string;
  readonly sort?: string;
  readonly page?: string;
}

export interface FleetView {
  readonly counts: Counts;
  readonly schedules: readonly string[];
  readonly engines: readonly string[];
  /** Of all that match. */
  readonly columns: readonly Column[];
  readonly matching: number;
  readonly all: number;
  readonly rows: readonly SecretStatus[];
  /** From 1. */
  readonly page: number;
  readonly pages: number;
}

/** Secrets of about the same age. */
export interface Column {
  /** `UNKNOWN`, or how many of `STEP`. */
  readonly number: number;
  /** The worst first. */
  readonly secrets: readonly SecretStatus[];
}

/** Of the time from a rotation to when the next is due. */
export const STEP = 0.05;
/** As old as twice what is right, and older. */
export const LAST = 40;
/** When the next is due, nobody knows. */
export const UNKNOWN = -1;
export const SORTS = { worst: "worst first", oldest: "oldest first", next: "next first", name: "by name" } as const;

const ROWS = 50;

/** The page of the list that is asked for; an address that asks for what is not there gets what is nearest. */
export function fleetView(secrets: readonly SecretStatus[], query: FleetQuery, now: Date): FleetView {
  const found = secrets.filter((one) => FILTERS.every((filter) => filter(one, query, now)));
  const chosen = found.filter((one) => !query.age || columnOf(one, now) === Number(query.age));
  const sorted = chosen.toSorted(ORDERS.get(query.sort ?? "") ?? worstFirst);
  const pages = Math.max(1, Math.ceil(sorted.length / ROWS));
  const page = Math.min(pages, Math.max(1, Math.trunc(Number(query.page)) || 1));
  return {
    counts: countStates(secrets),
    schedules: distinct(secrets.map(({ schedule }) => schedule)),
    engines: distinct(secrets.map(({ engine = "" }) => engine)),
    columns: columnsOf(found, now),
    matching: sorted.length,
    all: secrets.length,
    rows: sorted.slice((page - 1) * ROWS, page * ROWS),
    page,
    pages,
  };
}

/** 0: just rotated; 1: due; undefined where nobody knows when it is. */
export function ageOf({ since, dueAt }: Pick<SecretStatus, "since" | "dueAt">, now: Date): number | undefined {
  if (!dueAt) return undefined;
  const [from, to] = [Date.parse(since), Date.parse(dueAt)];
  const passed = now.getTime() - from;
  // Due from the start: a schedule that rotates at each run.
  return to > from ? Math.max(0, passed / (to - from)) : 1;
}

type Filter = (one: SecretStatus, query: FleetQuery, now: Date) => boolean;

const FILTERS: readonly Filter[] = [
  (one, { q = "" }) => words(one).includes(q.trim().toLowerCase()),
  ({ state }, query) => !query.state || state === query.state,
  ({ schedule }, query) => !query.schedule || schedule === query.schedule,
  ({ engine = "" }, query) => !query.engine || engine === query.engine,
];

function words({ name, engine = "", schedule, strategy = "", reason, message }: SecretStatus): string {
  return [name, engine, schedule, strategy, reason, message].join("\n").toLowerCase();
}

type Order = (a: SecretStatus, b: SecretStatus) => number;

const byName: Order = (a, b) => (a.name < b.name ? -1 : Number(a.name > b.name));
const worstFirst: Order = (a, b) => rankOf(a.state) - rankOf(b.state) || oldestFirst(a, b);
const oldestFirst: Order = (a, b) => Date.parse(a.since) - Date.parse(b.since) || byName(a, b);
const nextFirst: Order = (a, b) => nextOf(a) - nextOf(b) || byName(a, b);
const ORDERS: ReadonlyMap<string, Order> = new Map([
  ["oldest", oldestFirst],
  ["next", nextFirst],
  ["name", byName],
]);

function nextOf({ nextRunAt }: SecretStatus): number {
  return nextRunAt ? Date.parse(nextRunAt) : Number.POSITIVE_INFINITY;
}

function columnOf(one: SecretStatus, now: Date): number {
  const age = ageOf(one, now);
  return age === undefined ? UNKNOWN : Math.min(LAST, Math.floor(age / STEP + 1e-9));
}

function columnsOf(secrets: readonly SecretStatus[], now: Date): Column[] {
  const columns = new Map<number, SecretStatus[]>();
  for (const one of secrets) {
    const number = columnOf(one, now);
    const column = columns.get(number);
    if (column) column.push(one);
    else columns.set(number, [one]);
  }
  return [...columns]
    .toSorted(([a], [b]) => a - b)
    .map(([number, all]) => ({ number, secrets: all.toSorted(worstFirst) }));
}

function distinct(names: readonly string[]): string[] {
  return [...new Set(names)].filter(Boolean).toSorted();
}
