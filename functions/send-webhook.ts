import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { rootCertificates } from "node:tls";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SFNClient } from "@aws-sdk/client-sfn";
import { onRecord } from "../src/aws/on-record.js";
import { signingKeys } from "../src/aws/signing-keys.js";
import { tableName, webhook } from "../src/lambda/environment.js";
import { handler as wrap } from "../src/lambda/handler.js";
import { log } from "../src/lambda/log.js";
import { identifiersOf } from "../src/messages/heard.js";
import { hookOf } from "../src/messages/hook.js";
import { tellPeople } from "../src/messages/tell.js";
import { post } from "../src/webhook/post.js";
import { signed } from "../src/webhook/sign.js";

const found = onRecord({ dynamodb: new DynamoDBClient({}), states: new SFNClient({}) }, tableName());
const { url, key } = webhook();
const keys = signingKeys(new SecretsManagerClient({}), key);
const caFile = process.env.KEYTURN_CA_FILE;
const ca = caFile ? [...rootCertificates, readFileSync(caFile, "utf8")] : undefined;

/** Invoked by the rule for announcements, as tell-people is: sends what is on record of the one that it is given, signed. */
export const handler = wrap(
  async (event: unknown) => {
    const told = await tellPeople(
      found,
      async (one, type) => {
        const body = JSON.stringify(hookOf(one, type));
        await post({ url, headers: { ...signed(idOf(event), new Date(), body, await keys()) }, body, ca });
      },
      event,
    );
    if (told.reason === "NotOurs" || told.reason === "NotOnRecord") log.odd({ reason: told.reason });
    return told;
  },
  (event) => ({ phase: "send-webhook", ...identifiersOf(event) }),
);

/** The event's own, which is the same however often it is delivered; of one without, one that its words make. */
function idOf(event: unknown): string {
  const { id } = event as { id?: unknown };
  if (typeof id === "string" && /^[A-Za-z0-9-]{1,64}$/.test(id)) return `msg_${id}`;
  return `msg_${createHash("sha256").update(JSON.stringify(event)).digest("hex")}`;
}
