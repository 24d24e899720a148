import { describe, expect, it } from "vitest";
import { isErrorName } from "../../src/errors.js";
import { DETAIL_TYPES } from "../../src/events/names.js";
import { CHAPTERS, type Explanation, explain, explanations } from "../../src/explain/explain.js";
import { OVERDUE_REASONS } from "../../src/fleet/overdue.js";
import { STATUS_REASONS } from "../../src/overview/reasons.js";
import { STATES } from "../../src/overview/states.js";
import { CHECKS } from "../../src/rotation/dry-run/checklist.js";
import { NOTHING_ENDED } from "../../src/rotation/ended.js";
import { GIVEN_UP, REFRESH_SKIPS, RETIREMENT_SKIPS, SKIP_REASONS, WAIT_REASONS } from "../../src/rotation/reasons.js";
import { packagedTemplate } from "../infra/checks/template.js";
import { codesInSource } from "../tools/codes.js";

const inSource = codesInSource();
const known = explanations();
const TABLES = [
  ...[SKIP_REASONS, WAIT_REASONS, RETIREMENT_SKIPS, REFRESH_SKIPS],
  ...[NOTHING_ENDED, OVERDUE_REASONS, CHECKS, STATES, STATUS_REASONS],
];

describe("the explanations", () => {
  it("have one for each code in the source", () => {
    const missing = [...inSource].filter(([code]) => !explain(code));
    expect(missing.map(([code, file]) => `${code} (${file}) has no entry in src/explain`)).toEqual([]);
  });

  it("have none that is idle", () => {
    const idle = known.filter((one) => !isTaken(one) && !inSource.has(one.code) && one.code !== GIVEN_UP);
    expect(idle.map(({ code }) => code)).toEqual([]);
  });

  it("have one for each alarm of the deployment", () => {
    const alarms = Object.entries(packagedTemplate().Resources).filter(
      ([, { Type }]) => Type === "AWS::CloudWatch::Alarm",
    );
    const explained = known.filter(({ kind }) => kind === "alarm").map(({ code }) => code);
    expect(explained.sort()).toEqual(alarms.map(([id]) => id).sort());
  });

  it("are whole sentences", () => {
    const isSentence = (text: string) => /^["A-Z].*[.)]$/s.test(text);
    const odd = known.flatMap(({ code, means, todo }) =>
      [means, todo].filter((text) => !isSentence(text)).map((text) => `${code}: ${text}`),
    );
    expect(odd).toEqual([]);
  });

  it("say nothing twice within a chapter", () => {
    for (const { title, entries } of CHAPTERS) {
      const codes = entries.map(({ code }) => code);
      expect(new Set(codes).size, title).toBe(codes.length);
    }
  });
});

/** Held by the types of the tables that they are taken from; alarms, above. */
function isTaken({ code, kind }: Explanation): boolean {
  return (
    kind === "event" || kind === "alarm" || isErrorName(code) || TABLES.some((table) => Object.hasOwn(table, code))
  );
}

describe("explain", () => {
  it("takes a reason from where it stands", () => {
    expect(explain("BackingOff")).toMatchObject({ kind: "reason", means: SKIP_REASONS.BackingOff });
  });

  it("knows events by their detail-type, errors and alarms by their names", () => {
    expect(explain(DETAIL_TYPES.rotationNeedsAttention)?.kind).toBe("event");
    expect(explain("LoginRefused")?.kind).toBe("error");
    expect(explain("SilenceAlarm")?.kind).toBe("alarm");
  });

  it.each([
    [" loginrefused ", "LoginRefused"],
    ["LoginRefused: The server refuses the user name or the password.", "LoginRefused"],
    ["Lambda.Unknown: The function gave no answer.", "Lambda.Unknown"],
    ["keyturn-dev-SilenceAlarm-1ABCDEFGHIJKL", "SilenceAlarm"],
  ])("knows %j", (pasted, code) => expect(explain(pasted)?.code).toBe(code));

  it("explains a code for each place in which it is met", () => {
    expect(explain("StillRunning")?.means).toContain("The execution has not ended.");
    expect(explain("StillRunning")?.means).toContain("Of the workflow: The execution goes on.");
  });

  it.each(["", "constructor", "__proto__", "Nonsense"])("knows nothing of %j", (code) =>
    expect(explain(code)).toBeUndefined(),
  );
});
