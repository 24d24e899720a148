import { readFileSync } from "node:fs";
import { describe, expect, inject, it } from "vitest";

interface Template {
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties: Record<string, unknown> }>>;
}

const { Resources } = JSON.parse(readFileSync(inject("template"), "utf8")) as Template;
const ofType = (type: string) => Object.entries(Resources).filter(([, { Type }]) => Type === type);
/** The states that put events on a bus, by their machine's logical id. */
const announcing = ofType("AWS::StepFunctions::StateMachine").filter(([, { Properties }]) =>
  JSON.stringify(Properties.Definition).includes("events:putEvents"),
);

describe("the bus of announcements", () => {
  it("takes events of Keyturn's own machines, and of nobody else whatever his policies say", () => {
    const roles = announcing.map(([, { Properties }]) => Properties.RoleArn);
    expect(roles.length).toBeGreaterThan(3);
    expect(Resources.OnlyKeyturnAnnounces?.Properties).toEqual({
      EventBusName: { Ref: "Bus" },
      StatementId: "OnlyKeyturnAnnounces",
      Statement: {
        Effect: "Deny",
        Principal: "*",
        Action: "events:PutEvents",
        Resource: { "Fn::GetAtt": ["Bus", "Arn"] },
        Condition: { ArnNotEquals: { "aws:PrincipalArn": expect.toSatisfy(sameAs(roles)) } },
      },
    });
  });

  it("is not where requests are heard", () => {
    const heard = ofType("AWS::Events::Rule").filter(([, { Properties }]) =>
      JSON.stringify(Properties.EventPattern).includes("Rotation Requested"),
    );
    expect(heard.map(([, { Properties }]) => Properties.EventBusName)).toEqual([{ Ref: "Requests" }]);
    const onRequests = ofType("AWS::Events::Rule").filter(
      ([, { Properties }]) => JSON.stringify(Properties.EventBusName) === JSON.stringify({ Ref: "Requests" }),
    );
    expect(onRequests).toHaveLength(1);
  });
});

describe("a rule", () => {
  it.each(["ExecutionEndedRule", "RetirementCutOffRule", "OldCredentialLeftRule"])(
    "%s passes on which execution it is about, and nothing that an input or an event says",
    (id) => {
      const targets = (Resources[id]?.Properties.Targets ?? []) as Array<{
        InputTransformer: { InputPathsMap: Record<string, string> };
      }>;
      const passed = targets.flatMap(({ InputTransformer }) => Object.values(InputTransformer.InputPathsMap));
      expect(passed).toContain("$.detail.executionArn");
      expect(passed.filter((path) => !["$.detail.executionArn", "$.detail.secretArn"].includes(path))).toEqual([]);
    },
  );
});

const sameAs = (wanted: readonly unknown[]) => (value: unknown) => {
  const texts = (list: readonly unknown[]) => list.map((one) => JSON.stringify(one)).sort();
  return JSON.stringify(texts(value as unknown[])) === JSON.stringify(texts(wanted));
};
