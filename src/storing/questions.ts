import type { Draft, Key, Offered, Option } from "./draft.js";
import { TYPES, traitsOf, typeNamed } from "./types.js";

export interface Question {
  readonly key: Key;
  /**
   * `text`, a line; `password`, a line that is not shown; `choice`, one of `options`; `list`, lines or words; `fields`, names
   * with values that are not shown.
   */
  readonly kind: "text" | "password" | "choice" | "list" | "fields";
  readonly ask: string;
  /** What helps to answer it. */
  readonly hint?: string;
  /** What no answer means; absent where there must be one. */
  readonly otherwise?: string;
  readonly options?: readonly Option[];
  /** Few secrets need an answer: what it is about, for a list of such questions. */
  readonly aside?: string;
}

/**
 * The questions about a secret, in the order of AWS's own walk; which there are goes by what was answered before, so they are
 * asked for again after each answer.
 */
export function questions(draft: Draft, offered: Offered): readonly Question[] {
  const traits = traitsOf(typeNamed(draft.type));
  return [
    { key: "type", kind: "choice", ask: "What kind of secret is it?", options: TYPES.map(typeOption) },
    ...(traits ? ofDatabase(traits.defaultPort, traits.defaultDatabase) : draft.type ? [FIELDS] : []),
    ...ABOUT,
    ...keyQuestion(offered),
    ...SHARING,
    ...(traits ? ofRotation(draft, offered) : []),
  ];
}

const typeOption = ({ name, label }: (typeof TYPES)[number]): Option => ({ value: name, label });

const FIELDS: Question = { key: "fields", kind: "fields", ask: "What does it hold?", hint: "names and values" };

function ofDatabase(port: number, database: string | undefined): Question[] {
  return [
    { key: "host", kind: "text", ask: "On which host is the database?", hint: "its name or address, without a port" },
    { key: "port", kind: "text", ask: "On which port?", otherwise: String(port) },
    {
      ...{ key: "database", kind: "text", ask: "In which database does the user log in?" },
      otherwise: database ?? "the server's own choice",
    },
    { key: "username", kind: "text", ask: "What is the user called?" },
    { key: "password", kind: "password", ask: "And the password?", hint: "the one that is valid in the database now" },
    {
      ...{ key: "tls", kind: "choice", ask: "Is the connection encrypted?", otherwise: "yes" },
      options: [
        { value: "yes", label: "Yes, by TLS", hint: "the server's certificate is verified" },
        { value: "no", label: "No", hint: "whoever is on the way reads all of it" },
      ],
    },
  ];
}

const ABOUT: readonly Question[] = [
  { key: "name", kind: "text", ask: "What is the secret to be called?", hint: "as in shop/orders" },
  { key: "description", kind: "text", ask: "What is it for?", otherwise: "no description", aside: "a description" },
  {
    ...{ key: "tags", kind: "list", ask: "Which tags does it get?", otherwise: "none", aside: "tags" },
    hint: "as in team=payments, owner=Anna Smith",
  },
];

const AWS_KEY: Option = { value: "", label: "The one that AWS manages", hint: "aws/secretsmanager; costs nothing" };

function keyQuestion({ keys }: Offered): Question[] {
  const question = {
    key: "kmsKey",
    ask: "With which key is it encrypted?",
    otherwise: "the one that AWS manages",
    aside: "a key of one's own",
  } as const;
  if (keys && keys.length > 0) return [{ ...question, kind: "choice", options: [AWS_KEY, ...keys] }];
  return [{ ...question, kind: "text", hint: "ARN, id or alias of a KMS key" }];
}

const SHARING: readonly Question[] = [
  {
    ...{ key: "accounts", kind: "list", ask: "Which other accounts may read it?", otherwise: "none" },
    aside: "access for other accounts",
    hint: "their twelve digits",
  },
  {
    ...{ key: "regions", kind: "list", ask: "To which other regions is it replicated?", otherwise: "none" },
    aside: "copies in other regions",
    hint: "as in eu-west-1, or eu-west-1=alias/key",
  },
];

function ofRotation(draft: Draft, offered: Offered): Question[] {
  const schedule: Question = {
    ...{ key: "schedule", kind: "choice", ask: "On which schedule is it rotated?", otherwise: "none" },
    options: [
      ...offered.schedules.map((name) => ({ value: name, label: name })),
      { value: "", label: "None", hint: "nothing rotates it" },
    ],
  };
  const adminFor: Question = {
    ...{ key: "adminFor", kind: "list", ask: "Which secrets may name it as their admin?", otherwise: "none" },
    aside: "that other secrets may name it as their admin",
    hint: "what their names begin with, as in shop/",
  };
  if (!draft.schedule) return [schedule, adminFor];
  return [schedule, strategyQuestion(draft), ...(mayHaveAdmin(draft) ? [adminQuestion(draft, offered)] : [])];
}

/** How the strategies differ for whoever chooses one: docs/architecture.md. */
function strategyQuestion({ type }: Draft): Question {
  const dual: Option = {
    value: "dual-password",
    label: "Dual password",
    hint: "one user, whose old password stays valid",
  };
  return {
    ...{ key: "strategy", kind: "choice", ask: "How is it rotated?", otherwise: "single-user" },
    options: [
      { value: "single-user", label: "Single user", hint: "the user's own password changes" },
      ...(traitsOf(typeNamed(type))?.dualPassword ? [dual] : []),
      { value: "alternating-users", label: "Alternating users", hint: "two users take turns; needs an admin secret" },
    ],
  };
}

function mayHaveAdmin({ strategy, admin }: Draft): boolean {
  return strategy === "alternating-users" || admin !== undefined;
}

function adminQuestion({ strategy }: Draft, { admins }: Offered): Question {
  const question: Omit<Question, "kind"> = {
    ...{ key: "admin", ask: "Which secret has the admin's credential?" },
    ...(strategy === "alternating-users" ? {} : { otherwise: "none" }),
  };
  if (admins && admins.length > 0) return { ...question, kind: "choice", options: admins };
  return { ...question, kind: "text", hint: "its ARN; the admin secret is stored first, and offered for this one" };
}
