"""A study under the parameter sets of the ensemble: what is left open by what is known.

Every set meets the same animals, on common random numbers, so that sets differ by their parameters
alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from xenosim.parameters.load import load_set
from xenosim.scenario.resolve import resolve
from xenosim.scenario.schema import Override
from xenosim.scenario.sets import TUMOR, place_of
from xenosim.study.population import POOL_AGENTS, Pool, simulate_pool

if TYPE_CHECKING:
    from xenosim.parameters.load import Parameter
    from xenosim.scenario.schema import Scenario

#: Animals in every arm under each parameter set: on common random numbers T/C of so few differs
#: from that of many by far less than sets differ.
PAIRS = 6
#: A draw: values by set and parameter, in internal units.
Draw = Mapping[tuple[str, str], float]


def with_draw(scenario: Scenario, draw: Draw) -> Scenario:
    """A scenario with the parameters of a draw, as if it stated them. What it states itself stays,
    and parameters of sets that it does not use are left out.

    Examples
    --------
    >>> from xenosim.testing import small_scenario
    >>> drawn = {("cell", "chaperone_gain"): 4.0, ("bortezomib", "cl"): 2.0}
    >>> [f"{o.set}.{o.name} {o.value}" for o in with_draw(small_scenario(), drawn).overrides]
    ['cell.chaperone_gain 4.0']
    """
    study, stated = resolve(scenario), {(o.set, o.name) for o in scenario.overrides}
    found = list(scenario.overrides)
    for (group, name), value in draw.items():
        shipped = load_set(group)
        place = scenario.animals.strain if group == "mouse" else place_of(shipped, name)
        used = place in TUMOR and group in (*TUMOR, scenario.model, scenario.site)
        if (used or place in study.sets) and (place, name) not in stated:
            found.append(Override(place, name, _stated(shipped.values[name], value)))
    ordered = sorted(found, key=lambda o: (o.set, o.name))
    return scenario.model_copy(update={"overrides": tuple(ordered)})


def _stated(p: Parameter, value: float) -> str:
    """A value of a parameter as a quantity that reads back to the last digit."""
    return f"{float(value)!r} {p.unit}".rstrip()


def simulate_draw(
    scenario: Scenario, draw: Draw, pairs: int = PAIRS, agents: int = POOL_AGENTS
) -> Pool:
    """The same ``pairs`` of animals as under every other draw, with the parameters of this one;
    growth is calibrated under them.

    Parameters
    ----------
    scenario : Scenario
        A study on any engine; its twin is simulated.
    draw : mapping
        Values by (set, parameter), in internal units, as
        :meth:`xenosim.parameters.ensemble.Ensemble.draw` of the ensemble of the scenario's model.
    pairs, agents : int
        Animals in every arm, and most agents of a tumor at the start volume [-].

    Raises
    ------
    XenosimError
        A value out of range, or growth that these parameters cannot have.
    """
    return simulate_pool(with_draw(scenario, draw), pairs, agents=agents)
