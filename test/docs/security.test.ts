import { readFileSync } from "node:fs";
import { describe, expect, inject, it } from "vitest";
import { securityTable } from "../../scripts/security/table.js";
import { withTable } from "../../scripts/tables/markdown.js";

const text = readFileSync("SECURITY.md", "utf8");

/** The cells of each row of the tables whose last column is of tests. */
const claims = text
  .split(/\n\n+/)
  .map((block) =>
    block.split("\n").map((row) =>
      row
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    ),
  )
  .filter(([head]) => head?.at(-1) === "Test")
  .flatMap((rows) => rows.slice(2));
const named = claims.flatMap(([claim = "", tests = ""]) => tests.split("; ").map((test) => ({ claim, test })));

describe("SECURITY.md", () => {
  it.each(named)("names a test that is there: $test", ({ test }) => {
    const [, file = "", title = ""] = /^([\w/-]+)(?: "(.+)")?$/.exec(test) ?? [];
    expect(readFileSync(`test/${file}.test.ts`, "utf8")).toContain(title);
  });

  it("has claims, each with a test", () => {
    expect(claims.length).toBeGreaterThan(30);
    expect(named.filter(({ test }) => test === "")).toEqual([]);
  });

  it("has the table of the packaged template", () => {
    const table = securityTable(JSON.parse(readFileSync(inject("template"), "utf8")));
    expect(withTable(text, "made by npm run security-table", table)).toBe(text);
  });

  it("has policies that are JSON", () => {
    const policies = [...text.matchAll(/```json\n(.*?)```/gs)].map(([, json = ""]) => JSON.parse(json));
    expect(policies).toHaveLength(2);
    for (const policy of policies)
      expect(policy).toMatchObject({ Version: "2012-10-17", Statement: expect.arrayContaining([expect.anything()]) });
  });
});

describe("the table of roles", () => {
  it("refuses an action that it has no words for", () => {
    const Statement = [{ Effect: "Allow", Action: "iam:PassRole", Resource: "*" }];
    const Properties = {
      AssumeRolePolicyDocument: { Statement: [{ Principal: { Service: "lambda.amazonaws.com" } }] },
      Policies: [{ PolicyDocument: { Statement } }],
    };
    expect(() => securityTable({ Resources: { XRole: { Type: "AWS::IAM::Role", Properties } } })).toThrow(
      "no words for iam:PassRole",
    );
  });
});
