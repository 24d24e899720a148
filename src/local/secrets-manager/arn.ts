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
interface Candidate {
  readonly name: string;
  readonly arn?: string;
}

/**
 * The secret that a name, a full ARN or a partial ARN may mean; none for an ARN of another region or account. What ends
 * in a hyphen and six characters is taken for a full ARN, so that no partial ARN finds a secret whose name ends so:
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html#ARN_secretnamehyphen
 */
export function candidate(place: Place, secretId: string): Candidate | undefined {
  if (!secretId.startsWith("arn:")) return { name: secretId };
  if (!secretId.startsWith(partialArn(place, ""))) return undefined;
  const { name, isFull } = nameIn(secretId);
  return isFull ? { name, arn: secretId } : { name };
}

/** The name in an ARN, wherever the secret is. */
export function nameIn(arn: string): { name: string; isFull: boolean } {
  const rest = arn.split(":").slice(6).join(":");
  const [, name] = /^(.+)-[A-Za-z0-9]{6}$/.exec(rest) ?? [];
  return name ? { name, isFull: true } : { name: rest, isFull: false };
}
