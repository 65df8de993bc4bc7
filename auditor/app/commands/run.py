"""`auditor run`: the daemon. Scans every night, sends mail that waits, and makes up for nights that were missed."""

from __future__ import annotations

import queue
import signal
import sys

from auditor.app.cli import Call
from auditor.app.clock import ZONE, now
from auditor.app.exits import Exit

WAKE_SECONDS = 1.0 if sys.platform == "win32" else None
"""On Windows waiting for a signal cannot be interrupted by one."""


def run(call: Call) -> Exit:
    """Run until SIGTERM or Ctrl+C; SIGHUP reads the configuration anew. Exit 0 when asked to stop."""
    from apscheduler.executors.pool import ThreadPoolExecutor
    from apscheduler.schedulers.background import BackgroundScheduler

    from auditor.app.daemon import Daemon
    from auditor.app.logs import configure, log
    from auditor.app.notify import notify
    from auditor.app.working import Processes
    from auditor.app.workspaces import load_workspace

    configure(verbose=True)
    asked: queue.SimpleQueue[int] = queue.SimpleQueue()
    for name in ("SIGTERM", "SIGINT", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda number, frame: asked.put(number))
    work = Processes(call.config.absolute())
    daemon = Daemon(lambda: load_workspace(call.config), work, now)
    scheduler = BackgroundScheduler(timezone=ZONE, executors={"default": ThreadPoolExecutor(2)})
    daemon.schedule(scheduler)
    scheduler.start()
    log().info("started", kind="run")
    notify("READY=1", "STATUS=started")
    while _next(asked) == getattr(signal, "SIGHUP", None):
        daemon.take_new_settings()
    notify("STOPPING=1")
    work.stop()
    scheduler.shutdown(wait=True)
    log().info("stopped", kind="run")
    return Exit.OK


def _next(asked: queue.SimpleQueue[int]) -> int:
    while True:
        try:
            return asked.get(timeout=WAKE_SECONDS)
        except queue.Empty:
            continue
