import { blob, checked, integer, list, needed, structure, text } from "./input.js";
import { checkName } from "./names.js";

// The members that several operations share, with their limits:
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_Types.html

const nameOrArn = text({ min: 1, max: 2048 });
export const secretId = checked(nameOrArn, (id) => {
  if (!id.startsWith("arn:")) checkName(id);
});
/** For operations on several secrets, which tell of each that cannot be found. */
export const secretIds = (most: number) => list(nameOrArn, { min: 1, max: most });
export const versionId = text({ min: 32, max: 64 });
export const label = text({ min: 1, max: 256 });
export const labels = list(label, { min: 1, max: 20 });
export const description = text({ max: 2048 });
export const kmsKeyId = text({ max: 2048 });
export const secretString = text({ min: 1, max: 65_536, unit: "bytes" });
export const secretBinary = blob({ min: 1, max: 65_536 });
export const nextToken = text({ min: 1, max: 4096 });
export const policy = text({ min: 1, max: 20_480 });
export const region = text({ min: 1, max: 128, pattern: /^([a-z]+-)+\d+$/ });

export const tagKey = text({ min: 1, max: 128 });
export const tags = list(structure({ Key: needed(tagKey), Value: needed(text({ max: 256 })) }));

export const replicas = list(structure({ Region: needed(region), KmsKeyId: kmsKeyId }), { min: 1 });

/** `most` is what the operation allows on a page. */
export function maxResults(most: number) {
  return integer({ min: 1, max: most });
}
