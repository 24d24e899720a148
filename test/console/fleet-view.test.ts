import { describe, expect, it } from "vitest";
import { ageOf, fleetView, LAST, UNKNOWN } from "../../src/console/fleet-view.js";
import { ages } from "../../src/console/pictures/ages.js";
import type { SecretStatus } from "../../src/overview/secret-status.js";
import { NOW, status } from "./imagined.js";

const DAY_MS = 86_400_000;
const daysAgo = (days: number) => new Date(NOW.getTime() - days * DAY_MS).toISOString();

/** A secret that is due after ten days, so many days old. */
function aged(days: number, more: Partial<SecretStatus> = {}): SecretStatus {
  return status({ name: `s${days}`, arn: `arn:${days}`, since: daysAgo(days), dueAt: daysAgo(days - 10), ...more });
}

const FLEET = [
  aged(1),
  aged(9),
  aged(12, { state: "overdue", reason: "NotTried" }),
  aged(40, { state: "failing", reason: "ProbeFailed", engine: "mysql" }),
  status({ name: "by-hand", arn: "arn:by-hand", schedule: "manual", dueAt: undefined as never }),
];

const names = (query: Parameters<typeof fleetView>[1]) => fleetView(FLEET, query, NOW).rows.map(({ name }) => name);

describe("the fleet, as a page shows it", () => {
  it.each([
    ["just rotated", 0, 0],
    ["half as old as may be", 5, 0.5],
    ["due", 10, 1],
    ["twice as old", 20, 2],
  ])("knows the age of one that is %s", (_, days, age) => expect(ageOf(aged(days), NOW)).toBeCloseTo(age));

  it("counts one as due from the start where its schedule rotates at each run, and none as younger than new", () => {
    expect(ageOf({ since: daysAgo(0), dueAt: daysAgo(0) }, NOW)).toBe(1);
    expect(ageOf({ since: daysAgo(-1), dueAt: daysAgo(-9) }, NOW)).toBe(0);
    expect(ageOf({ since: daysAgo(1) }, NOW)).toBeUndefined();
  });

  it.each([
    ["the worst first", {}, ["s40", "s12", "by-hand", "s9", "s1"]],
    ["the oldest first", { sort: "oldest" }, ["s40", "s12", "by-hand", "s9", "s1"]],
    ["by name", { sort: "name" }, ["by-hand", "s1", "s12", "s40", "s9"]],
    ["the worst first, for an order that there is not", { sort: "constructor" }, ["s40", "s12", "by-hand", "s9", "s1"]],
    ["one state", { state: "failing" }, ["s40"]],
    ["one schedule", { schedule: "manual" }, ["by-hand"]],
    ["one engine", { engine: "mysql" }, ["s40"]],
    ["what has a word in it, in capitals or not", { q: " probefailed " }, ["s40"]],
    ["one age", { age: String(LAST) }, ["s40"]],
    ["those whose age nobody knows", { age: String(UNKNOWN) }, ["by-hand"]],
    ["nothing, of a state that there is not", { state: "nonsense" }, []],
  ])("lists %s", (_, query, expected) => expect(names(query)).toEqual(expected));

  it("goes by pages, and to the nearest of one that there is not", () => {
    const many = Array.from({ length: 120 }, (_, number) => aged(number / 100, { name: `n${1000 + number}` }));
    const page = (number: string) => fleetView(many, { sort: "name", page: number }, NOW);
    expect(page("2").rows[0]?.name).toBe("n1050");
    expect([page("3").rows.length, page("3").pages]).toEqual([20, 3]);
    for (const wrong of ["0", "-1", "x", "1e9", "NaN"]) expect([1, 3]).toContain(page(wrong).page);
  });

  it("draws few one by one, and many as bars with their numbers", () => {
    const links = { secret: (arn: string) => `/s/${arn}`, column: (number: number) => `/c/${number}` };
    const few = ages(fleetView(FLEET, {}, NOW).columns, links).toString();
    expect(few.match(/<a /g)).toHaveLength(FLEET.length);
    expect(few).toContain("s40: failing");
    expect(few).toContain("2 younger than due, 2 due or older, 1 not known");
    const many = ages(
      fleetView(
        Array.from({ length: 30 }, () => aged(1)),
        {},
        NOW,
      ).columns,
      links,
    ).toString();
    expect(many).toContain('href="/c/2"');
    expect(many).toContain("30 secrets: 30 ok");
  });

  it("looks at ten thousand at once, in a page that does not grow with them", () => {
    const many = Array.from({ length: 10_000 }, (_, number) => aged((number % 97) / 4, { name: `n${number}` }));
    const { rows, columns, all } = fleetView(many, { q: "n" }, NOW);
    expect([rows.length, all]).toEqual([50, 10_000]);
    const picture = ages(columns, { secret: () => "", column: () => "" }).toString();
    expect(picture.length).toBeLessThan(40_000);
  });
});
