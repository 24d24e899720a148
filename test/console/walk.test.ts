import { describe, expect, it } from "vitest";
import { answered } from "../../src/console/answers.js";
import { stepPage } from "../../src/console/pages/store.js";
import { drafts, mistakesOf, pruned, questionsOf, STEPS, stepAfter } from "../../src/console/walk.js";
import type { Draft, Offered } from "../../src/storing/draft.js";
import { questions } from "../../src/storing/questions.js";

const OFFERED: Offered = { stage: "dev", region: "eu-central-1", schedules: ["nightly"] };
const [KIND, VALUE, ABOUT, SHARING, ROTATION] = STEPS;
const DRAFT: Draft = {
  ...{ type: "postgres", host: "db", port: "5432", username: "app", password: "Geheim-1", name: "shop/orders" },
  schedule: "nightly",
};

describe("the walk that stores a secret", () => {
  it("asks every question that the command asks, in one of its steps", () => {
    for (const draft of [
      DRAFT,
      { type: "other" },
      { type: "redshift", schedule: "nightly", strategy: "alternating-users" },
    ]) {
      const asked = STEPS.flatMap((step) => questionsOf(step, draft, OFFERED)).map(({ key }) => key);
      expect(asked.toSorted()).toEqual(
        questions(draft, OFFERED)
          .map(({ key }) => key)
          .toSorted(),
      );
    }
  });

  it("leaves a step out that asks nothing", () => {
    expect(stepAfter(KIND, DRAFT, OFFERED)).toBe(VALUE);
    expect(stepAfter(SHARING, { type: "other" }, OFFERED)).toBeUndefined();
    expect(stepAfter(ROTATION, DRAFT, OFFERED)).toBeUndefined();
  });

  it("says what is wrong with the answers of a step, and of no other", () => {
    expect(mistakesOf(ABOUT, { ...DRAFT, name: "a name", port: "x" }, OFFERED).map(({ key }) => key)).toEqual(["name"]);
    expect(mistakesOf(VALUE, { ...DRAFT, port: "x" }, OFFERED).map(({ key }) => key)).toEqual(["port"]);
  });

  it("keeps a password that is not typed again, and takes another", () => {
    const asked = questionsOf(VALUE, DRAFT, OFFERED);
    const form = { host: " db2 ", port: "", username: "app", tls: "yes", database: "" };
    expect(answered(DRAFT, asked, form)).toMatchObject({ host: "db2", port: "", password: "Geheim-1" });
    expect(answered(DRAFT, asked, { ...form, password: " new " })).toMatchObject({ password: " new " });
  });

  it("reads lists by lines and commas, and fields by rows", () => {
    const tags = questionsOf(ABOUT, DRAFT, OFFERED);
    expect(answered(DRAFT, tags, { name: "n", tags: "a=1\n b=two words ,c=3\n\n" })).toMatchObject({
      tags: ["a=1", "b=two words", "c=3"],
    });
    const fields = questionsOf(VALUE, { type: "other" }, OFFERED);
    const before: Draft = { type: "other", fields: { gone: "1", kept: "2" } };
    const form = { field: ["key", " ", "other"], value: ["v=1", "lost", ""], remove: "gone" };
    expect(answered(before, fields, form).fields).toEqual({ kept: "2", key: "v=1", other: "" });
  });

  it("forgets the answers to questions that are no longer asked", () => {
    expect(pruned({ ...DRAFT, type: "other", strategy: "single-user" }, OFFERED)).toEqual({
      type: "other",
      name: "shop/orders",
    });
    expect(pruned(DRAFT, OFFERED)).toBe(DRAFT);
  });

  it("sends nothing that is secret back to the browser", () => {
    const place = { base: "", stage: "dev", where: "", now: new Date() };
    const secret: Draft = { ...DRAFT, fields: { apiKey: "Geheim-2" } };
    for (const [step, draft] of [
      [VALUE, secret],
      [VALUE, { ...secret, type: "other" }],
    ] as const) {
      const asked = questionsOf(step, draft, OFFERED);
      const shown = { draftName: "d", step, questions: asked, draft, mistakes: mistakesOf(step, draft, OFFERED) };
      const page = stepPage(place, shown).toString();
      expect(page).not.toContain("Geheim");
      expect(page).toContain(draft.type === "other" ? "apiKey" : "It is kept");
    }
  });

  it("keeps drafts for half an hour, and twenty at most", () => {
    let now = Date.parse("2026-11-28T12:00:00Z");
    const kept = drafts(() => new Date(now));
    const first = kept.begin();
    kept.keep(first, DRAFT);
    expect(kept.find(first)).toBe(DRAFT);
    now += 31 * 60_000;
    expect(kept.find(first)).toBeUndefined();
    const names = Array.from({ length: 25 }, () => kept.begin());
    expect(names.filter((name) => kept.find(name)).length).toBe(20);
    expect(kept.find(names[24] as string)).toEqual({});
  });
});
