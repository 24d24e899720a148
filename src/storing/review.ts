import { contentOf } from "./content.js";
import type { Draft, Offered } from "./draft.js";
import { tagsOf } from "./tags.js";
import { typeNamed } from "./types.js";

/** What a person looks at before it is stored. */
export interface Review {
  readonly sections: readonly Section[];
  /** What is to be known besides, or to be done elsewhere. */
  readonly notes: readonly string[];
}

export interface Section {
  readonly title: string;
  readonly rows: ReadonlyArray<readonly [label: string, value: string]>;
}

/** In place of what is secret: says nothing of its length. */
export const MASK = "••••••••";

/** Of a draft without mistakes. No value of the secret is in it but what says where the database is and who logs in. */
export function reviewOf(draft: Draft, offered: Offered): Review {
  const { name = "", description, kmsKey, accounts = [], regions = [], schedule } = draft;
  const sharing = [
    ...(accounts.length > 0 ? [["accounts that may read it", accounts.join(", ")] as const] : []),
    ...(regions.length > 0 ? [["replicated to", regions.join(", ")] as const] : []),
  ];
  return {
    sections: [
      {
        title: "The secret",
        rows: [
          ["name", name],
          ...(description ? [["description", description] as const] : []),
          ["region", offered.region],
          ["key", kmsKey || "aws/secretsmanager, which AWS manages"],
          ...Object.entries(tagsOf(draft, offered)).map(([key, value]) => [`tag ${key}`, value] as const),
        ],
      },
      { title: "What it holds", rows: valueRows(draft) },
      ...(sharing.length > 0 ? [{ title: "Who else has it", rows: sharing }] : []),
      { title: "Rotation", rows: rotationRows(draft) },
    ],
    notes: [
      ...(accounts.length > 0
        ? [
            `The policy of the key ${kmsKey} must let these accounts use it (kms:Decrypt, kms:DescribeKey), and their own policies must let their users read the secret.`,
          ]
        : []),
      ...(regions.some((region) => !region.includes("=")) && kmsKey
        ? ["Replicas without a key of their region are encrypted with the one that AWS manages there."]
        : []),
      ...(draft.tls === "no" ? ["Without TLS whoever is on the way to the database reads the password."] : []),
      ...(schedule ? [] : ["Nothing will rotate it."]),
    ],
  };
}

const SHOWN = ["engine", "host", "port", "dbname", "username", "ssl", "masterarn"];

/** Of a database, where it is and who logs in; of anything else the names alone. */
function valueRows(draft: Draft): Section["rows"] {
  const isDatabase = typeNamed(draft.type)?.engine !== undefined;
  return Object.entries(contentOf(draft)).map(([key, value]) => [
    key,
    isDatabase && SHOWN.includes(key) ? String(value) : MASK,
  ]);
}

function rotationRows({ schedule, strategy, admin, adminFor = [] }: Draft): Section["rows"] {
  if (!schedule)
    return [
      ["schedule", "none"],
      ...(adminFor.length > 0
        ? [["admin of secrets called", adminFor.map((one) => `${one}…`).join(" ")] as const]
        : []),
    ];
  return [
    ["schedule", schedule],
    ["strategy", strategy || (admin ? "alternating-users" : "single-user")],
  ];
}
