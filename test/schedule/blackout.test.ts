import { describe, expect, it } from "vitest";
import { type Blackout, checkBlackout, nextBlackout } from "../../src/schedule/blackout.js";

const holiday: Blackout = { from: "2026-12-24", to: "2026-12-27" };
const office: Blackout = { hours: "08:00-18:00", days: ["mon", "tue", "wed", "thu", "fri"] };
const night: Blackout = { hours: "22:00-06:00", days: ["fri"] };

describe("the next blackout", () => {
  // What holds at the moment itself is given as that moment.
  it.each<[string, Blackout[], string, string, string | undefined]>([
    ["none is said", [], "UTC", "2026-12-24T12:00:00Z", undefined],
    ["the evening before", [holiday], "UTC", "2026-12-23T20:00:00Z", "2026-12-24T00:00:00Z"],
    ["more than a day before", [holiday], "UTC", "2026-12-22T20:00:00Z", undefined],
    ["its first minute", [holiday], "UTC", "2026-12-24T00:00:00Z", "2026-12-24T00:00:00Z"],
    ["within", [holiday], "UTC", "2026-12-25T09:13:07Z", "2026-12-25T09:13:07Z"],
    ["its last minute", [holiday], "UTC", "2026-12-26T23:59:59Z", "2026-12-26T23:59:59Z"],
    ["the minute after", [holiday], "UTC", "2026-12-27T00:00:00Z", undefined],
    ["a day that begins earlier elsewhere", [holiday], "Asia/Tokyo", "2026-12-23T14:59:59Z", "2026-12-23T15:00:00Z"],
    [
      "a day that begins later elsewhere",
      [holiday],
      "America/Los_Angeles",
      "2026-12-24T07:59:00Z",
      "2026-12-24T08:00:00Z",
    ],
    ["until further notice", [{ from: "2026-12-24T18:00" }], "UTC", "2027-05-01T00:00:00Z", "2027-05-01T00:00:00Z"],
    ["a Monday morning", [office], "Europe/Berlin", "2026-11-30T06:30:00Z", "2026-11-30T07:00:00Z"],
    ["a Monday evening", [office], "Europe/Berlin", "2026-11-30T17:00:00Z", "2026-12-01T07:00:00Z"],
    ["a Friday evening", [office], "Europe/Berlin", "2026-11-27T17:00:00Z", undefined],
    ["a Friday before midnight", [night], "UTC", "2026-11-27T23:00:00Z", "2026-11-27T23:00:00Z"],
    ["the Saturday after it", [night], "UTC", "2026-11-28T05:59:00Z", "2026-11-28T05:59:00Z"],
    ["the Saturday after its end", [night], "UTC", "2026-11-28T06:00:00Z", undefined],
    ["the Friday's own early morning", [night], "UTC", "2026-11-27T03:00:00Z", "2026-11-27T22:00:00Z"],
    ["the first of two", [holiday, office], "UTC", "2026-12-23T19:00:00Z", "2026-12-24T00:00:00Z"],
    // Clocks go from 02:00 to 03:00: the hour from 02:00 is not there, so what lies in it never begins.
    [
      "an hour that is left out",
      [{ hours: "02:00-03:00" }],
      "Europe/Berlin",
      "2027-03-28T00:30:00Z",
      "2027-03-29T00:00:00Z",
    ],
    [
      "hours around one that is left out",
      [{ hours: "01:30-03:30" }],
      "Europe/Berlin",
      "2027-03-28T01:29:00Z",
      "2027-03-28T01:29:00Z",
    ],
    // Clocks go from 03:00 back to 02:00: both hours are meant.
    [
      "an hour that comes twice, first",
      [{ hours: "02:00-03:00" }],
      "Europe/Berlin",
      "2026-10-25T00:30:00Z",
      "2026-10-25T00:30:00Z",
    ],
    [
      "an hour that comes twice, again",
      [{ hours: "02:00-03:00" }],
      "Europe/Berlin",
      "2026-10-25T01:30:00Z",
      "2026-10-25T01:30:00Z",
    ],
    ["after both", [{ hours: "02:00-03:00" }], "Europe/Berlin", "2026-10-25T02:00:00Z", "2026-10-26T01:00:00Z"],
  ])("%s", (_, blackouts, timezone, from, expected) => {
    expect(nextBlackout(blackouts, timezone, new Date(from))).toEqual(expected && new Date(expected));
  });
});

describe("a blackout that is no blackout", () => {
  it.each<[Blackout, string | undefined]>([
    [holiday, undefined],
    [office, undefined],
    [{}, "covers all times"],
    [{ from: "2026-13-01" }, "2026-13-01 is no date"],
    [{ from: "2026-12-27", to: "2026-12-24" }, "ends (2026-12-24) before it begins"],
    [{ from: "2026-12-24", to: "2026-12-24T00:00" }, "ends"],
    [{ hours: "08:00-08:00" }, "no time at all"],
  ])("%j", (blackout, reason) => {
    if (reason) expect(checkBlackout(blackout)).toContain(reason);
    else expect(checkBlackout(blackout)).toBeUndefined();
  });
});
