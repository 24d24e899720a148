import { expect, it } from "vitest";
import type { FaultyCall } from "../../src/local/gateway/faults.js";
import { useCloud } from "../tools/cloud.js";
import { createAdmin, createLogin, letsIn } from "../tools/postgres.js";

/** On a slower clock than other tests: tries have to outlast a retirement, as they do on AWS. */
const keyturn = useCloud({ retireAfterMinutes: { nightly: 0 }, speed: 5 });

async function until(condition: () => boolean) {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

it("a rotation that comes while the old credential is being retired waits for that", async () => {
  const login = await createLogin();
  const masterarn = await keyturn.adminSecretFor(await createAdmin(login.username));
  const secret = await keyturn.secretFor(login, { masterarn });
  let goOn: () => void = () => undefined;
  const retiring = keyturn.cloud.inject({
    match: ({ service, input }: FaultyCall) =>
      service === "lambda" && String(input.FunctionName).endsWith("-retire-credential"),
    kind: "hold",
    when: "before",
    times: 1,
    until: new Promise((resolve) => {
      goOn = resolve;
    }),
  });
  await keyturn.startRotation({ secretId: secret });
  await until(() => retiring.struck() === 1);
  const errors: Array<string | undefined> = [];
  const next = await keyturn.startRotation({ secretId: secret });
  const off = keyturn.cloud.onHistory(({ executionArn, type, error }) => {
    if (executionArn === next && type === "TaskFailed") errors.push(error);
  });
  await until(() => errors.length > 0);
  goOn();
  await keyturn.cloud.settled();
  off();
  expect(new Set(errors)).toEqual(new Set(["TransientError"]));
  expect((await keyturn.ended(next)).output.outcome).toBe("succeeded");
  expect(await letsIn(await keyturn.value(secret))).toBe(true);
}, 60_000);
