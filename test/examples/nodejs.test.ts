import { expect, inject, it } from "vitest";
import { useCloud } from "../tools/cloud.js";
import { asSuperuser, createLogin } from "../tools/postgres.js";
import { until } from "../tools/until.js";
import { start } from "./program.js";

const { host, port } = inject("postgres");
const keyturn = useCloud();

it("a Node.js service answers through a rotation of its only user's password", async () => {
  const login = await createLogin();
  const secret = await keyturn.secretFor(login, { host, port });
  const service = start(keyturn, "nodejs", ["node", "service.js"], { SECRET_ID: secret, PORT: "0" });
  await service.said(/http:\S+\n/);
  const [address = ""] = /http:\S+/.exec(service.output()) ?? [];
  const answer = async () => (await fetch(address)).json();

  expect(await answer()).toMatchObject({ login: login.username });
  const second = start(keyturn, "nodejs", ["node", "service.js"], { PORT: new URL(address).port });
  expect(await second.ended()).toBe(1);
  expect(second.output()).toBe(`Port ${new URL(address).port} is taken. Choose another: PORT=3001 npm start\n`);

  expect((await keyturn.rotate(secret)).output.outcome).toBe("succeeded");
  // The connection that is open stays; what comes next needs another one, and knows the password before.
  expect(await answer()).toMatchObject({ login: login.username });
  await asSuperuser((client) =>
    client.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1", [login.username]),
  );
  // Until the pool has heard of it, it may hand that connection out.
  await until(async () => (await fetch(address)).ok);
  expect(await answer()).toMatchObject({ login: login.username });

  expect(await service.stop()).toBe(0);
});
