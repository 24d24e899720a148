import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const read = (file: string) => readFileSync(file, "utf8");

describe("docs/deployed-elsewhere.md", () => {
  it("lists what the prover puts right in MiniStack, with AWS's page", () => {
    const put = ["services.py", "templates.py"].flatMap((file) =>
      [...read(`scripts/prove-deploy/${file}`).matchAll(/@mend\(\s*"(.+?)",\s*"(.+?)",?\s*\)/g)].map(
        ([, what = "", page = ""]) => `${what} ${page.replace(/^\//, "https://docs.aws.amazon.com/")}`,
      ),
    );
    const rows = read("docs/deployed-elsewhere.md").matchAll(/^\| (.+?) +\| \[[^\]]+\]\((https:.+?)\) +\|$/gm);
    const listed = [...rows].map(([, what = "", page]) => `${what.replaceAll("`", "")} ${page}`);
    expect(put.length).toBeGreaterThan(5);
    expect(listed).toEqual(put);
  });
});
