import { describe, expect, it } from "vitest";
import { fromAws } from "../../src/aws/errors.js";

const refused = (name: string, message: string, httpStatusCode = 400) =>
  Object.assign(new Error(message), { name, $metadata: { httpStatusCode } });
const table = { DecryptionFailure: ["AccessDeniedError", "KeyUnusable", "its key cannot be used."] } as const;

describe("an error of AWS's", () => {
  it("that is KMS's throttling is tried again, under whatever name Secrets Manager passes it on", () => {
    const said =
      "You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls. (Service: AWSKMS; " +
      "Status Code: 400; Error Code: ThrottlingException)";
    for (const name of ["ThrottlingException", "DecryptionFailure", "AccessDeniedException", "KMSThrottlingException"])
      expect(fromAws(refused(name, said), "Reading", table)).toMatchObject({
        name: "ThrottledError",
        code: "Throttled",
      });
    expect(fromAws(refused("DecryptionFailure", "The key is disabled."), "Reading", table)).toMatchObject({
      name: "AccessDeniedError",
      code: "KeyUnusable",
    });
  });
});
