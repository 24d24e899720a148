import { expect, it } from "vitest";
import { commandsIn } from "./shell.js";

it.each([
  ["a --b c   # not this", [["a", "--b", "c"]]],
  ["a \\\n  b", [["a", "b"]]],
  ['a \'b # c\' "d \\"e\\"" > f', [["a", "b # c", 'd "e"']]],
  ["X=1 a | b && c; d", [["a"], ["b"], ["c"], ["d"]]],
  ['x=$(a "$(b)") y=$(c)', [["b"], ["a", "$(…)"], ["c"]]],
  ["for x in $(a); do b $x; done", [["a"], ["b", "$x"]]],
  ["f() { a; b; }", [["a"], ["b"]]],
  ['while [ "$(a)" = RUNNING ]; do sleep 1; done', [["a"], ["sleep", "1"]]],
  ["a <An Arn> --b", [["a", "<An Arn>", "--b"]]],
])("%j has its commands", (text, commands) => expect(commandsIn(text)).toEqual(commands));
