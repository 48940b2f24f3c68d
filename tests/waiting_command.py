"""The command, except that an animal under treatment, once its first checkpoint is written, waits
until its process is asked to stop.

So a test can stop a run at a certain moment, however fast or slow the machine is. Workers are
started with this file too.
"""

from __future__ import annotations

import time
from typing import Any

from xenosim.execution import stopping
from xenosim.study.checkpoint_store import CheckpointTimer

save = CheckpointTimer.save


def save_and_wait(self: CheckpointTimer, state: Any) -> None:
    """Write the checkpoint; that of a growing animal is followed by no pause."""
    save(self, state)
    until = time.monotonic() + 300.0
    while "_arm" in self.key and not stopping.asked() and time.monotonic() < until:
        time.sleep(0.01)


# In the process that is started and in its workers, but not in tests that import this file.
if __name__ in ("__main__", "__mp_main__"):
    CheckpointTimer.save = save_and_wait  # type: ignore[method-assign]

if __name__ == "__main__":
    from xenosim.cli.main import main

    main()
