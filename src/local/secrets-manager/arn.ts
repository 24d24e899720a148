import { randomInt } from "node:crypto";
import type { Surroundings } from "../service.js";

type Place = Pick<Surroundings, "region" | "accountId">;

const SUFFIX_CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const SUFFIX_LENGTH = 6;

/** A full ARN: AWS adds a hyphen and six random characters, so that a secret made anew is not the one before. */
export function newArn(place: Place, name: string): string {
  const suffix = Array.from({ length: SUFFIX_LENGTH }, () => SUFFIX_CHARACTERS[randomInt(SUFFIX_CHARACTERS.length)]);
  return `${partialArn(place, name)}-${suffix.join("")}`;
}

export function partialArn({ region, accountId }: Place, name: string): string {
  return `arn:aws:secretsmanager:${region}:${accountId}:secret:${name}`;
}

/** A secret that a SecretId may mean; with `arn`, only if that is its ARN. */
export interface Candidate {
  readonly name: string;
  readonly arn?: string;
}

/**
 * The secrets that a name, a full ARN or a partial ARN may mean, the likeliest first. A name that ends in a hyphen and
 * six characters looks like a full ARN's end:
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html#ARN_secretnamehyphen
 */
export function candidates(place: Place, secretId: string): Candidate[] {
  if (!secretId.startsWith("arn:")) return [{ name: secretId }];
  const prefix = partialArn(place, "");
  if (!secretId.startsWith(prefix)) return [];
  const rest = secretId.slice(prefix.length);
  const full = /^(.+)-[A-Za-z0-9]{6}$/.exec(rest);
  return full?.[1] ? [{ name: full[1], arn: secretId }, { name: rest }] : [{ name: rest }];
}
