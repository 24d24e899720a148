import { expect, it } from "vitest";
import { entered, gate, invokes } from "../tools/barriers.js";
import { useCloud } from "../tools/cloud.js";
import { createAdmin, createLogin, letsIn } from "../tools/postgres.js";

const keyturn = useCloud({ retireAfterMinutes: { nightly: 0 } });

it("a rotation that comes while the old credential is being retired waits for that", async () => {
  const login = await createLogin();
  const masterarn = await keyturn.adminSecretFor(await createAdmin(login.username));
  const secret = await keyturn.secretFor(login, { masterarn });
  const goOn = gate();
  const hold = { kind: "hold", when: "before", times: 1 } as const;
  const retiring = keyturn.cloud.inject({ ...hold, match: invokes("retire-credential"), until: goOn.opened });
  const retirement = entered(keyturn.cloud, "Retire credential");
  await keyturn.startRotation({ secretId: secret });
  await retiring.hit;
  const waits = entered(keyturn.cloud, "Wait for others");
  const next = await keyturn.startRotation({ secretId: secret });
  expect(await waits).toBe(next);
  goOn.open();
  await keyturn.cloud.ended(await retirement);
  await keyturn.cloud.settled();
  expect((await keyturn.ended(next)).output.outcome).toBe("succeeded");
  expect(await letsIn(await keyturn.value(secret))).toBe(true);
});
