import { allow, type Statement, sub } from "./cloudformation.js";
import { functionName } from "./names.js";

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions */
const LOOK_AT_VPC = ["ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"];
const CHANGE_INTERFACES = [
  "ec2:DeleteNetworkInterface",
  "ec2:AssignPrivateIpAddresses",
  "ec2:UnassignPrivateIpAddresses",
];

/**
 * Lambda makes a function's network interfaces with the function's own role, and then does not say for which function it
 * calls; a call that the function's code makes carries its ARN.
 * https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html
 */
export function networkInterfaces(name: string): Statement[] {
  return [
    allow(LOOK_AT_VPC, "*"),
    allow(CHANGE_INTERFACES, sub("arn:#{AWS::Partition}:ec2:#{AWS::Region}:#{AWS::AccountId}:*/*")),
    // In a subnet that may be another account's, which shares it.
    allow("ec2:CreateNetworkInterface", sub("arn:#{AWS::Partition}:ec2:#{AWS::Region}:*:*/*")),
    {
      Effect: "Deny",
      Action: [...LOOK_AT_VPC, ...CHANGE_INTERFACES, "ec2:CreateNetworkInterface", "ec2:DetachNetworkInterface"],
      Resource: "*",
      Condition: {
        ArnEquals: {
          "lambda:SourceFunctionArn": sub(
            `arn:#{AWS::Partition}:lambda:#{AWS::Region}:#{AWS::AccountId}:function:${functionName(name)}`,
          ),
        },
      },
    },
  ];
}

/** The functions that log in to databases. */
export const IN_VPC: readonly string[] = ["CreateSecret", "SetSecret", "TestSecret", "RollBack", "RetireCredential"];
