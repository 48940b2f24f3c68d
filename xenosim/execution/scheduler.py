"""A cluster's scheduler, by the address that a user gives it by."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from xenosim.errors import RunError
from xenosim.execution.borrowed import Borrowed

#: How long a scheduler may take to answer [s].
ANSWER_S = 10.0
WHERE, REMEDY = "--scheduler", "write dask:tcp://HOST:8786, or dask:scheduler.json"


@contextmanager
def scheduler(text: str) -> Iterator[Borrowed]:
    """Within, the workers of a Dask scheduler; it goes on afterwards.

    Parameters
    ----------
    text : str
        ``dask:`` and the scheduler's address, or the file in which it has written it.

    Raises
    ------
    RunError
        No such scheduler, one that does not answer, workers with several threads, or Dask is not
        installed.
    """
    kind, _, address = text.partition(":")
    if kind != "dask" or not address:
        raise RunError(f"'{text}' names no scheduler", where=WHERE, remedy=REMEDY)
    try:
        from distributed import Client
    except ModuleNotFoundError as error:
        raise RunError(
            "Dask is not installed", where=WHERE, remedy="pip install 'distributed>=2024.8'"
        ) from error
    from_file = "://" not in address
    if from_file and not Path(address).is_file():
        raise RunError(f"no file '{address}'", where=WHERE, remedy=REMEDY)
    given = {"scheduler_file": address} if from_file else {"address": address}
    # What is lost ends in one error; its library would tell of each connection.
    for name in ("", ".client", ".core", ".utils", ".comm.tcp"):
        logging.getLogger(f"distributed{name}").setLevel(logging.CRITICAL + 1)
    try:
        client = Client(**given, timeout=ANSWER_S, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise RunError(
            f"no Dask scheduler answers at {address}", where=WHERE, remedy="is it running?"
        ) from error
    try:
        threads = client.nthreads().values()
        if any(count > 1 for count in threads):
            raise RunError(
                "workers of this scheduler run several tasks in one process: compiled kernels use"
                " its threads themselves",
                where=WHERE,
                remedy="start workers with --nthreads 1, and several of them",
            )
        yield Borrowed(client.get_executor(), len(threads))
    finally:
        with suppress(OSError, TimeoutError):
            client.close(timeout=ANSWER_S)
