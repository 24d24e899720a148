import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { answered } from "../scripts/prove-rules/answers.js";

const nullOf = (about: string) => ({ check: "null", about, message: "is null" });

describe("what the tools of prove:rules find", () => {
  it("fails without an answer", () => {
    expect(() => answered("nobody", [nullOf("a")])).toThrow("null of a: is null");
    expect(answered("nobody", [])).toContain("0 findings");
  });

  it("fails where an answer has nothing to answer any more", () => {
    expect(() => answered("botocore", [])).toThrow(
      /missing member of stepfunctions:.*: answers.yml answers what is not found/,
    );
  });

  it("may be answered for all of a kind", () => {
    const outputPath = (machine: string) => `Resources/${machine}/Properties/Definition/States/Ended/OutputPath`;
    const findings = [
      { check: "E3601", about: outputPath("RotateSecret"), message: "" },
      { check: "E3601", about: outputPath("CheckSecret"), message: "" },
      { check: "W3005", about: "Resources/PlanLambdaFunction/DependsOn/1", message: "" },
    ];
    expect(answered("cfn-lint", findings)).toContain("3 findings");
    expect(() => answered("cfn-lint", [...findings, { check: "E3601", about: "Resources/A", message: "odd" }])).toThrow(
      "E3601 of Resources/A: odd",
    );
  });
});

it.each([
  ["event-ruler", "jars.ts", /event-ruler-(.+)\.jar/],
  ["botocore", "requirements.txt", /^botocore==(.+)$/m],
  ["cfn-lint", "requirements.txt", /^cfn-lint==(.+)$/m],
  ["checkov", "checkov-requirements.txt", /^checkov==(.+)$/m],
])("docs/rules.md names the version of %s that is asked", (name, file, pinned) => {
  const [, version = "none"] = pinned.exec(readFileSync(`scripts/prove-rules/${file}`, "utf8")) ?? [];
  expect(readFileSync("docs/rules.md", "utf8")).toMatch(new RegExp(`\\[${name}\\]\\(\\S+\\) ${version}[, ]`));
});
