"""A Python without what Windows and macOS lack, for every process that has this folder in its path:
no fcntl, resource, sysconf, owners, affinity or signal masks.
"""

import os
import signal

# Python's own way to start processes asks for msvcrt to know its system.
import subprocess  # noqa: F401
import sys
import types

# It has its own code for each system.
import psutil  # noqa: F401

for module in ("fcntl", "resource", "pwd", "grp"):
    sys.modules[module] = None  # type: ignore[assignment]
locks = types.ModuleType("msvcrt")
locks.LK_NBLCK = 2  # type: ignore[attr-defined]
locks.locking = lambda number, mode, count: None  # type: ignore[attr-defined]
sys.modules["msvcrt"] = locks
for name in ("sysconf", "getuid", "sched_getaffinity", "process_cpu_count"):
    if hasattr(os, name):
        delattr(os, name)
for name in ("pthread_sigmask", "setitimer", "SIGALRM"):
    delattr(signal, name)
