import { expect, it } from "vitest";
import { EXIT } from "../../src/cli/exit.js";
import { lineOf } from "../../src/cli/rotating/again.js";
import { run } from "./run.js";

const HERE = { stage: "dev", local: false, json: false } as const;

it.each([
  [["show", "shop/orders"], HERE, "keyturn show shop/orders"],
  [["rotate", "it's"], { ...HERE, stage: "prod" }, "keyturn rotate 'it'\\''s' --stage prod"],
  [["settle", "shop/orders", "--accepts", "new"], HERE, "keyturn settle shop/orders --accepts new"],
  [["explain", "NotDue"], { ...HERE, local: true, stage: "prod" }, "keyturn explain NotDue"],
  // Whoever names a secret names no option.
  [["rotate", "--all"], { ...HERE, local: true }, "keyturn rotate --local -- --all"],
  [["settle", "--schedule=nightly", "--accepts", "new"], HERE, "keyturn settle --accepts new -- --schedule=nightly"],
] as const)("%j is typed as one line", (command, options, line) => expect(lineOf(command, options)).toBe(line));

it("what stands behind -- is a name", async () => {
  const { code, stderr } = await run(["explain", "--", "--help"]);
  expect(code).toBe(EXIT.usage);
  expect(stderr).toContain("--help");
});
