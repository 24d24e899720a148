"""
Calls the embedded cloud through botocore, and holds what it answers against botocore's models. Prints its findings as JSON:
standard input says where the cloud's resources are, the environment where the cloud is.
"""

import json
import pathlib
import re
import sys

import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError

import calls
from shapes import problems_of

SOURCES = pathlib.Path(__file__).parent.parent.parent / "src" / "local"
# https://docs.aws.amazon.com/secretsmanager/latest/apireference/CommonErrors.html, and as the JSON protocols name them.
COMMON = {
    *["AccessDeniedException", "IncompleteSignature", "InvalidAction", "InvalidClientTokenId"],
    *["NotAuthorized", "OptInRequired", "RequestExpired", "ServiceUnavailable", "ThrottlingException"],
    *["ValidationError", "ValidationException", "UnknownOperationException"],
    # STS's word for what others call AccessDeniedException: https://repost.aws/knowledge-center/iam-assume-role-error
    "AccessDenied",
}
findings = set()
counted = {"called": 0, "refused": 0}


def find(check, about):
    findings.add((check, about))


def errors_of(operation):
    """The codes that are modelled for an operation, as they stand in an answer."""
    return {code_of(shape) for shape in operation.error_shapes}


def code_of(shape):
    return shape.metadata.get("error", {}).get("code", shape.name)


def caller(client, name):
    operations = set(client.meta.service_model.operation_names)
    used = set()

    def look(operation_model, response_dict, **_):
        if response_dict["status_code"] < 300:
            for check, place in problems_of(operation_model, response_dict["body"]):
                find(check, f"{name}:{place}")

    client.meta.events.register("before-parse", look)

    def call(operation, **input):
        counted["called"] += 1
        used.add(operation)
        method = next(method for method, one in client.meta.method_to_api_mapping.items() if one == operation)
        try:
            return getattr(client, method)(**input)
        except ClientError as error:
            counted["refused"] += 1
            code = error.response["Error"]["Code"]
            model = client.meta.service_model.operation_model(operation)
            if code not in errors_of(model) | COMMON:
                find("unknown error", f"{name}:{operation}: {code}")
            return None

    return call, used, operations


def prove_that_it_would_be_found(session):
    operation = session.get_service_model("secretsmanager").operation_model("GetSecretValue")
    found = problems_of(operation, b'{"ARN": 1, "Unheard": "a", "VersionStages": [null]}')
    assert [check for check, _ in found] == ["type", "unknown member", "type"], found


def written_in(folder):
    return "\n".join(file.read_text() for file in sorted((SOURCES / folder).glob("**/*.ts")))


def main():
    place = json.load(sys.stdin)
    session = botocore.session.get_session()
    prove_that_it_would_be_found(session)
    for name, (script, folder) in calls.ALL.items():
        # One answer is enough, right or wrong.
        client = session.create_client(name, config=Config(retries={"total_max_attempts": 1}))
        call, used, operations = caller(client, name)
        script(call, place)
        source = (SOURCES / folder / "service.ts").read_text()
        has = {operation for operation in operations if re.search(rf"\b{operation}\b", source)}
        for operation in has - used:
            find("not called", f"{name}:{operation}")
        for operation in used - has:
            find("not there", f"{name}:{operation}")
        modelled = {code_of(shape) for shape in client.meta.service_model.error_shapes}
        for code in re.findall(r'ServiceError\(\s*"(\w+)"', written_in(folder)):
            if code not in modelled | COMMON:
                find("unknown error", f"{name}: {code}")
    print(json.dumps({**counted, "findings": sorted(findings)}))


main()
