"""What every assay measures: tables, facts beside them, and the text and figures of both."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


class Measurement(ABC):
    """What was measured; ``str()`` is the answer that a person reads."""

    #: Parameter sets that it rests on, beside those of cells and drugs.
    parameter_sets: ClassVar[tuple[str, ...]] = ("dish",)

    @abstractmethod
    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table by name."""

    @abstractmethod
    def facts(self) -> dict[str, Any]:
        """What the text and the figures need beside the tables, as plain data."""

    @classmethod
    @abstractmethod
    def restored(cls, tables: Mapping[str, pd.DataFrame], facts: Mapping[str, Any]) -> Self:
        """The measurement whose tables and facts were kept."""

    @abstractmethod
    def plot(self) -> Figure:
        """The figure one looks at first."""

    def plots(self, name: str) -> dict[str, Figure]:
        """All figures by name; one alone is called ``name``."""
        return {name: self.plot()}

    def files(self) -> dict[str, str]:
        """Further files of a kept result: content by name."""
        return {}


def number(value: Any) -> float:
    """A kept number [any unit]: JSON has null for NaN and text for infinities.

    Examples
    --------
    >>> number(None), number("inf"), number(2)
    (nan, inf, 2.0)
    """
    return math.nan if value is None else float(value)
