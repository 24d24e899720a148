"""
What MiniStack 1.5.33 does otherwise than AWS, where a rotation, a deployment or an announcement meets it, put right in the
emulator's process before it serves. The product knows nothing of it. Each mend stops the start when the code that it mends
is not there: another version of MiniStack has to be read again.
"""

import hashlib
import json
import threading
import time

from ministack.core import lambda_runtime
from ministack.core.responses import new_uuid
from ministack.services import eventbridge, lambda_svc, scheduler, secretsmanager, stepfunctions
from ministack.services import cloudformation
from ministack.services.cloudformation import provisioners

ALL = []
DOCS = "https://docs.aws.amazon.com"


def mend(_what, _page):
    """`_page`: AWS's, below `DOCS`. Both are for who reads, and in docs/deployed-elsewhere.md."""

    def noted(change):
        ALL.append(change)
        return change

    return noted


def wrap(module, name, around):
    inner = getattr(module, name)
    setattr(module, name, lambda *args, **more: around(inner, *args, **more))


def replace_once(text, old, new):
    if text.count(old) != 1:
        raise SystemExit(f"MiniStack is another than the one that was read: {old!r} is there {text.count(old)} times")
    return text.replace(old, new)


@mend(
    "PutSecretValue leaves AWSPENDING on the version that had it before",
    "/secretsmanager/latest/apireference/API_PutSecretValue.html",
)
def one_version_has_a_label():
    def put(inner, data):
        answer = inner(data)
        if answer[0] < 400 and "AWSCURRENT" not in data.get("VersionStages", ["AWSCURRENT"]):
            _, secret = secretsmanager._resolve(data["SecretId"])
            newest = json.loads(answer[2])["VersionId"]
            for version, kept in secret["Versions"].items():
                if version != newest:
                    kept["Stages"] = [label for label in kept["Stages"] if label not in data["VersionStages"]]
        return answer

    wrap(secretsmanager, "_put_secret_value", put)


@mend("Every error of a Node.js function is Runtime.HandlerError", "/lambda/latest/dg/nodejs-exceptions.html")
def errors_have_names():
    said = 'status: "error", error: String(err.message || err), trace: err.stack || ""'
    lambda_runtime._NODEJS_WORKER_SCRIPT = replace_once(
        lambda_runtime._NODEJS_WORKER_SCRIPT, said, said + ', errorType: err.name || "Error"'
    )
    heard = threading.local()

    def invoke(inner, *args, **more):
        result = inner(*args, **more)
        heard.name = result.get("errorType")
        return result

    def execute(inner, *args):
        heard.name = None
        result = inner(*args)
        if result.get("error") and heard.name and result["body"].get("errorType") == "Runtime.HandlerError":
            result["body"]["errorType"] = heard.name
        return result

    wrap(lambda_runtime.Worker, "invoke", invoke)
    wrap(lambda_svc, "_execute_function_warm", execute)


@mend(
    "startExecution.sync:2 gives the child's error, and its child tells EventBridge nothing",
    "/step-functions/latest/dg/connect-stepfunctions.html",
)
def children_are_executions():
    def run(_inner, resource, parameters):
        status, _, body = stepfunctions._start_execution(stepfunctions._nested_start_execution_request(parameters))
        answer = json.loads(body)
        if status >= 400:
            raise stepfunctions._ExecutionError(f"StepFunctions.{answer['__type']}Exception", answer.get("message", ""))
        arn = answer["executionArn"]
        while stepfunctions._executions[arn]["status"] == "RUNNING":
            time.sleep(0.05)
        child = json.loads(stepfunctions._describe_execution({"executionArn": arn})[2])
        told = {key[0].upper() + key[1:]: value for key, value in child.items()}
        if told["Status"] != "SUCCEEDED":
            raise stepfunctions._ExecutionError("States.TaskFailed", json.dumps(told))
        told["Output"] = json.loads(told.get("Output") or "{}")
        return told

    wrap(stepfunctions, "_invoke_nested_start_execution_sync", run)


@mend(
    "Scheduler does not fill in <aws.scheduler.scheduled-time>",
    "/scheduler/latest/UserGuide/managing-schedule-context-attributes.html",
)
def schedules_say_their_time():
    def invoke(inner, target, event, rule, *more, **named):
        if event.get("Source") == "aws.scheduler" and "Input" in target:
            scheduled = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(event["Time"]))
            target = {**target, "Input": target["Input"].replace("<aws.scheduler.scheduled-time>", scheduled)}
        return inner(target, event, rule, *more, **named)

    wrap(eventbridge, "_invoke_target", invoke)


@mend(
    "CloudFormation drops a schedule's time zone and key",
    "/AWSCloudFormation/latest/TemplateReference/aws-resource-scheduler-schedule.html",
)
def schedules_are_whole():
    def keep(inner, *args, **more):
        answer = inner(*args, **more)
        # (logical id, properties, stack) for create, (physical id, old, new, stack) for update.
        properties = args[-2]
        kept = scheduler._schedules[f"{properties.get('GroupName', 'default')}/{answer[0]}"]
        for name in ("ScheduleExpressionTimezone", "KmsKeyArn"):
            if name in properties:
                kept[name] = properties[name]
        return answer

    handlers = provisioners._RESOURCE_HANDLERS["AWS::Scheduler::Schedule"]
    for verb in ("create", "update"):
        inner = handlers[verb]
        handlers[verb] = lambda *args, inner=inner: keep(inner, *args)


@mend("InputPathsMap knows no array index", "/eventbridge/latest/userguide/eb-transform-target-input.html")
def paths_have_indexes():
    def transform(inner, transformer, rule, view):
        paths = dict(transformer.get("InputPathsMap", {}))
        told = view.event_with_detail()
        first = {name: path[2:-3] for name, path in paths.items() if path.endswith("[0]")}
        if not first:
            return inner(transformer, rule, view)

        class Indexed:
            def __getattr__(self, name):
                return getattr(view, name)

            def event_with_detail(self):
                return {**told, **{f"{field}-0": told[field][0] for field in first.values() if told.get(field)}}

        paths.update({name: f"$.{field}-0" for name, field in first.items()})
        return inner({**transformer, "InputPathsMap": paths}, rule, Indexed())

    wrap(eventbridge, "_apply_input_transformer", transform)


@mend(
    "CloudFormation does not know AWS::Events::Archive",
    "/AWSCloudFormation/latest/TemplateReference/aws-resource-events-archive.html",
)
def archives_are_made():
    def create(logical_id, properties, stack):
        name = properties.get("ArchiveName") or f"{stack}-{logical_id}-{new_uuid()[:8]}"
        given = {key: value for key, value in properties.items() if key != "SourceArn"}
        pattern = json.dumps(properties["EventPattern"])
        answer = eventbridge._create_archive(
            {**given, "ArchiveName": name, "EventSourceArn": properties["SourceArn"], "EventPattern": pattern}
        )
        if answer[0] >= 400:
            raise ValueError(answer[2])
        return name, {"Arn": json.loads(answer[2])["ArchiveArn"], "ArchiveName": name}

    def update(physical_id, _old, new, _stack):
        pattern = json.dumps(new["EventPattern"])
        answer = eventbridge._update_archive({**new, "ArchiveName": physical_id, "EventPattern": pattern})
        if answer[0] >= 400:
            raise ValueError(answer[2])
        return physical_id, {"Arn": eventbridge._archives[physical_id]["ArchiveArn"], "ArchiveName": physical_id}

    provisioners._RESOURCE_HANDLERS["AWS::Events::Archive"] = {
        "create": create,
        "update": update,
        "delete": lambda physical_id, _: eventbridge._delete_archive({"ArchiveName": physical_id}),
    }


@mend(
    "CloudFormation does not know AWS::Events::EventBusPolicy",
    "/AWSCloudFormation/latest/TemplateReference/aws-resource-events-eventbuspolicy.html",
)
def buses_have_policies():
    def put(properties):
        bus = properties.get("EventBusName", "default")
        statement = {"Sid": properties["StatementId"], **properties["Statement"]}
        policy = eventbridge._event_bus_policies.setdefault(bus, {"Version": "2012-10-17", "Statement": []})
        policy["Statement"] = [kept for kept in policy["Statement"] if kept["Sid"] != statement["Sid"]] + [statement]

    def create(_logical_id, properties, _stack):
        put(properties)
        return f"{properties.get('EventBusName', 'default')}|{properties['StatementId']}", {}

    def update(physical_id, _old, new, _stack):
        put(new)
        return physical_id, {}

    provisioners._RESOURCE_HANDLERS["AWS::Events::EventBusPolicy"] = {
        "create": create,
        "update": update,
        "delete": lambda _, properties: eventbridge._remove_permission(
            {"EventBusName": properties.get("EventBusName", "default"), "StatementId": properties["StatementId"]}
        ),
    }


@mend(
    "A stack that is made again gives its resources the names of the one before",
    "/AWSCloudFormation/latest/UserGuide/resources-section-structure.html",
)
def names_are_made_anew():
    def name(inner, stack, logical_id, **more):
        old = inner(stack, logical_id, **more)
        stack_id = cloudformation._stacks.get(stack, {}).get("StackId", "")
        suffix = hashlib.sha256(f"{old} {stack_id}".encode()).hexdigest()[:13]
        return old[:-13] + (suffix if more.get("lowercase") else suffix.upper())

    wrap(provisioners, "_physical_name", name)


@mend(
    "CloudFormation refuses alarms on metric math; they stand on their first metric",
    "/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-alarm.html",
)
def alarms_may_count():
    def record(inner, name, properties):
        measured = [metric["MetricStat"] for metric in properties.get("Metrics", []) if "MetricStat" in metric]
        if not measured:
            return inner(name, properties)
        plain = {key: value for key, value in properties.items() if key != "Metrics"}
        statistic = {"Statistic": measured[0]["Stat"], "Period": measured[0]["Period"]}
        return inner(name, {**plain, **measured[0]["Metric"], **statistic})

    wrap(provisioners, "_cw_metric_alarm_record", record)


@mend(
    "Ref to a rule on a bus of one's own lacks the bus",
    "/AWSCloudFormation/latest/TemplateReference/aws-resource-events-rule.html",
)
def rules_name_their_bus():
    handlers = provisioners._RESOURCE_HANDLERS["AWS::Events::Rule"]
    made, changed, deleted = (handlers[verb] for verb in ("create", "update", "delete"))

    def told(properties, name, attributes):
        bus = properties.get("EventBusName", "default")
        return name if bus == "default" else f"{bus}|{name}", attributes

    def update(physical_id, old, new, *more, **named):
        return told(new, *changed(physical_id.rsplit("|")[-1], old, new, *more, **named))

    handlers.update(
        create=lambda logical_id, properties, stack: told(properties, *made(logical_id, properties, stack)),
        update=update,
        delete=lambda physical_id, properties: deleted(physical_id.rsplit("|")[-1], properties),
    )
