"""
What the emulator does for users besides its root: each thing that one asks for is written into the log, where deployer.ts reads
it, and is taken to come by https, which the policy of the deployment's bucket wants of everyone. It comes by http.
"""

import json

from mending import wrap
from ministack import app
from ministack.core import iam_evaluator


def tell(inner, access_key, action, *args, **more):
    refused = inner(access_key, action, *args, **more)
    if access_key.startswith("AKIA") and not iam_evaluator.is_root_access_key(access_key):
        told = {"key": access_key, "action": action, "resource": more.get("resource_arn", "*"), "let": refused is None}
        print(f"Asked for: {json.dumps(told)}", flush=True)
    return refused


def let_users_in():
    wrap(iam_evaluator, "enforce", tell)
    wrap(app, "pin_request_origin", lambda inner, source_ip, _: inner(source_ip, True))
