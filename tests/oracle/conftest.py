"""Reference models leave no trace behind."""

from collections.abc import Iterator

import mesa
import pytest


@pytest.fixture(autouse=True)
def forget_models() -> Iterator[None]:
    """Mesa counts the agents of every model in a table that keeps the models, with all their
    agents, until the process ends: 70 MB for each test.
    """
    before = {id(model) for model in mesa.Agent._ids}
    yield
    for model in [model for model in mesa.Agent._ids if id(model) not in before]:
        del mesa.Agent._ids[model]
