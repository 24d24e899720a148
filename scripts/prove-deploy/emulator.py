"""
Starts MiniStack with what it does otherwise than AWS put right. Ends, and all that it has started with it, when standard input
does: whoever started it is gone.
"""

import os
import signal
import sys
import threading

import mending
import services  # noqa: F401
import templates  # noqa: F401
import users
from ministack.app import main


def end_with_the_prover():
    sys.stdin.buffer.read()
    os.killpg(os.getpgrp(), signal.SIGKILL)


threading.Thread(target=end_with_the_prover, daemon=True).start()
for what, page, change in mending.ALL:
    change()
    print(f"Put right: {what} ({page})", flush=True)
users.let_users_in()
main()
