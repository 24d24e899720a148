import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { EXIT } from "../../src/cli/exit.js";
import { tree } from "../../src/cli/program.js";
import { run } from "./run.js";

const scripts = Object.fromEntries(
  await Promise.all(
    ["bash", "zsh", "fish"].map(async (shell) => [shell, (await run(["completion", shell])).stdout] as const),
  ),
) as Record<"bash" | "zsh" | "fish", string>;

/** What bash offers after these words, the last of them being typed still; `secrets` are those that the account has. */
function offered(words: readonly string[], secrets: readonly string[] = []): string[] {
  const script = `
    eval "$1"; shift
    keyturn() { [ "$1 $2" = "completion --secrets" ] && printf '%s\\n' ${secrets.join(" ")}; }
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
    _keyturn
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const args = ["--norc", "-c", script, "bash", scripts.bash, "keyturn", ...words];
  return execFileSync("bash", args, { encoding: "utf8" }).split("\n").filter(Boolean);
}

describe("keyturn completion", () => {
  it.each<[string[], string[]]>([
    [["sta"], ["status"]],
    [["status", "--ch"], ["--check"]],
    [["status", "--state", "f"], ["failing"]],
    [["completion", "z"], ["zsh"]],
    [["history", "--limit", ""], []],
    [["history", "--li"], ["--limit"]],
    [
      ["show", "shop/"],
      ["shop/orders", "shop/stock"],
    ],
    [["show", "--js"], ["--json"]],
    [["unknown", ""], []],
  ])("offers in bash after %j", (words, expected) =>
    expect(offered(words, ["shop/orders", "shop/stock", "other"])).toEqual(expected),
  );

  it("knows each command, and each of its flags, in every shell", () => {
    const host = { stdout: { columns: 80 }, stderr: {}, env: {} } as unknown as Parameters<typeof tree>[0];
    for (const command of tree(host, () => undefined).commands) {
      const flags = command.options.flatMap(({ long, hidden }) => (long && !hidden ? [long] : []));
      expect(flags).toContain("--json");
      for (const shell of ["bash", "zsh"] as const)
        for (const word of [command.name(), ...flags]) expect(scripts[shell]).toContain(word);
      for (const flag of flags)
        expect(scripts.fish).toContain(`__fish_seen_subcommand_from ${command.name()}' -l ${flag.slice(2)} `);
    }
  });

  it("is for a shell that it knows", async () => {
    for (const argv of [["completion"], ["completion", "tcsh"]]) {
      const { code, stdout, stderr } = await run(argv);
      expect({ code, stdout }).toEqual({ code: EXIT.usage, stdout: "" });
      expect(stderr).toContain("bash, zsh, fish");
    }
  });
});
