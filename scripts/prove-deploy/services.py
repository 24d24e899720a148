"""
What MiniStack 1.5.33's services do otherwise than AWS where a rotation, an event or a schedule meets it. The product knows
nothing of it. Where the code that is mended is not there, the start fails: another version has to be read again.
"""

import json
import threading
import time

from mending import mend, replace_once, wrap
from ministack.core import lambda_runtime
from ministack.services import eventbridge, lambda_svc, secretsmanager, stepfunctions


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
