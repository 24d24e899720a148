import { replicaOf } from "./checks.js";
import { contentOf } from "./content.js";
import type { Draft, Offered } from "./draft.js";
import { resourcePolicy } from "./policy.js";
import { tagsOf } from "./tags.js";

/** What is asked of Secrets Manager, in this order; each in the shape of its API. */
export interface Requests {
  readonly create: {
    readonly Name: string;
    /** The same when it is sent again, so that it makes nothing twice. */
    readonly ClientRequestToken: string;
    readonly SecretString: string;
    readonly Description?: string;
    readonly KmsKeyId?: string;
    readonly Tags: ReadonlyArray<{ readonly Key: string; readonly Value: string }>;
  };
  /** To be validated before anything is created, and put on the secret then. */
  readonly policy?: { readonly ResourcePolicy: string; readonly BlockPublicPolicy: true };
  readonly replicas?: {
    readonly AddReplicaRegions: ReadonlyArray<{ readonly Region: string; readonly KmsKeyId?: string }>;
  };
}

/** Of a draft without mistakes. `token`: a UUID. */
export function requestsFor(draft: Draft, offered: Offered, token: string): Requests {
  const { name = "", description, kmsKey, accounts = [], regions = [] } = draft;
  const replicas = regions.map(replicaOf);
  return {
    create: {
      Name: name,
      ClientRequestToken: token,
      SecretString: JSON.stringify(contentOf(draft)),
      ...(description ? { Description: description } : {}),
      ...(kmsKey ? { KmsKeyId: kmsKey } : {}),
      Tags: Object.entries(tagsOf(draft, offered)).map(([Key, Value]) => ({ Key, Value })),
    },
    ...(accounts.length > 0
      ? { policy: { ResourcePolicy: resourcePolicy(accounts, offered.region), BlockPublicPolicy: true as const } }
      : {}),
    ...(replicas.length > 0
      ? {
          replicas: {
            AddReplicaRegions: replicas.map(({ region, kmsKey: key }) => ({
              Region: region,
              ...(key ? { KmsKeyId: key } : {}),
            })),
          },
        }
      : {}),
  };
}
