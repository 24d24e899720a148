"""
Plays scenarios on LocalStack's parser of Amazon States Language, which moto carries. Reads one document from standard input and
writes one to standard output: for each scenario what was entered, what was tried, and how it ended. Waits pass in no time.
"""

import functools
import json
import logging
import sys
from types import SimpleNamespace

import mends
from moto.stepfunctions.parser.api import HistoryEventType, TaskFailedEventDetails
from moto.stepfunctions.parser.asl.component.common.error_name.error_name import ErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import FailureEvent, FailureEventException
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name import StatesErrorName
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service import StateTaskService
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import WaitFunction
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser
from moto.stepfunctions.parser.asl.utils.encoding import to_json_str
from moto.stepfunctions.parser.backend import execution as executions
from moto.stepfunctions.parser.backend.execution_worker import SyncExecutionWorker
from moto.stepfunctions.parser.mocking.mock_config import MockedResponseReturn
from moto.stepfunctions.parser.models import StepFunctionsParserBackend


class Script:
    """The outcomes of one scenario, and the tries that asked for them."""

    played = None

    def __init__(self, asked):
        self.asked = asked
        self.tried = []
        self.counts = {}

    def next(self, state, parameters):
        self.tried.append({"state": state, "parameters": json.loads(to_json_str(parameters))})
        key = f"{state} | {parameters.get('FunctionName') or parameters.get('Name') or ''}"
        count = self.counts.get(key, 0)
        self.counts[key] = count + 1
        outcomes = self.asked.get(key)
        if outcomes is None:
            return {"error": "States.Runtime", "cause": f"Nobody asked for this on the first interpreter: {key}"}
        return outcomes[min(count, len(outcomes) - 1)]


def by_script():
    """Has every task answer by the script, and none call a service. moto's own way to do that knows no second entry of a state."""
    inner = StateTaskService._before_eval_execution

    def before(self, env, resource_runtime_part, raw_parameters, state_credentials):
        inner(self, env, resource_runtime_part, raw_parameters, state_credentials)
        env.outcome = Script.played.next(self.name, raw_parameters)

    def answer(env):
        if "error" not in env.outcome:
            return MockedResponseReturn(0, 0, env.outcome["result"])
        error, cause = env.outcome["error"], env.outcome["cause"]
        raise FailureEventException(
            FailureEvent(
                env=env,
                error_name=StatesErrorName.from_name(error) if error.startswith("States.") else ErrorName(error),
                event_type=HistoryEventType.TaskFailed,
                event_details=EventDetails(taskFailedEventDetails=TaskFailedEventDetails(error=error, cause=cause)),
            )
        )

    StateTaskService._before_eval_execution = before
    Environment.is_mocked_mode = lambda env: True
    Environment.get_current_mocked_response = answer


def in_no_time():
    retrier_decl.time = SimpleNamespace(sleep=lambda seconds: None)
    WaitFunction._wait_interval = lambda self, env, wait_seconds: None
    executions.ExecutionWorker = SyncExecutionWorker
    AmazonStateLanguageParser.parse = staticmethod(functools.cache(AmazonStateLanguageParser.parse))


def play(backend, arn, name, scenario):
    Script.played = script = Script(scenario["asked"])
    # Each is the only one of its name.
    backend.describe_state_machine(arn).executions.clear()
    execution = backend.start_execution(arn, name=name, execution_input=json.dumps(scenario["input"]))
    history = execution.to_history_output()["events"]
    entered = [event["stateEnteredEventDetails"] for event in history if "stateEnteredEventDetails" in event]
    end = {"status": execution.status}
    if execution.status == "SUCCEEDED":
        end["output"] = execution.output
    else:
        end |= {"error": execution.error, "cause": execution.cause}
    return {
        "entered": [{"state": one["name"], "input": json.loads(one["input"])} for one in entered],
        "tried": script.tried,
        "end": end,
    }


def main():
    # Of each error it would tell the whole state.
    logging.disable()
    asked = json.load(sys.stdin)
    by_script()
    in_no_time()
    for change in mends.ALL:
        change()
    backend = StepFunctionsParserBackend(asked["place"]["region"], asked["place"]["accountId"])
    arns = {
        machine["file"]: backend.create_state_machine(
            name=machine["name"], definition=json.dumps(machine["definition"]), roleArn=machine["roleArn"]
        ).arn
        for machine in asked["machines"]
    }
    traces = [play(backend, arns[one["machine"]], asked["execution"], one) for one in asked["scenarios"]]
    json.dump(traces, sys.stdout)


main()
