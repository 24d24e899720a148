import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { eventsPage, exampleOf, patternOf } from "../../scripts/events/page.js";
import { eventSchemas } from "../../scripts/events/schemas.js";
import { DETAIL_TYPES } from "../../src/events/names.js";
import { matches } from "../../src/local/events/pattern.js";
import { chatOf } from "../../src/messages/chat.js";
import { hookOf, MOST_BYTES } from "../../src/messages/hook.js";
import type { Told } from "../../src/messages/told.js";
import { faultsOf, faultsOfEvent } from "../tools/event-schemas.js";

const keys = Object.keys(DETAIL_TYPES) as Array<keyof typeof DETAIL_TYPES>;

describe("docs/events", () => {
  it("is what npm run event-schemas makes of the code", () => {
    const made = eventSchemas();
    const files = readdirSync("docs/events").filter((file) => file.endsWith(".schema.json"));
    expect(files.sort()).toEqual([...made.keys()].sort());
    for (const [file, schema] of made)
      expect(JSON.parse(readFileSync(`docs/events/${file}`, "utf8")), file).toEqual(schema);
    const written = (page: string) => page.replace(/\s+/g, "");
    expect(written(readFileSync("docs/events/README.md", "utf8"))).toBe(written(eventsPage()));
  });

  it.each(keys)("has an example of %s that is as its schema says", (key) => {
    expect(faultsOfEvent(exampleOf(key))).toEqual([]);
  });

  it.each(keys.filter((key) => key !== "rotationRequested"))(
    "has a pattern that matches %s, and nothing else",
    (key) => {
      const matched = keys.filter((other) => matches(patternOf(key), exampleOf(other)));
      expect(matched).toEqual([key]);
    },
  );

  it.each<[string, object]>([
    ["an outcome of another event", { outcome: "failed" }],
    ["a time that is none", { startedAt: "yesterday" }],
    ["another version", { version: "2" }],
  ])("does not take %s", (_, wrong) => {
    const { detail, ...event } = exampleOf("rotationSucceeded");
    expect(faultsOfEvent({ ...event, detail: { ...detail, ...wrong } })).not.toEqual([]);
  });
});

describe("what a webhook gets", () => {
  const told: Told = {
    what: "the rotation of shop/orders failed",
    startedAt: "2026-11-24T19:04:05.678Z",
    endedAt: "2026-11-24T19:04:08.178Z",
    outcome: "failed",
    reason: "HostNotFound",
    why: "HostNotFound: The host is not known.",
    facts: ["AWSCURRENT logs in."],
    next: "Mend it.",
    command: "npx keyturn rotate shop/orders",
    askedBy: ["anna", "leaked"],
    askedFor: "orders",
    executionArn: "arn:aws:states:eu-central-1:000000000000:execution:keyturn-dev-rotate-secret:1",
    appendix: ["a line"],
  };

  it("is as its schema says, whatever there is to say", () => {
    const { what, startedAt, next } = told;
    for (const one of [told, { what, startedAt, next }])
      expect(faultsOf("webhook.schema.json", hookOf(one, "Secret Rotation Failed"))).toEqual([]);
  });

  it("is called by the event's name, in dots", () => {
    const types = Object.values(DETAIL_TYPES).map((name) => hookOf(told, name).type);
    expect(types).toContain("secret.rotation.needs_attention");
    expect(types).toContain("secrets.overdue");
    expect(new Set(types).size).toBe(types.length);
    for (const type of types) expect(type).toMatch(/^[a-z]+(\.[a-z_]+)+$/);
  });

  it("has a bound", () => {
    const much = { ...told, facts: Array(90).fill("値".repeat(3_000)), appendix: Array(90).fill("y".repeat(3_000)) };
    expect(Buffer.byteLength(JSON.stringify(hookOf(much, "Secret Rotation Failed")))).toBeLessThanOrEqual(MOST_BYTES);
    expect(Buffer.byteLength(JSON.stringify(chatOf(much, "Secret Rotation Failed")))).toBeLessThan(60_000);
  });
});
