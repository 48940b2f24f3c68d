"""Cells of a tumor as objects and as sets with the verbs of Mesa: views of its columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xenosim.cell.state import Cells, CellState
from xenosim.errors import ParameterError, suggest
from xenosim.tumor.space import AnyTumor


class StaleViewError(RuntimeError):
    """A cell view was used after the step that it showed."""


class TumorCell:
    """One cell, seen through the columns: a view of one row that is valid until the next step.

    Attributes are the columns of :class:`xenosim.cell.state.Cells`, e.g. ``uid``, ``state``,
    ``load``, ``stress``, and ``position_um``.
    """

    __slots__ = ("_tumor", "_row", "_step")

    def __init__(self, tumor: AnyTumor, row: int) -> None:
        self._tumor, self._row, self._step = tumor, row, tumor.step_number

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if name not in Cells._fields:
            raise AttributeError(f"a cell has no {name!r}{suggest(name, Cells._fields)}")
        value = self._tumor_now().column(name, slice(self._row, self._row + 1))[0].item()
        return CellState(value) if name == "state" else value

    @property
    def position_um(self) -> tuple[float, float, float]:
        """(z, y, x) from the founding center [um]."""
        z, y, x = self._tumor_now().positions_um(slice(self._row, self._row + 1))[0].tolist()
        return z, y, x

    def _tumor_now(self) -> AnyTumor:
        """The tumor, unless rows have moved since this view was taken."""
        tumor = self._tumor
        if self._step != tumor.step_number:
            raise StaleViewError(
                f"this cell was seen at step {self._step}; the tumor is at step {tumor.step_number}"
            )
        return tumor

    def __repr__(self) -> str:
        return (
            f"TumorCell(uid={self.uid}, state={self.state.name}, load={self.load:.3g},"
            f" stress={self.stress:.3g})"
        )


class TumorCells:
    """The cells of a tumor with the verbs of a Mesa ``AgentSet``, on arrays: ``select``, ``agg``,
    ``groupby``, ``get``, iteration.

    Parameters
    ----------
    tumor : AnyTumor
        The tumor whose cells these are.
    rows : int array, optional
        Rows of the subset; all by default.
    """

    def __init__(self, tumor: AnyTumor, rows: NDArray[np.int64] | None = None) -> None:
        self._tumor = tumor
        self._rows = np.arange(tumor.n) if rows is None else rows

    def __len__(self) -> int:
        return int(self._rows.size)

    def __iter__(self) -> Iterator[TumorCell]:
        return (TumorCell(self._tumor, int(row)) for row in self._rows)

    def __getitem__(self, index: int) -> TumorCell:
        return TumorCell(self._tumor, int(self._rows[index]))

    def get(self, name: str) -> NDArray[Any]:
        """Values of one column, shape (n_cells,), a copy."""
        if name not in Cells._fields:
            raise ParameterError(f"cells have no column {name!r}{suggest(name, Cells._fields)}")
        return self._tumor.column(name, self._rows)

    def select(
        self,
        condition: Callable[[Any], Any] | None = None,
        at_most: int | None = None,
        **equal: Any,
    ) -> TumorCells:
        """Cells that meet ``condition``, a function of this set that returns one boolean per cell,
        and ``column=value`` pairs.

        Examples
        --------
        >>> from xenosim.testing import small_spec
        >>> from xenosim.tumor.tumor import Tumor
        >>> cells = TumorCells(Tumor(small_spec(), 1.0, seed=1))
        >>> far = cells.select(lambda c: c.get("clock") > 0.5, state=CellState.PROLIFERATING)
        >>> 0 < len(far) < len(cells)
        True
        """
        keep = np.ones(len(self), bool)
        if condition is not None:
            keep &= np.asarray(condition(self), bool)
        for name, value in equal.items():
            keep &= self.get(name) == value
        return TumorCells(self._tumor, self._rows[keep][:at_most])

    def agg(self, name: str, function: Callable[[NDArray[Any]], Any]) -> Any:
        """``function`` of one column, in float64 where it is a float."""
        values = self.get(name)
        return function(values.astype(np.float64) if values.dtype.kind == "f" else values)

    def groupby(self, name: str) -> dict[Any, TumorCells]:
        """One set per value of an integer column."""
        values = self.get(name)
        kinds: Callable[[int], Any] = CellState if name == "state" else int
        return {
            kinds(int(v)): TumorCells(self._tumor, self._rows[values == v])
            for v in np.unique(values)
        }
