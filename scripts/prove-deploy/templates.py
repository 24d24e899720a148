"""What MiniStack 1.5.33's CloudFormation does otherwise than AWS with Keyturn's template."""

import hashlib
import json

from mending import mend, wrap
from ministack.core.responses import new_uuid
from ministack.services import cloudformation, eventbridge, scheduler
from ministack.services.cloudformation import provisioners


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
    "/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html",
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
    "https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1131",
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
