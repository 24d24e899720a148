import { describe, expect, inject, it } from "vitest";
import { useCloud } from "../tools/cloud.js";
import { createAdmin, createLogin, type Login, letsIn } from "../tools/postgres.js";

const keyturn = useCloud();
const { host, port } = inject("postgres");

/** An admin secret as RDS and Redshift make them: a user name and a password, and tags that say whose. */
async function managedBy(tag: string, arn: string, engine: string, admin: Login, at = { host, port }) {
  keyturn.cloud.servers.push({ arn, engine, ...at });
  const { username, password } = admin;
  return keyturn.storeSecret({ username, password }, { "keyturn:admin": "test/", [tag]: arn }, "rds!");
}

describe("admin secrets that AWS manages", () => {
  it.each([
    ["an RDS instance", "aws:rds:primaryDBInstanceArn", "arn:aws:rds:eu-central-1:000000000000:db:shop", "postgres"],
    [
      "an Aurora cluster",
      "aws:rds:primaryDBClusterArn",
      "arn:aws:rds:eu-central-1:000000000000:cluster:shop",
      "aurora-postgresql",
    ],
  ])("of %s are completed by their tags and its API", async (_, tag, arn, engine) => {
    const login = await createLogin();
    const masterarn = await managedBy(tag, arn, engine, await createAdmin(login.username));
    const secret = await keyturn.secretFor(login, { masterarn });
    expect((await keyturn.rotate(secret)).output.outcome).toBe("succeeded");
    const next = await keyturn.value(secret);
    expect(next.username).toBe(`${login.username}_clone`);
    expect(await letsIn(next)).toBe(true);
  });

  it.each([
    ["of another server", { host: "elsewhere.invalid", port }, "AdminMismatch"],
    ["of another port", { host, port: 1 }, "AdminMismatch"],
  ])("%s are refused, and sent nowhere", async (_, at, code) => {
    const login = await createLogin();
    const arn = `arn:aws:rds:eu-central-1:000000000000:db:${code}-${at.port}`;
    const admin = await createAdmin(login.username);
    const masterarn = await managedBy("aws:rds:primaryDBInstanceArn", arn, "postgres", admin, at);
    const secret = await keyturn.secretFor(login, { masterarn });
    expect((await keyturn.rotate(secret)).cause).toContain(code);
    expect(await letsIn(login)).toBe(true);
  });

  it("of a server that is gone, or that is nobody's, are refused with what to do", async () => {
    const login = await createLogin();
    const { username, password } = await createAdmin(login.username);
    const gone = "arn:aws:rds:eu-central-1:000000000000:db:gone";
    const masterarn = await keyturn.storeSecret(
      { username, password },
      { "keyturn:admin": "test/", "aws:rds:primaryDBInstanceArn": gone },
      "rds!",
    );
    expect((await keyturn.rotate(await keyturn.secretFor(login, { masterarn }))).cause).toContain("ManagedServerGone");
    const nobodys = await keyturn.storeSecret({ username, password }, { "keyturn:admin": "test/" });
    const secret = await keyturn.secretFor(await createLogin(), { masterarn: nobodys });
    expect((await keyturn.rotate(secret)).cause).toContain("MissingKey");
  });

  // No Redshift runs here: that its server is found shows in that PostgreSQL's secret is not its.
  it.each([
    ["a Redshift cluster", "aws:redshift:primaryClusterArn", "arn:aws:redshift:eu-central-1:000000000000:cluster:lake"],
    [
      "a Redshift Serverless namespace",
      "aws:redshift-serverless:namespaceArn",
      "arn:aws:redshift-serverless:eu-central-1:000000000000:namespace/lake",
    ],
  ])("of %s are found by their tags and its API", async (_, tag, arn) => {
    const login = await createLogin();
    const masterarn = await managedBy(tag, arn, "redshift", await createAdmin(login.username));
    expect((await keyturn.rotate(await keyturn.secretFor(login, { masterarn }))).cause).toMatch(
      /AdminMismatch: \\?"engine/,
    );
  });
});
