"""What an endpoint is, and the register of all.

An endpoint is one function in a module of :mod:`xenosim.analysis.endpoints`: its name is the
endpoint's, the first paragraph of its docstring the definition, the paragraph ``Source:`` the
citation, and :func:`endpoint` above it says the rest. Whatever is in that folder is in the table,
on the screen and in the figures; there is no other list.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import numpy as np

from xenosim.analysis.comparison import Comparison, Estimate, NoSharedDay
from xenosim.analysis.resampling import UNDEFINED, Array, generator

#: Place in the table of an endpoint that names none.
LAST = 10_000
#: Formula of two arms: volumes of treated and control animals, then both at baseline [mm3]; the
#: last axis is reduced.
Formula = Callable[[Array, Array, Array, Array], Array]
#: An endpoint's function; None where the arm has no such number.
Function = Callable[[Comparison, np.random.Generator], Estimate | None]


@dataclass(frozen=True)
class Definition:
    """What a row of the endpoint table says of its number: ``name``, ``unit``, ``definition`` and
    the ``version`` of the definition.
    """

    name: str
    unit: str
    definition: str
    version: str = "1"


@dataclass(frozen=True, kw_only=True)
class Endpoint(Definition):
    """One endpoint of an arm.

    Parameters
    ----------
    function : callable
        Its :class:`Estimate` from a :class:`Comparison` and a generator; None: no row.
    label : str
        What a reader calls it, with its unit.
    citation : str
        Where the definition comes from.
    order : int
        Place in the table, low first.
    against_control : bool
        True: compares the arm with the control; the control has no row.
    samples : str
        Name of the endpoint whose bootstrap samples it uses; "" for its own.
    screen : int
        Place on the first screen, low first; 0: not there.
    screen_if_any : bool
        True: on the first screen only if an arm has more than 0.
    formula : callable, optional
        For endpoints of volumes alone: the :data:`Formula`.
    """

    function: Function
    label: str
    citation: str = ""
    order: int = LAST
    against_control: bool = False
    samples: str = ""
    screen: int = 0
    screen_if_any: bool = False
    formula: Formula | None = None

    def estimate(self, ask: Comparison) -> Estimate | None:
        """The endpoint of one arm; fewer than three animals in an arm have no
        interval."""
        try:
            found = self.function(ask, generator(ask.seed, self.samples or self.name))
        except NoSharedDay as missing:
            return Estimate(math.nan, UNDEFINED, 0, f"undefined: {missing.message}")
        return found.checked() if found else None


_REGISTER: dict[str, Endpoint] = {}


def register(new: Endpoint) -> None:
    """Add an endpoint to the table; another of the same name is an error (ValueError)."""
    if new.name in _REGISTER:
        raise ValueError(f"there are two endpoints '{new.name}'")
    _REGISTER[new.name] = new


def endpoint(*, unit: str, **said: Any) -> Callable[[Function], Function]:
    """Register a function as the endpoint of its name.

    Parameters
    ----------
    unit : str
        Unit of its value.
    said
        ``label``, ``order``, ``against_control``, ``samples``, ``screen``, as in
        :class:`Endpoint`.
    """

    def add(function: Function) -> Function:
        register(named(function, unit, function=function, **said))
        return function

    return add


def named(source: Callable[..., object], unit: str, **said: Any) -> Endpoint:
    """The endpoint whose name, definition and citation are those of a function: the definition is
    the first paragraph of its docstring, without its full stop, the citation the paragraph that
    begins with "Source:".
    """
    name = source.__name__
    paragraphs = [" ".join(p.split()) for p in (inspect.getdoc(source) or "").split("\n\n")]
    sources = [p.removeprefix("Source: ") for p in paragraphs if p.startswith("Source: ")]
    said = {"label": name, "citation": sources[0] if sources else ""} | said
    return Endpoint(name, unit, paragraphs[0].removesuffix("."), **said)


def every_endpoint() -> tuple[Endpoint, ...]:
    """All endpoints in the order of the table: those of every module in
    :mod:`xenosim.analysis.endpoints`.

    Examples
    --------
    >>> [e.name for e in every_endpoint()][:2]
    ['growth_rate_per_day', 'doubling_time_days']
    """
    package = import_module("xenosim.analysis.endpoints")
    for module in iter_modules(package.__path__):
        import_module(f"{package.__name__}.{module.name}")
    return tuple(sorted(_REGISTER.values(), key=lambda e: (e.order, e.name)))


def find_endpoint(name: str) -> Endpoint:
    """The endpoint of a name; KeyError if there is none."""
    return {e.name: e for e in every_endpoint()}[name]
