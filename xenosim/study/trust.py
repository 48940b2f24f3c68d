"""Where the radial twin was compared with the lattice, and what of a study lies outside of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from xenosim.cell.params import trait_params
from xenosim.scenario.resolve import resolve

if TYPE_CHECKING:
    from xenosim.scenario.schema import Scenario


class Compared(NamedTuple):
    """A quantity, its ``unit``, and the ``low`` and ``high`` end of what was compared."""

    name: str
    unit: str
    low: float
    high: float


#: As :func:`xenosim.validation.twin.grid_cases` has it; the table is in MODEL.md, P7.
LOAD = Compared("median load", "", 0.2, 0.8)
EXCHANGE = Compared("vessel exchange", "/h", 0.2, 2.0)
DEPTH = Compared("mechanical depth", "um", 500.0, 2000.0)
START = Compared("start volume", "mm3", 30.0, 500.0)


def outside_comparison(scenario: Scenario) -> list[str]:
    """A note on a study of radial twins that were not compared with the lattice; none of others.

    Examples
    --------
    >>> from xenosim.testing import small_scenario
    >>> small = {"engine": "twin", "tumor.start_volume": "5 mm^3"}
    >>> outside_comparison(small_scenario(overrides=small))[0][:63]
    'the twin was compared with the lattice for a start volume of 30'
    """
    if scenario.engine == "lattice":
        return []
    model, lesions = resolve(scenario).model, scenario.tumor.lesions
    found = [
        (LOAD, trait_params(model.value, 24.0, 0.0).load_median),
        (EXCHANGE, model.value("vessel_exchange")),
        (DEPTH, model.value("mechanical_depth")),
        (START, lesions.median_volume_mm3),
    ]
    texts = [
        f"{bounds.name} of {bounds.low:g} to {bounds.high:g} {bounds.unit}".rstrip()
        + f", here it is {value:.3g} {bounds.unit}".rstrip()
        for bounds, value in found
        if not bounds.low <= value <= bounds.high * (1.0 + 1e-9)
    ]
    if not texts:
        return []
    return [
        f"the twin was compared with the lattice for a {'; for a '.join(texts)}: check what matters"
        " with --engine lattice"
    ]
