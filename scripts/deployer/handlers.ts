import handlers from "./handlers.json" with { type: "json" };

const VERBS = ["create", "read", "update", "delete", "list"] as const;

type Handlers = Readonly<Record<(typeof VERBS)[number], readonly string[]>>;

/**
 * What CloudFormation's handlers of a type call with the deployer's rights, from the type's schema, which
 * `aws cloudformation describe-type --type RESOURCE --type-name AWS::… --query Schema` prints. No package has these lists
 * of every type, so handlers.json has them: of two copies of the schemas (pulumi-aws-native and PyPI's localstack-core
 * 2026.3.0) whatever either has; the dashboard's of terraform-provider-awscc's copy. Where `published` is false the schema says nothing, and the operations of the service's API
 * stand there. https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html
 */
const HANDLERS: Readonly<Record<string, Handlers & { readonly published: boolean }>> = handlers;

/** What a handler calls only for the sake of a property, by type. The beginning of a name stands with `*`. */
export const FOR_PROPERTY: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  "AWS::DynamoDB::Table": {
    ContributorInsightsSpecification: ["dynamodb:UpdateContributorInsights"],
    ImportSourceSpecification: ["dynamodb:DescribeImport", "dynamodb:ImportTable", "logs:*", "s3:*"],
    KinesisStreamSpecification: [
      ...["dynamodb:EnableKinesis*", "dynamodb:DisableKinesis*", "kinesis:*"],
      "iam:CreateServiceLinkedRole",
    ],
    TimeToLiveSpecification: ["dynamodb:UpdateTimeToLive"],
  },
  "AWS::IAM::Role": {
    ManagedPolicyArns: ["iam:AttachRolePolicy"],
    PermissionsBoundary: ["iam:PutRolePermissionsBoundary", "iam:DeleteRolePermissionsBoundary"],
  },
  "AWS::Lambda::Function": {
    CapacityProviderConfig: ["lambda:PassCapacityProvider"],
    CodeSigningConfigArn: [
      ...["lambda:PutFunctionCodeSigningConfig", "lambda:DeleteFunctionCodeSigningConfig"],
      "lambda:GetCodeSigningConfig",
    ],
    FileSystemConfigs: ["elasticfilesystem:*"],
    FunctionScalingConfig: ["lambda:PutFunctionScalingConfig"],
    KmsKeyArn: ["kms:*"],
    Layers: ["lambda:GetLayerVersion"],
    PublishToLatestPublished: ["lambda:PublishVersion"],
    RecursiveLoop: ["lambda:PutFunctionRecursionConfig"],
    ReservedConcurrentExecutions: ["lambda:PutFunctionConcurrency", "lambda:DeleteFunctionConcurrency"],
    RuntimeManagementConfig: ["lambda:PutRuntimeManagementConfig"],
    VpcConfig: ["ec2:*"],
  },
  "AWS::Logs::LogGroup": {
    DataProtectionPolicy: ["logs:PutDataProtectionPolicy", "logs:CreateLogDelivery", "s3:*", "firehose:*"],
    ResourcePolicyDocument: ["logs:PutResourcePolicy", "logs:DescribeResourcePolicies"],
  },
  "AWS::S3::Bucket": {
    AbacStatus: ["s3:PutBucketAbac"],
    AccelerateConfiguration: ["s3:PutAccelerateConfiguration"],
    AccessControl: ["s3:PutBucketAcl", "s3:PutObjectAcl"],
    AnalyticsConfigurations: ["s3:PutAnalyticsConfiguration"],
    CorsConfiguration: ["s3:PutBucketCORS"],
    IntelligentTieringConfigurations: ["s3:PutIntelligentTieringConfiguration"],
    InventoryConfigurations: ["s3:PutInventoryConfiguration"],
    LifecycleConfiguration: ["s3:PutLifecycleConfiguration"],
    LoggingConfiguration: ["s3:PutBucketLogging"],
    MetadataConfiguration: [
      "s3tables:*",
      "s3:CreateBucketMetadata*",
      "s3:UpdateBucketMetadata*",
      "s3:DeleteBucketMeta*",
    ],
    MetricsConfigurations: ["s3:PutMetricsConfiguration"],
    NotificationConfiguration: ["s3:PutBucketNotification"],
    ObjectLockConfiguration: ["s3:PutBucketObjectLockConfiguration"],
    OwnershipControls: ["s3:PutBucketOwnershipControls"],
    PublicAccessBlockConfiguration: ["s3:PutBucketPublicAccessBlock"],
    ReplicationConfiguration: ["s3:PutReplicationConfiguration", "iam:PassRole"],
    VersioningConfiguration: ["s3:PutBucketVersioning"],
    WebsiteConfiguration: ["s3:PutBucketWebsite", "s3:DeleteBucketWebsite"],
  },
  "AWS::SNS::Topic": {
    DataProtectionPolicy: ["sns:PutDataProtectionPolicy"],
    DeliveryStatusLogging: ["iam:*"],
    Subscription: ["sns:Subscribe", "sns:Unsubscribe"],
  },
  "AWS::StepFunctions::StateMachine": {
    DefinitionS3Location: ["s3:*"],
    EncryptionConfiguration: ["kms:*"],
  },
};

/**
 * What the type's handlers need where its resources have these properties. Throws for a type that handlers.json lacks: the
 * policy would be without what that type needs. Names that are no actions of IAM's are among them; the schemas have some.
 */
export function handlerActions(type: string, properties: ReadonlySet<string>): string[] {
  const handlers = HANDLERS[type];
  if (!handlers) throw new Error(`scripts/deployer/handlers.json has no ${type}: take its handlers from its schema.`);
  const conditions = Object.entries(FOR_PROPERTY[type] ?? {});
  // What reads and deletes looks at the whole resource; what makes and changes it, at what is to be.
  const isNeeded = (verb: string, action: string) => {
    const forThese = conditions.filter(([, actions]) => actions.some((pattern) => begins(action, pattern)));
    return (
      !["create", "update"].includes(verb) ||
      forThese.length === 0 ||
      forThese.some(([property]) => properties.has(property))
    );
  };
  return [...new Set(VERBS.flatMap((verb) => handlers[verb].filter((action) => isNeeded(verb, action))))];
}

function begins(action: string, pattern: string): boolean {
  return pattern.endsWith("*") ? action.startsWith(pattern.slice(0, -1)) : action === pattern;
}
