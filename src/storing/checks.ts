import type { Traits } from "../engines/engine.js";
import { SUFFIX } from "../engines/logins.js";
import { KeyturnError, parseMessage } from "../errors.js";
import { settingsFrom } from "../rotation/settings.js";
import { parseSecret } from "../secrets/format.js";
import { contentOf } from "./content.js";
import type { Draft, Key, Mistake, Offered } from "./draft.js";
import { questions } from "./questions.js";
import { parseTag, tagsOf } from "./tags.js";
import { traitsOf, typeNamed } from "./types.js";

/** What is wrong with a draft, all of it, by the questions that it answers; none: it can be stored. */
export function mistakesIn(draft: Draft, offered: Offered): readonly Mistake[] {
  const type = mistakeIn("type", draft, offered);
  if (type) return [{ key: "type", message: type }];
  const asked = questions(draft, offered).map(({ key }) => key);
  const said = Object.keys(draft) as Key[];
  return [...asked, ...said.filter((key) => !asked.includes(key) && key !== "fields")].flatMap((key) => {
    const message = asked.includes(key) ? mistakeIn(key, draft, offered) : unasked(key, draft);
    return message ? [{ key, message }] : [];
  });
}

/** What is wrong with one answer, in the light of those before it; `undefined` for a good one. */
export function mistakeIn(key: Key, draft: Draft, offered: Offered): string | undefined {
  const question = questions(draft, offered).find((one) => one.key === key);
  const answer = draft[key];
  if (isEmpty(answer)) return !question || question.otherwise !== undefined ? undefined : NEEDED[key];
  const { options } = question ?? {};
  if (question?.kind === "choice" && key !== "kmsKey" && key !== "admin")
    if (!options?.some(({ value }) => value === answer))
      return `${JSON.stringify(answer)} is none of ${options?.map(({ value }) => value || "none").join(", ")}.`;
  return CHECKS[key]?.(draft, offered);
}

function isEmpty(answer: Draft[Key]): boolean {
  return answer === undefined || answer === "" || Object.keys(answer).length === 0;
}

function unasked(key: Key, draft: Draft): string | undefined {
  if (isEmpty(draft[key])) return undefined;
  if (key === "strategy" || key === "admin") return "That takes a schedule: what nothing rotates has none.";
  if (key === "adminFor") return "An admin secret is on no schedule of its own here. Leave one of the two out.";
  return "A secret of this type has none.";
}

const NEEDED: { readonly [K in Key]?: string } = {
  type: "Say what kind of secret it is.",
  host: "Say on which host the database is.",
  username: "Say what the user is called.",
  password: "Say the user's password.",
  name: "Give it a name.",
  fields: "Give it one name with a value at least.",
  admin: "Alternating users take an admin secret: say its ARN.",
};

type Check = (draft: Draft, offered: Offered) => string | undefined;

const CHECKS: { readonly [K in Key]?: Check } = {
  host: hostMistake,
  port: ({ port = "" }) => (/^\d+$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535 ? undefined : PORT),
  username: ({ type, username = "" }) =>
    tooLongName(type, username, (most) => `The user's name is too long: this database takes ${most}.`),
  strategy: ({ type, username = "", strategy }) =>
    strategy === "alternating-users" && !username.endsWith(SUFFIX)
      ? tooLongName(
          type,
          username + SUFFIX,
          (most) =>
            `The other of the two would be called ${username}${SUFFIX}, and this database takes ${most}. Take another strategy, or a user with a shorter name.`,
        )
      : undefined,
  name: ({ name = "" }) => nameMistake(name),
  description: ({ description = "" }) => longerThan(2048, description, "The description"),
  tags,
  kmsKey: ({ kmsKey = "" }) => (KMS_KEY.test(kmsKey) ? undefined : KEY),
  accounts,
  regions,
  admin: ({ admin = "" }) => (SECRET_ARN.test(admin) ? undefined : "Give the whole ARN of the admin secret."),
  fields: (draft) => tooLong(draft),
  password: (draft) => tooLong(draft),
  adminFor: ({ adminFor = [] }) =>
    adminFor.every((prefix) => /^[A-Za-z0-9/_+=.@-]+$/.test(prefix)) && adminFor.join(" ").length <= 256
      ? undefined
      : "Say what the names begin with, as in shop/; 256 characters in all.",
};

const PORT = "A port is a whole number from 1 to 65535.";

/** As KMS takes them: https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-id */
const KMS_KEY = /^(arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:)?(alias\/[A-Za-z0-9/_-]+|(key\/)?(mrk-)?[0-9a-f-]{32,36})$/;
const KEY = "A key is said by its ARN, its id, or its alias as in alias/shop.";
const SECRET_ARN = /^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:\d{12}:secret:[A-Za-z0-9/_+=.@!-]+$/;

/** By what Keyturn itself reads later. */
function hostMistake({ host = "" }: Draft): string | undefined {
  try {
    parseSecret(JSON.stringify({ engine: "any", host, username: "u", password: "p" }), "secret");
    return undefined;
  } catch (error) {
    return parseMessage((error as Error).message).text;
  }
}

/** By the engine's own limit. */
function tooLongName(type: string | undefined, name: string, message: (most: string) => string): string | undefined {
  const { max, unit } = (traitsOf(typeNamed(type)) as Traits).username;
  const length = unit === "bytes" ? Buffer.byteLength(name) : [...name].length;
  return length > max ? message(`${max} ${unit}`) : undefined;
}

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html#SecretsManager-CreateSecret-request-Name */
function nameMistake(name: string): string | undefined {
  if (!/^[A-Za-z0-9/_+=.@-]+$/.test(name)) return "A name has letters, digits and /_+=.@- only.";
  if (name.length > 512) return `The name has ${name.length} characters; AWS takes 512.`;
  return /-[A-Za-z0-9]{6}$/.test(name)
    ? "A name must not end with a hyphen and six characters: AWS puts such an end behind it, and would mistake one for the other."
    : undefined;
}

/** https://docs.aws.amazon.com/secretsmanager/latest/userguide/managing-secrets_tagging.html */
function tags(draft: Draft, offered: Offered): string | undefined {
  const pairs = (draft.tags ?? []).map(parseTag);
  for (const [key, value] of pairs) {
    if (!key) return "A tag is written as name=value.";
    if (/^aws:/i.test(key)) return `The tag ${key} is AWS's own: names that begin with aws: are taken.`;
    if (["keyturn:stage", "keyturn:schedule", "keyturn:strategy", "keyturn:admin"].includes(key))
      return `The tag ${key} comes of another answer. Leave it out here.`;
    if (![key, value].every((text) => /^[\p{L}\p{N}\p{Zs}_.:/=+\-@]*$/u.test(text)))
      return `The tag ${key} may have letters, digits, blanks and _.:/=+-@ only.`;
    const long = longerThan(128, key, "A tag's name") ?? longerThan(256, value, `The value of the tag ${key}`);
    if (long) return long;
  }
  const all = tagsOf(draft, offered);
  if (Object.keys(all).length > 50) return "A secret has 50 tags at most, Keyturn's own among them.";
  try {
    settingsFrom({ ...all, "keyturn:stage": offered.stage, "keyturn:schedule": "any" }, offered);
    return undefined;
  } catch (error) {
    if (error instanceof KeyturnError) return parseMessage(error.message).text;
    throw error;
  }
}

/**
 * The key that AWS manages is the account's alone.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples_cross.html
 */
function accounts({ accounts: others = [], kmsKey }: Draft): string | undefined {
  const wrong = others.find((account) => !/^\d{12}$/.test(account));
  if (wrong) return `${JSON.stringify(wrong)} is no account: one is said by its twelve digits.`;
  return kmsKey
    ? undefined
    : "Other accounts cannot use the key that AWS manages: encrypt the secret with one of your own.";
}

function regions({ regions: others = [] }: Draft, { region }: Offered): string | undefined {
  const names = others.map((text) => replicaOf(text).region);
  for (const name of names) {
    if (!/^[a-z]{2}(-[a-z]+)+-\d+$/.test(name))
      return `${JSON.stringify(name)} is no region; one is written as eu-west-1.`;
    if (name === region) return `The secret is in ${region} itself.`;
    if (names.indexOf(name) !== names.lastIndexOf(name)) return `${name} is said twice.`;
  }
  const key = others.map((text) => replicaOf(text).kmsKey).find((one) => one !== undefined && !KMS_KEY.test(one));
  return key === undefined ? undefined : KEY;
}

/** `eu-west-1=alias/shop` */
export function replicaOf(text: string): { readonly region: string; readonly kmsKey?: string } {
  const [region = "", ...key] = text.split("=");
  return key.length > 0 ? { region, kmsKey: key.join("=") } : { region };
}

/** https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html */
function tooLong(draft: Draft): string | undefined {
  const bytes = Buffer.byteLength(JSON.stringify(contentOf(draft)));
  return bytes > 65_536 ? `The secret would have ${bytes} bytes; AWS takes 65536.` : undefined;
}

function longerThan(most: number, text: string, what: string): string | undefined {
  return text.length > most ? `${what} has ${text.length} characters; AWS takes ${most}.` : undefined;
}
