"""Calls every operation that the embedded cloud has, with what a user could send, and with what it has to refuse."""

import json

SECRET = "prove/one"
MISSING = "prove/none"
REGION = "eu-central-1"


def arn(service, rest):
    return f"arn:aws:{service}:{REGION}:000000000000:{rest}"


def secretsmanager(call, place):
    secret = {"SecretId": SECRET}
    call("CreateSecret", Name=SECRET, SecretString="a", Description="d", Tags=[{"Key": "a", "Value": "b"}])
    call("CreateSecret", Name=SECRET, SecretString="b")
    call("CreateSecret", Name="prove/binary", SecretBinary=b"a")
    first = call("DescribeSecret", **secret)["VersionIdsToStages"]
    call("GetSecretValue", **secret)
    call("GetSecretValue", SecretId="prove/binary")
    call("BatchGetSecretValue", SecretIdList=[SECRET, MISSING])
    call("BatchGetSecretValue", Filters=[{"Key": "name", "Values": ["prove/"]}], MaxResults=1)
    call("ListSecrets", MaxResults=1)
    second = call("PutSecretValue", **secret, SecretString="b", VersionStages=["AWSPENDING"])["VersionId"]
    current = {"VersionStage": "AWSCURRENT", "RemoveFromVersionId": next(iter(first)), "MoveToVersionId": second}
    call("UpdateSecretVersionStage", **secret, **current)
    call("UpdateSecretVersionStage", **secret, **current)
    call("ListSecretVersionIds", **secret, MaxResults=1)
    call("ListSecretVersionIds", **secret, IncludeDeprecated=True)
    call("UpdateSecret", **secret, SecretString="c")
    call("GetRandomPassword", PasswordLength=20)
    nothing = ["ExcludeLowercase", "ExcludeUppercase", "ExcludeNumbers", "ExcludePunctuation"]
    call("GetRandomPassword", PasswordLength=4, **dict.fromkeys(nothing, True))
    call("TagResource", **secret, Tags=[{"Key": "c", "Value": "d"}])
    call("TagResource", **secret, Tags=[{"Key": "aws:c", "Value": "d"}])
    call("UntagResource", **secret, TagKeys=["c"])
    statement = {"Effect": "Deny", "Principal": "*", "Action": "secretsmanager:DeleteSecret", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    for text in (policy, "no JSON"):
        call("ValidateResourcePolicy", ResourcePolicy=text)
        call("PutResourcePolicy", **secret, ResourcePolicy=text)
    call("GetResourcePolicy", **secret)
    call("DeleteResourcePolicy", **secret)
    call("ReplicateSecretToRegions", **secret, AddReplicaRegions=[{"Region": "us-east-1"}])
    call("ReplicateSecretToRegions", **secret, AddReplicaRegions=[{"Region": REGION}])
    call("DescribeSecret", **secret)
    call("ListSecrets")
    call("RemoveRegionsFromReplication", **secret, RemoveReplicaRegions=["us-east-1"])
    call("RotateSecret", **secret)
    rules = {"RotationRules": {"AutomaticallyAfterDays": 30}, "RotateImmediately": False}
    call("RotateSecret", **secret, **rules, RotationLambdaARN=place["function"])
    call("DescribeSecret", **secret)
    call("CancelRotateSecret", **secret)
    call("DeleteSecret", **secret, RecoveryWindowInDays=7)
    call("GetSecretValue", **secret)
    call("DescribeSecret", **secret)
    call("RestoreSecret", **secret)
    call("DeleteSecret", **secret, ForceDeleteWithoutRecovery=True)
    call("DeleteSecret", **secret, ForceDeleteWithoutRecovery=True, RecoveryWindowInDays=7)
    not_there = {"SecretId": MISSING}
    for operation, more in {
        **dict.fromkeys(["CancelRotateSecret", "DeleteResourcePolicy", "DeleteSecret", "DescribeSecret"], {}),
        **dict.fromkeys(["GetResourcePolicy", "GetSecretValue", "ListSecretVersionIds", "RestoreSecret"], {}),
        **dict.fromkeys(["PutSecretValue", "UpdateSecret"], {"SecretString": "a"}),
        "RotateSecret": {},
        "PutResourcePolicy": {"ResourcePolicy": policy},
        "RemoveRegionsFromReplication": {"RemoveReplicaRegions": ["us-east-1"]},
        "ReplicateSecretToRegions": {"AddReplicaRegions": [{"Region": "us-east-1"}]},
        "TagResource": {"Tags": [{"Key": "a", "Value": "b"}]},
        "UntagResource": {"TagKeys": ["a"]},
        "UpdateSecretVersionStage": {"VersionStage": "a"},
        "ValidateResourcePolicy": {"ResourcePolicy": policy},
    }.items():
        call(operation, **not_there, **more)
    for operation in ("BatchGetSecretValue", "ListSecrets"):
        call(operation, NextToken="none")


def states(call, place):
    machine = {"stateMachineArn": place["machine"]}
    started = call("StartExecution", **machine, name="one", input="{}")["executionArn"]
    call("StartExecution", **machine, name="one", input='{"a":1}')
    call("StartExecution", **machine, name="two words", input="{}")
    call("StartExecution", **machine, input="no JSON")
    execution = {"executionArn": started}
    for _ in range(2):
        call("DescribeExecution", **execution)
        call("GetExecutionHistory", **execution, maxResults=3)
        call("GetExecutionHistory", **execution, reverseOrder=True)
        call("GetExecutionHistory", **execution, includeExecutionData=False)
        call("DescribeStateMachineForExecution", **execution)
        call("ListExecutions", **machine)
        call("StopExecution", **execution, error="Stopped", cause="by the proof")
    call("ListExecutions", **machine, statusFilter="ABORTED", maxResults=1)
    call("ListStateMachines")
    call("DescribeStateMachine", **machine)
    gone = arn("states", "stateMachine:none")
    for operation in ("StartExecution", "ListExecutions", "DescribeStateMachine"):
        call(operation, stateMachineArn=gone)
    for operation in ("DescribeExecution", "DescribeStateMachineForExecution", "GetExecutionHistory", "StopExecution"):
        call(operation, executionArn=arn("states", "execution:none:none"))


def events(call, place):
    good = {"Source": "prove", "DetailType": "One", "Detail": "{}", "EventBusName": place["bus"]}
    call("PutEvents", Entries=[good, {**good, "Detail": "no JSON"}, {**good, "Source": "aws.prove"}])
    call("PutEvents", Entries=[good] * 11)
    call("ListEventBuses")
    rule = call("ListRules", EventBusName=place["bus"])["Rules"][0]["Name"]
    call("ListTargetsByRule", Rule=rule, EventBusName=place["bus"])
    call("ListTargetsByRule", Rule="none", EventBusName=place["bus"])
    call("ListRules", EventBusName="none")
    event = {"id": "1", "detail-type": "One", "source": "a", "account": "1", "time": "2026-11-28T00:00:00Z"}
    event = {**event, "region": REGION, "resources": [], "detail": {}}
    call("TestEventPattern", EventPattern='{"source":["a"]}', Event=json.dumps(event))
    call("TestEventPattern", EventPattern="no JSON", Event=json.dumps(event))
    call("TestEventPattern", EventPattern='{"source":"a"}', Event=json.dumps(event))


def scheduler(call, place):
    target = {"Arn": place["machine"], "RoleArn": place["role"], "Input": "{}"}
    schedule = {"ScheduleExpression": "rate(1 day)", "FlexibleTimeWindow": {"Mode": "OFF"}, "Target": target}
    named = {"Name": "prove-one"}
    call("CreateSchedule", **named, **schedule)
    call("CreateSchedule", **named, **schedule)
    call("CreateSchedule", Name="prove-two", **{**schedule, "ScheduleExpression": "now and then"})
    call("GetSchedule", **named)
    call("GetSchedule", Name=place["schedule"], GroupName=place["group"])
    call("UpdateSchedule", **named, **schedule, State="DISABLED", Description="d")
    call("ListSchedules")
    call("ListSchedules", GroupName=place["group"])
    call("DeleteSchedule", **named)
    for operation in ("GetSchedule", "DeleteSchedule"):
        call(operation, **named)
    call("UpdateSchedule", **named, **schedule)


def sns(call, place):
    call("Publish", TopicArn=place["topic"], Message="a", Subject="b")
    call("Publish", TopicArn=place["topic"], Message="a", Subject="\n")
    call("Publish", TopicArn=arn("sns", "none"), Message="a")
    call("ListTopics")
    call("ListSubscriptions")
    for topic in (place["topic"], arn("sns", "none")):
        call("ListSubscriptionsByTopic", TopicArn=topic)


def sqs(call, place):
    call("ListQueues")
    name = place["queue"].rsplit("/", 1)[-1]
    url = {"QueueUrl": call("GetQueueUrl", QueueName=name)["QueueUrl"]}
    call("GetQueueAttributes", **url, AttributeNames=["All"])
    call("SendMessage", **url, MessageBody="a")
    received = call("ReceiveMessage", **url)["Messages"][0]
    call("DeleteMessage", **url, ReceiptHandle=received["ReceiptHandle"])
    call("ReceiveMessage", **url)
    none = {"QueueUrl": url["QueueUrl"].replace(name, "none")}
    call("GetQueueUrl", QueueName="none")
    call("GetQueueAttributes", **none)
    call("SendMessage", **none, MessageBody="a")
    call("ReceiveMessage", **none)
    call("DeleteMessage", **none, ReceiptHandle="a")


def sts(call, place):
    call("GetCallerIdentity")
    role = "arn:aws:iam::111122223333:role/keyturn-dev-plan-eu-central-1"
    call("AssumeRole", RoleArn=role, RoleSessionName="keyturn-dev-plan")
    call("AssumeRole", RoleArn=role, RoleSessionName="keyturn-dev-plan", DurationSeconds=901)


def lambda_(call, place):
    call("Invoke", FunctionName=place["function"], Payload=b"{}")
    call("Invoke", FunctionName="none", Payload=b"{}")
    revision = call("GetFunctionConfiguration", FunctionName=place["told"])["RevisionId"]
    for _ in range(2):
        call("UpdateFunctionConfiguration", FunctionName=place["told"], Description="d", RevisionId=revision)
    call("GetFunctionConfiguration", FunctionName="none")
    call("UpdateFunctionConfiguration", FunctionName="none", Description="d")


def ecs(call, place):
    _, cluster, service = place["service"].split("/")
    for name in (service, "none"):
        call("DescribeServices", cluster=cluster, services=[name])
        call("UpdateService", cluster=cluster, service=name, forceNewDeployment=True)
        call("DescribeServices", cluster=cluster, services=[name])
    call("UpdateService", cluster=cluster, service=service, desiredCount=0)


def ssm(call, place):
    instance = place["host"].split("/")[1]
    sent = call("SendCommand", DocumentName="prove", InstanceIds=[instance], Comment="c")["Command"]
    call("GetCommandInvocation", CommandId=sent["CommandId"], InstanceId=instance)
    call("GetCommandInvocation", CommandId=sent["CommandId"], InstanceId="i-00000000000000000")
    call("SendCommand", DocumentName="prove", InstanceIds=["i-00000000000000000"])
    call("SendCommand", DocumentName="prove", InstanceIds=[instance], Parameters={"commands": ["id"]})


def rds(call, place):
    for found in (place["instance"], arn("rds", "db:none")):
        call("DescribeDBInstances", DBInstanceIdentifier=found)
    for found in (place["cluster"], arn("rds", "cluster:none")):
        call("DescribeDBClusters", DBClusterIdentifier=found)


def redshift(call, place):
    for found in ("warehouse", "none"):
        call("DescribeClusters", ClusterIdentifier=found)


def redshift_serverless(call, place):
    call("ListNamespaces")
    call("ListWorkgroups")


def dynamodb(call, place):
    table = {"TableName": "prove"}
    attributes = [{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "other")]
    keys = [{"AttributeName": "pk", "KeyType": "HASH"}]
    index = {
        "IndexName": "others",
        "KeySchema": [{"AttributeName": "other", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "ALL"},
    }
    new = {"AttributeDefinitions": attributes, "KeySchema": keys, "BillingMode": "PAY_PER_REQUEST"}
    for _ in range(2):
        call("CreateTable", **table, **new, GlobalSecondaryIndexes=[index])
    described = call("DescribeTable", **table)["Table"]
    call("ListTables")
    key = {"pk": {"S": "a"}}
    item = {**key, "other": {"S": "b"}, "n": {"N": "1"}}
    call("PutItem", **table, Item=item, ReturnValues="ALL_OLD", ReturnConsumedCapacity="TOTAL")
    call("PutItem", **table, Item=item, ConditionExpression="attribute_not_exists(pk)")
    call("GetItem", **table, Key=key, ConsistentRead=True, ReturnConsumedCapacity="TOTAL")
    change = {"UpdateExpression": "SET n = :n", "ExpressionAttributeValues": {":n": {"N": "2"}}}
    call("UpdateItem", **table, Key=key, **change, ReturnValues="ALL_NEW")
    equals = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": {"S": "a"}}}
    call("Query", **table, **equals, ReturnConsumedCapacity="TOTAL")
    call("Scan", **table)
    call("BatchGetItem", RequestItems={"prove": {"Keys": [key]}})
    call("BatchWriteItem", RequestItems={"prove": [{"PutRequest": {"Item": {**item, "pk": {"S": "b"}}}}]})
    call("DeleteItem", **table, Key=key, ReturnValues="ALL_OLD")
    call("DescribeTimeToLive", **table)
    resource = {"ResourceArn": described["TableArn"]}
    call("TagResource", **resource, Tags=[{"Key": "a", "Value": "b"}])
    call("ListTagsOfResource", **resource)
    call("UntagResource", **resource, TagKeys=["a"])
    throughput = {"ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}}
    updates = [{"Update": {"IndexName": "others", **throughput}}]
    call("UpdateTable", **table, BillingMode="PROVISIONED", **throughput, GlobalSecondaryIndexUpdates=updates)
    call("DeleteTable", **table)
    none = {"TableName": "none"}
    for operation, more in {
        **dict.fromkeys(["DeleteTable", "DescribeTable", "DescribeTimeToLive", "Scan"], {}),
        **dict.fromkeys(["GetItem", "DeleteItem", "UpdateItem"], {"Key": key}),
        "PutItem": {"Item": item},
        "Query": equals,
        "UpdateTable": {"BillingMode": "PAY_PER_REQUEST"},
    }.items():
        call(operation, **none, **more)
    call("BatchGetItem", RequestItems={"none": {"Keys": [key]}})
    call("BatchWriteItem", RequestItems={"none": [{"PutRequest": {"Item": item}}]})


# By the name of botocore's model: the calls, and the folder in src/local that has the service's sources.
ALL = {
    "secretsmanager": (secretsmanager, "secrets-manager"),
    "stepfunctions": (states, "step-functions"),
    "events": (events, "events"),
    "scheduler": (scheduler, "scheduler"),
    "sns": (sns, "sns"),
    "sqs": (sqs, "sqs"),
    "sts": (sts, "sts"),
    "lambda": (lambda_, "functions"),
    "ecs": (ecs, "ecs"),
    "ssm": (ssm, "ssm"),
    "rds": (rds, "inventory"),
    "redshift": (redshift, "inventory"),
    "redshift-serverless": (redshift_serverless, "inventory"),
    "dynamodb": (dynamodb, "dynamodb"),
}
