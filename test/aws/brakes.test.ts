import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { beforeEach, describe, expect, it } from "vitest";
import { brakes } from "../../src/aws/brakes.js";
import type { Brakes } from "../../src/rotation/brakes.js";
import { useCloud } from "../tools/cloud.js";

const keyturn = useCloud();
const NOW = new Date("2026-11-24T00:00:00Z");
const later = (seconds: number) => new Date(NOW.getTime() + seconds * 1_000);
const DOOR = { atOnce: 2, evenIfSilent: false };
const CURIOUS = { ...DOOR, evenIfSilent: true };

let table: Brakes;
let server: string;
let servers = 0;
beforeEach(() => {
  table = brakes(new DynamoDBClient(keyturn.cloud.clientConfig), keyturn.cloud.resource("Table").ref);
  servers += 1;
  server = `postgres db-${servers}:5432`;
});

describe("the door of a server", () => {
  it("lets in as many as may be inside, and each again", async () => {
    const enter = (who: string) => table.enter(server, who, NOW, DOOR);
    expect([await enter("a"), await enter("b"), await enter("c"), await enter("a")]).toEqual([
      "entered",
      "entered",
      "ServerBusy",
      "entered",
    ]);
    await table.leave(server, "a", NOW, {});
    await table.leave(server, "a", NOW, {});
    expect([await enter("c"), await enter("d")]).toEqual(["entered", "ServerBusy"]);
  });

  it("never lets more in, however many come at once", async () => {
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, index) => table.enter(server, `e${index}`, NOW, { ...DOOR, atOnce: 5 })),
    );
    expect(all.filter((one) => one === "entered")).toHaveLength(5);
  });

  it("lets all in that may be, who come at once to one that nobody has entered before", async () => {
    for (let round = 0; round < 10; round += 1) {
      const all = Array.from({ length: 5 }, (_, index) =>
        table.enter(`${server}${round}`, `e${index}`, NOW, { ...DOOR, atOnce: 5 }),
      );
      expect(await Promise.all(all)).toEqual(Array(5).fill("entered"));
    }
  });

  it("is another's for every server", async () => {
    await table.enter(server, "a", NOW, { ...DOOR, atOnce: 1 });
    expect(await table.enter(`${server}0`, "b", NOW, { ...DOOR, atOnce: 1 })).toBe("entered");
  });

  it("is closed behind who died inside", async () => {
    const one = { ...DOOR, atOnce: 1 };
    await table.enter(server, "a", NOW, one);
    expect(await table.enter(server, "b", later(14 * 60), one)).toBe("ServerBusy");
    expect(await table.enter(server, "b", later(15 * 60), one)).toBe("entered");
  });
});

describe("a server at which three have waited for three seconds", () => {
  const wide = { ...DOOR, atOnce: 9 };
  const enter = (who: string, seconds: number, how = wide) => table.enter(server, who, later(seconds), how);
  async function wait(...who: string[]): Promise<void> {
    for (const one of who) await enter(one, 0);
  }

  it("lets in no other, but whoever wants to see for himself", async () => {
    await wait("a", "b", "c");
    expect([await enter("d", 2.9), await enter("e", 3)]).toEqual(["entered", "ServerBusy"]);
    expect(await enter("a person", 3, { ...wide, evenIfSilent: true })).toBe("entered");
    // Who was sent away takes nobody's place.
    await table.leave(server, "a", later(4), {});
    expect(await enter("f", 4)).toBe("entered");
  });

  it("lets one in each ten seconds, so that nobody closes it to others by having his own wait", async () => {
    await wait("a", "b", "c");
    expect([await enter("d", 9.9), await enter("d", 10), await enter("e", 10)]).toEqual([
      "ServerBusy",
      "entered",
      "ServerBusy",
    ]);
    expect([await enter("e", 19.9), await enter("e", 20)]).toEqual(["ServerBusy", "entered"]);
    await table.leave(server, "d", later(21), { answered: true });
    expect(await enter("f", 21)).toBe("entered");
  });

  it("is open where those three have died", async () => {
    await wait("a", "b", "c");
    await enter("d", 899);
    expect(await enter("e", 900)).toBe("entered");
  });

  it("is open to the others once anybody is answered, and until three have waited since then", async () => {
    await wait("a", "b", "c", "d");
    expect(await enter("e", 5)).toBe("ServerBusy");
    await table.leave(server, "a", later(6), { answered: true });
    expect([await enter("e", 7), await enter("f", 7), await enter("g", 7)]).toEqual(Array(3).fill("entered"));
    expect([await enter("h", 9.9), await enter("i", 10)]).toEqual(["entered", "ServerBusy"]);
  });

  it("lets one of those who wait in again", async () => {
    await wait("a", "b", "c");
    expect(await enter("a", 10)).toBe("entered");
  });

  it("keeps nobody's turn who was sent away", async () => {
    await wait("a", "b", "c");
    const apart = { ...wide, noneSince: later(-60) };
    expect(await enter("d", 3, apart)).toBe("ServerBusy");
    await table.leave(server, "a", later(4), { answered: true });
    expect(await enter("e", 5, apart)).toBe("entered");
  });
});

describe("a server whose rotations are kept apart", () => {
  const apart = (now: Date) => ({ ...DOOR, noneSince: new Date(now.getTime() - 60_000) });
  const enter = (who: string, now: Date) => table.enter(server, who, now, apart(now));

  it("lets the next in after that time, and the same again at once", async () => {
    expect(await enter("a", NOW)).toBe("entered");
    expect(await enter("b", later(59))).toBe("Staggered");
    await table.leave(server, "a", later(59), { answered: true });
    expect(await enter("a", later(59))).toBe("entered");
    expect(await enter("b", later(118))).toBe("Staggered");
    expect(await table.closedAmong([server], later(118), apart(later(118)).noneSince)).toEqual(
      new Map([[server, "Staggered"]]),
    );
    expect(await table.closedAmong([server], later(118))).toEqual(new Map());
    expect(await enter("b", later(119))).toBe("entered");
  });

  it("lets the next in at once where the one before has changed nothing, and nobody else has come", async () => {
    expect(await enter("a", NOW)).toBe("entered");
    await table.leave(server, "a", later(1), { unchanged: true });
    expect(await enter("b", later(2))).toBe("entered");
    await table.leave(server, "a", later(3), { unchanged: true });
    expect(await enter("c", later(4))).toBe("Staggered");
  });

  it("lets one of many in that come at once", async () => {
    const all = await Promise.all(Array.from({ length: 10 }, (_, index) => enter(`e${index}`, NOW)));
    expect(all.filter((one) => one === "entered")).toHaveLength(1);
    expect(all.filter((one) => one === "Staggered")).toHaveLength(9);
  });

  it("lets others in, who neither wait nor count", async () => {
    expect(await enter("a", NOW)).toBe("entered");
    expect(await table.enter(server, "asked for", later(30), DOOR)).toBe("entered");
    await table.leave(server, "a", later(30), { answered: true });
    expect(await enter("b", later(60))).toBe("entered");
  });
});

describe("a silent server", () => {
  /** So many rotations that had no answer, one after the other. */
  async function silences(count: number): Promise<void> {
    for (let one = 0; one < count; one += 1) {
      await table.enter(server, "a", NOW, CURIOUS);
      await table.leave(server, "a", NOW, { answered: false });
    }
  }

  it("is left alone after three, for five minutes, and then asked again", async () => {
    await silences(2);
    expect(await table.enter(server, "b", NOW, DOOR)).toBe("entered after silence");
    await table.leave(server, "b", NOW, { answered: false });
    expect(await table.enter(server, "c", later(299), DOOR)).toBe("ServerSilent");
    const closed = await table.closedAmong([server, "postgres other:5432"], later(299));
    expect(closed).toEqual(new Map([[server, "ServerSilent"]]));
    expect(await table.closedAmong([server], later(300))).toEqual(new Map());
    expect(await table.enter(server, "c", later(300), DOOR)).toBe("entered after silence");
    await table.leave(server, "c", later(310), { answered: false });
    expect(await table.enter(server, "d", later(311), DOOR)).toBe("ServerSilent");
  });

  it("may be asked by a person", async () => {
    await silences(3);
    expect(await table.enter(server, "b", NOW, CURIOUS)).toBe("entered after silence");
  });

  it("is none any more once it answers anybody", async () => {
    await silences(3);
    await table.enter(server, "b", NOW, CURIOUS);
    await table.leave(server, "b", NOW, { answered: true });
    expect(await table.enter(server, "c", NOW, DOOR)).toBe("entered");
    expect(await table.closedAmong([server], NOW)).toEqual(new Map());
  });

  it("is counted by those who were inside, each once", async () => {
    for (const who of ["a", "b", "c"]) await table.leave(server, who, NOW, { answered: false });
    await table.enter(server, "a", NOW, DOOR);
    await table.leave(server, "a", NOW, { answered: false });
    await table.leave(server, "a", NOW, { answered: false });
    await table.leave(server, "a", NOW, { answered: false });
    expect(await table.enter(server, "b", NOW, DOOR)).toBe("entered after silence");
  });
});

describe("the line of all that begin", () => {
  const LINE = { everyMs: 50, mostMs: 200 };
  /** Each test in a time of its own: there is one line. */
  let day = 0;
  let begin: Date;
  beforeEach(() => {
    day += 1;
    begin = later(86_400 * day);
  });

  it("has a place every so many milliseconds", async () => {
    const places = [];
    for (let one = 0; one < 4; one += 1) places.push((await table.takePlace(begin, LINE)).waitMs);
    expect(places).toEqual([0, 50, 100, 150]);
    expect(await table.takePlace(new Date(begin.getTime() + 1_000), LINE)).toEqual({ waitMs: 0 });
  });

  it("gives no two the same place, however many come at once", async () => {
    const taken = await Promise.all(
      Array.from({ length: 20 }, () => table.takePlace(begin, { ...LINE, mostMs: 10_000 })),
    );
    expect(taken.map(({ waitMs }) => waitMs).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 20 }, (_, index) => index * 50),
    );
  });

  it("says where it is full, and takes no place then", async () => {
    for (let one = 0; one < 5; one += 1) await table.takePlace(begin, LINE);
    expect(await table.takePlace(begin, LINE)).toEqual({ waitMs: 250, full: true });
    expect(await table.takePlace(begin, LINE)).toEqual({ waitMs: 250, full: true });
  });
});
