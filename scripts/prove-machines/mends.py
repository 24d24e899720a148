"""What moto's interpreter does otherwise than AWS, put right in its own process."""

from datetime import datetime

from moto.stepfunctions.parser.api import HistoryEventType, TaskFailedEventDetails
from moto.stepfunctions.parser.asl.component.common.error_name.custom_error_name import CustomErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.error_equals_decl import ErrorEqualsDecl
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import FailureEvent, FailureEventException
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name import StatesErrorName
from moto.stepfunctions.parser.asl.component.intrinsic.function.statesfunction.json_manipulation.string_to_json import (
    StringToJson,
)
from moto.stepfunctions.parser.asl.component.state import state
from moto.stepfunctions.parser.asl.component.state.exec.state_map.iteration import iteration_worker
from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails
from moto.stepfunctions.parser.backend import execution

ALL = []


def mend(what, page):
    """`what` it does, and AWS's page that says otherwise."""

    def noted(change):
        ALL.append(change)
        return change

    return noted


@mend("Moments in the context object end in +00:00", "/step-functions/latest/dg/input-output-contextobject.html")
def moments():
    def as_aws(moment):
        return moment.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"

    data, details = state.StateData, execution.ExecutionDetails
    state.StateData = lambda EnteredTime, Name: data(EnteredTime=as_aws(datetime.fromisoformat(EnteredTime)), Name=Name)
    execution.ExecutionDetails = lambda start_time, **more: details(start_time=as_aws(start_time), **more)


@mend("States.ALL catches States.Runtime and States.DataLimitExceeded", "/step-functions/latest/dg/concepts-error-handling.html")
def states_all():
    inner = ErrorEqualsDecl._eval_body

    def matches(self, env):
        if env.stack[-1].error_name in ("States.Runtime", "States.DataLimitExceeded"):
            env.stack[-1] = False
        else:
            inner(self, env)

    ErrorEqualsDecl._eval_body = matches


@mend("States.StringToJson of what is no JSON fails as States.Runtime", "/step-functions/latest/dg/concepts-error-handling.html")
def no_json():
    inner = StringToJson._eval_body

    def read(self, env):
        try:
            inner(self, env)
        except ValueError as error:
            details = TaskFailedEventDetails(error="States.IntrinsicFailure", cause=str(error))
            raise FailureEventException(
                FailureEvent(
                    env=env,
                    error_name=StatesErrorName.from_name("States.IntrinsicFailure"),
                    event_type=HistoryEventType.TaskFailed,
                    event_details=EventDetails(taskFailedEventDetails=details),
                )
            )

    StringToJson._eval_body = read


@mend("A Map of which an iteration fails of an error States.… breaks", "/step-functions/latest/dg/concepts-error-handling.html")
def map_iterations():
    def named(error_name):
        is_states = error_name is not None and error_name.startswith("States.")
        return StatesErrorName.from_name(error_name) if is_states else CustomErrorName(error_name)

    iteration_worker.CustomErrorName = named
