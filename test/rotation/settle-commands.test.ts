import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { settlings, shellWord } from "../../src/rotation/settle-commands.js";
import { CURRENT, execution, LEFT, SECRET } from "./imagined.js";

const about = { secretArn: SECRET, executionArn: execution("own"), previousVersionId: CURRENT, versionId: LEFT };
const again =
  "aws stepfunctions start-execution --state-machine-arn=arn:aws:states:eu-central-1:000000000000:stateMachine:rotate-secret " +
  `--input='{"secretId":"${SECRET}"}'`;
const read = (id: string) =>
  `aws secretsmanager get-secret-value --secret-id=${SECRET} --version-id=${id} --query SecretString --output text`;

describe("what a person runs where a rotation needs one", () => {
  it("is by which of the two passwords the database takes", () => {
    expect(settlings(about)).toEqual([
      { when: expect.stringContaining("which password the database takes"), run: [read(CURRENT), read(LEFT)] },
      { when: expect.stringContaining(CURRENT), run: [again] },
      {
        when: expect.stringContaining(LEFT),
        run: [
          `aws secretsmanager update-secret-version-stage --secret-id=${SECRET} --version-stage AWSCURRENT ` +
            `--move-to-version-id=${LEFT} --remove-from-version-id=${CURRENT}`,
        ],
      },
      { when: expect.stringMatching(`neither.*${CURRENT}`), run: [again] },
    ]);
  });

  it.each([
    ["no version is known", { versionId: undefined, previousVersionId: undefined }],
    ["the one before is not known", { previousVersionId: undefined }],
    ["the new one is not known", { versionId: undefined }],
    ["both are one", { versionId: CURRENT }],
  ])("is to start again where %s", (_, fields) => {
    expect(settlings({ ...about, ...fields } as typeof about)).toEqual([
      { when: expect.stringMatching(/mended/), run: [again] },
    ]);
  });
});

describe("a word for a shell", () => {
  it.each(["plain", "arn:aws:a-b/c", "a@b%c+d=e,f.g_h"])("stays as it is: %s", (text) => {
    expect(shellWord(text)).toBe(text);
  });

  it.each(["a b", "$(id)", "it's", "'; id; '", "`id`", '"', "", "a\nb", "a;b", "*", "~", "plain and $HOME"])(
    "is what it was, for the shell as well: %j",
    (text) => {
      const script = `printf %s ${shellWord(text)}`;
      expect(execFileSync("sh", ["-c", script], { encoding: "utf8" })).toBe(text);
      expect(shellWord(text)).toMatch(/^'/s);
    },
  );
});
