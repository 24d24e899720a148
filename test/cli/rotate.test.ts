import { describe, expect, it } from "vitest";
import { EXIT } from "../../src/cli/exit.js";
import { useCloud } from "../tools/cloud.js";
import { createLogin, letsIn } from "../tools/postgres.js";
import { run } from "./run.js";

const keyturn = useCloud();

const nameOf = (arn: string) => arn.split(":secret:")[1]?.slice(0, -7) ?? "";

describe("keyturn rotate", () => {
  it("follows a rotation phase by phase, and says what came of it", async () => {
    const secret = await keyturn.secretFor(await createLogin());
    const ran = await run(["rotate", nameOf(secret), "--reason", "leaked"], { cloud: keyturn.cloud });
    console.log(ran.stdout, ran.stderr);
    const term = await run(["rotate", nameOf(secret), "--reason", "leaked"], { cloud: keyturn.cloud, terminal: true });
    console.log(term.stdout, term.stderr);
    const js = await run(["rotate", nameOf(secret), "--json"], { cloud: keyturn.cloud });
    console.log(js.stdout);
    expect(ran.code).toBe(EXIT.done);
    expect(await letsIn(await keyturn.value(secret))).toBe(true);
    console.log(await run(["rotate", "no/such"], { cloud: keyturn.cloud }));
    const bad = await keyturn.secretFor(await createLogin(), {}, { "keyturn:probe": "select no_such_column" });
    console.log(await run(["rotate", nameOf(bad)], { cloud: keyturn.cloud }));
  });
});
