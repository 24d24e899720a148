import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Writable } from "node:stream";
import { beforeEach, describe, expect, it } from "vitest";
import type { Work } from "../../src/cli/command.js";
import { type DeployOptions, deploy, type Programs } from "../../src/cli/deploying/deploy.js";
import { deployment } from "../../src/cli/deployment.js";
import { EXIT } from "../../src/cli/exit.js";
import type { Host } from "../../src/cli/host.js";
import { styleOf } from "../../src/cli/style.js";
import { useStubAws } from "../tools/stub-aws.js";
import { run } from "./run.js";

const ACCOUNT = "123456789012";
let mayNot: readonly string[] = [];
let simulates = true;
let caller = "";

const members = (input: Readonly<Record<string, string>>, name: string) =>
  Object.entries(input)
    .filter(([key]) => key.startsWith(`${name}.member.`))
    .map(([, value]) => value);

const aws = useStubAws({
  "sts:GetCallerIdentity": () => ({ Account: ACCOUNT, Arn: caller, UserId: "u" }),
  "iam:GetRole": () => ({
    Role: {
      RoleName: "Deployer",
      Path: "/ci/",
      Arn: `arn:aws:iam::${ACCOUNT}:role/ci/Deployer`,
      RoleId: "r",
      CreateDate: "2026-01-01T00:00:00Z",
    },
  }),
  "iam:SimulatePrincipalPolicy": (input) => {
    if (!simulates)
      return { refuse: "AccessDenied", message: "not authorized to perform: iam:SimulatePrincipalPolicy" };
    const actions = members(input, "ActionNames");
    // As AWS does for some that it would have to know different things for.
    if (actions.length > 1 && actions.includes("s3:ListBucket"))
      return { refuse: "InvalidInput", message: "different authorization information" };
    const [, ...others] = members(input, "ResourceArns");
    return {
      IsTruncated: false,
      EvaluationResults: actions.flatMap((action) => {
        const result = (EvalDecision: string) => ({ EvalActionName: action, EvalResourceName: "*", EvalDecision });
        // What is about one of the resources is refused on the others.
        return [
          result(mayNot.includes(action) ? "implicitDeny" : "allowed"),
          ...others.map(() => result("implicitDeny")),
        ];
      }),
    };
  },
});

const STATEMENTS = [
  {
    Action: ["s3:ListBucket", "s3:PutObject", "s3:GetObject"],
    Resource: ["arn:aws:s3:::keyturn-dev-*", "arn:aws:s3:::keyturn-dev-*/*"],
  },
  {
    Action: ["iam:PassRole"],
    Resource: ["arn:aws:iam::1:role/keyturn-dev-*"],
    Condition: { StringEquals: { "iam:PassedToService": ["lambda.amazonaws.com"] } },
  },
  { Action: ["kms:Encrypt", "kms:Describe*"], Resource: "*" },
];

interface Ran {
  readonly ran: string[][];
  readonly said: string;
  readonly code: number;
  readonly text: string;
}

async function deployed(
  options: DeployOptions & { region?: string; profile?: string } = {},
  exit = 0,
  env: Host["env"] = {},
): Promise<Ran> {
  const ran: string[][] = [];
  const programs: Programs = {
    run: async ({ env }, command) => {
      ran.push([String(env.AWS_REGION), String(env.AWS_PROFILE), ...command.slice(2)]);
      return exit;
    },
    output: async (_, command) => {
      ran.push(command.slice(3));
      return JSON.stringify([{ Version: "2012-10-17", Statement: STATEMENTS }]);
    },
  };
  let said = "";
  const sink = () => new Writable({ write: (_, __, done) => done() });
  const host: Host = {
    ...{
      stdin: new PassThrough(),
      stdout: sink(),
      stderr: sink(),
      env,
      cwd: process.cwd(),
      clock: () => new Date(),
    },
    ...{ interrupted: new AbortController().signal, clientConfig: aws.clientConfig },
  };
  const common = { stage: "dev", local: false, json: false, ...options };
  const reached = deployment(host, common);
  const work: Work<DeployOptions> = {
    ...{ host, options: common, deployment: reached, style: styleOf(host, {}) },
    progress: (line) => {
      said += `${line}\n`;
    },
  };
  const answer = await deploy(work, programs);
  return { ran, said, code: answer.exit ?? 0, text: answer.text(styleOf(host, {})) };
}

beforeEach(() => {
  mayNot = [];
  simulates = true;
  caller = `arn:aws:iam::${ACCOUNT}:user/anna`;
  aws.asked.length = 0;
});

describe("keyturn deploy", () => {
  it("looks at settings and permissions, and deploys", async () => {
    const { ran, said, code, text } = await deployed({ profile: "deployer" });
    const place = ["--stage", "dev", "--region", "eu-central-1"];
    expect(ran).toEqual([
      ["scripts/deployer-policy.ts", "--account", ACCOUNT, ...place],
      ["eu-central-1", "deployer", "deploy", ...place],
    ]);
    expect(said).toMatchInlineSnapshot(`
      "✔ keyturn.yml is right; its schedules: nightly
      ✔ keyturn-dev goes to 123456789012, eu-central-1, as arn:aws:iam::123456789012:user/anna
      ✔ the permissions are enough, by IAM: 5 actions
      "
    `);
    expect(code).toBe(EXIT.done);
    expect(text).toMatchInlineSnapshot(`
      "✔ keyturn-dev is deployed.
        next  keyturn store --profile deployer
              keyturn adopt SECRET --schedule SCHEDULE --profile deployer
              keyturn status --profile deployer
              keyturn doctor --profile deployer"
    `);
    const simulated = aws.asked.filter(({ Action }) => Action === "SimulatePrincipalPolicy");
    expect(simulated.every(({ PolicySourceArn }) => PolicySourceArn === caller)).toBe(true);
    expect(JSON.stringify(simulated)).not.toContain("*");
    expect(simulated.map((one) => one["ContextEntries.member.1.ContextKeyValues.member.1"])).toContain(
      "lambda.amazonaws.com",
    );
  });

  it("keeps the exit code, and names no next step after a failure", async () => {
    const { code, text } = await deployed({}, 7);
    expect({ code, text }).toEqual({ code: 7, text: "" });
  });

  it("deploys nothing where something may not be done, and says what", async () => {
    mayNot = ["s3:PutObject", "kms:Encrypt"];
    await expect(deployed()).rejects.toThrow(
      /^DeployerLacks: Nothing was deployed: .*user\/anna .*: kms:Encrypt, s3:PutObject\./,
    );
    expect((await deployed({ skipPermissions: true })).ran).toHaveLength(1);
  });

  it("asks about a role by its whole ARN", async () => {
    caller = `arn:aws:sts::${ACCOUNT}:assumed-role/Deployer/session`;
    await deployed();
    const [simulated] = aws.asked.filter(({ Action }) => Action === "SimulatePrincipalPolicy");
    expect(simulated?.PolicySourceArn).toBe(`arn:aws:iam::${ACCOUNT}:role/ci/Deployer`);
  });

  it("goes on, and says so, where IAM may not be asked, and for who has no policies", async () => {
    simulates = false;
    expect((await deployed()).said).toContain("could not be looked at, and it goes on");
    caller = `arn:aws:iam::${ACCOUNT}:root`;
    expect((await deployed()).said).toContain("has no policies");
  });

  it("deploys nothing where the account is among the others", async () => {
    const folder = mkdtempSync(join(tmpdir(), "keyturn-deploy-"));
    const KEYTURN_SETTINGS = join(folder, "keyturn.yml");
    try {
      writeFileSync(KEYTURN_SETTINGS, `accounts: ["111122223333", "${ACCOUNT}"]\n`);
      await expect(deployed({}, 0, { KEYTURN_SETTINGS })).rejects.toThrow(`${ACCOUNT} is the deployment's own`);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("deploys nothing with wrong settings, and nothing into the embedded cloud", async () => {
    const wrong = await run(["deploy"], { env: { KEYTURN_SETTINGS: "package.json" } });
    expect(wrong.code).toBe(EXIT.usage);
    expect(wrong.stderr).toContain("must NOT have additional properties");
    const local = await run(["deploy", "--local"]);
    expect(local.code).toBe(EXIT.usage);
    expect(local.stderr).toContain("keyturn local");
  });
});
