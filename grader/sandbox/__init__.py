"""Where a student's code runs: wire format, worker, confinement, launch and proxies.

    with session(source, limits) as student:
        env = student.environment()

A notebook uses `local.wrap` instead. A worker sees a few of these files, never this one.
"""

from grader.sandbox.limits import Limits
from grader.sandbox.session import Session, session

__all__ = ["Limits", "Session", "session"]
