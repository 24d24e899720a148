import { machineOf } from "./ended.js";
import type { Settling } from "./ledger.js";

interface Unsettled {
  readonly secretArn: string;
  readonly executionArn: string;
  readonly previousVersionId?: string;
  readonly versionId?: string;
}

/** As a shell takes it for one word, whatever stands in it: others choose names and version ids. After `=`, because a word may begin with `--`. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** The commands that bring a secret to rest whose rotation needs a person, one case after the other. */
export function settlings({ secretArn, executionArn, previousVersionId, versionId }: Unsettled): Settling[] {
  const secret = shellWord(secretArn);
  const read = (id: string) =>
    `aws secretsmanager get-secret-value --secret-id=${secret} --version-id=${shellWord(id)} --query SecretString --output text`;
  const again =
    `aws stepfunctions start-execution --state-machine-arn=${shellWord(machineOf(executionArn))} ` +
    `--input=${shellWord(JSON.stringify({ secretId: secretArn }))}`;
  if (!previousVersionId || !versionId || previousVersionId === versionId)
    return [{ when: "What stopped it is mended.", run: [again] }];
  return [
    {
      when: "First, to find out which password the database takes: read both, and try each.",
      run: [read(previousVersionId), read(versionId)],
    },
    { when: `It takes the one of the version ${previousVersionId}, or what stopped it is mended.`, run: [again] },
    {
      when: `It takes the one of the version ${versionId}.`,
      run: [
        `aws secretsmanager update-secret-version-stage --secret-id=${secret} --version-stage AWSCURRENT ` +
          `--move-to-version-id=${shellWord(versionId)} --remove-from-version-id=${shellWord(previousVersionId)}`,
      ],
    },
    {
      when: `It takes neither. As an admin of the database, give the user the password of the version ${previousVersionId}, then:`,
      run: [again],
    },
  ];
}
