"""XenograftModel: one animal's tumor as a Mesa model. It holds no biology; every step is a step of
:class:`Tumor`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import mesa
import numpy as np
from numpy.typing import NDArray

from xenosim.cell.state import Cells, CellState
from xenosim.errors import ParameterError, suggest
from xenosim.pharmacology.exposure import TargetExposure
from xenosim.tumor.spec import TumorSpec
from xenosim.tumor.tumor import Tumor


class StaleViewError(RuntimeError):
    """A cell view was used after the step that it showed."""


class TumorCell:
    """One cell, seen through the columns: a view of one row that is valid until the next step.

    Attributes are the columns of :class:`xenosim.cell.state.Cells`, e.g. ``uid``, ``state``,
    ``load``, ``stress``, and ``position_um``.
    """

    __slots__ = ("_model", "_row", "_step")

    def __init__(self, model: XenograftModel, row: int) -> None:
        self._model, self._row, self._step = model, row, model.tumor.step_number

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        tumor = self._model.tumor
        if self._step != tumor.step_number:
            raise StaleViewError(
                f"this cell was seen at step {self._step}; the tumor is at step {tumor.step_number}"
            )
        if name not in Cells._fields:
            raise AttributeError(f"a cell has no {name!r}{suggest(name, Cells._fields)}")
        value = tumor.column(name, slice(self._row, self._row + 1))[0].item()
        return CellState(value) if name == "state" else value

    @property
    def position_um(self) -> tuple[float, float, float]:
        """(z, y, x) from the founding center [um]."""
        tumor = self._model.tumor
        z, y, x = tumor.positions_um(slice(self._row, self._row + 1))[0].tolist()
        return z, y, x

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
    model : XenograftModel
        The model whose cells these are.
    rows : int array, optional
        Rows of the subset; all by default.
    """

    def __init__(self, model: XenograftModel, rows: NDArray[np.int64] | None = None) -> None:
        self._model = model
        self._rows = np.arange(model.tumor.n) if rows is None else rows

    def __len__(self) -> int:
        return int(self._rows.size)

    def __iter__(self) -> Iterator[TumorCell]:
        return (TumorCell(self._model, int(row)) for row in self._rows)

    def __getitem__(self, index: int) -> TumorCell:
        return TumorCell(self._model, int(self._rows[index]))

    def get(self, name: str) -> NDArray[Any]:
        """Values of one column, shape (n_cells,), a copy."""
        if name not in Cells._fields:
            raise ParameterError(f"cells have no column {name!r}{suggest(name, Cells._fields)}")
        return self._model.tumor.column(name, self._rows)

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
        ``cells.select(lambda c: c.get("stress") > 0.5, state=CellState.PROLIFERATING)``
        """
        keep = np.ones(len(self), bool)
        if condition is not None:
            keep &= np.asarray(condition(self), bool)
        for name, value in equal.items():
            keep &= self.get(name) == value
        return TumorCells(self._model, self._rows[keep][:at_most])

    def agg(self, name: str, function: Callable[[NDArray[Any]], Any]) -> Any:
        """``function`` of one column, in float64 where it is a float."""
        values = self.get(name)
        return function(values.astype(np.float64) if values.dtype.kind == "f" else values)

    def groupby(self, name: str) -> dict[Any, TumorCells]:
        """One set per value of an integer column."""
        values = self.get(name)
        kinds: Callable[[int], Any] = CellState if name == "state" else int
        return {
            kinds(int(v)): TumorCells(self._model, self._rows[values == v])
            for v in np.unique(values)
        }


class XenograftModel(mesa.Model):
    """One animal's tumor, or its lesions: ``step()`` advances it by one time step; ``running``
    turns False when it has no cells or hits ``end_volume_mm3``.

    Parameters
    ----------
    spec : TumorSpec
        Cell model, traits, space and resolution.
    volume_mm3 : float or sequence of float
        Volume of the founding sphere, or of those of several lesions, which see the same plasma
        [mm3].
    exposure : TargetExposure, optional
        What the cells see of the drugs; time 0 is ``start_h``. None: no drug.
    rng : int or sequence of int, optional
        Seed of this tumor, or of each lesion [-]; None, as Mesa's batch running passes it: one that
        Mesa draws.
    start_h : float
        Study time of the first step [h]; negative while the tumor grows before treatment.
    end_volume_mm3 : float
        ``running`` becomes False at this volume [mm3].
    collect_every_h : float
        Interval of the data collector [h].
    tumors : sequence of Tumor, optional
        Living tumors, the lesions of one animal, to go on with in place of founding them.
    reserve_mm3 : float
        Volume for which memory is reserved, of each lesion [mm3].
    """

    def __init__(
        self,
        spec: TumorSpec,
        volume_mm3: float | Sequence[float],
        *,
        exposure: TargetExposure | None = None,
        rng: int | Sequence[int] | None = 1,
        start_h: float = 0.0,
        end_volume_mm3: float = math.inf,
        collect_every_h: float = 24.0,
        tumors: Sequence[Tumor] | None = None,
        reserve_mm3: float = 0.0,
    ) -> None:
        super().__init__(rng=rng)
        volumes = (
            [float(volume_mm3)]
            if isinstance(volume_mm3, (int, float))
            else [float(volume) for volume in volume_mm3]
        )
        seeds = (
            [int(self.rng.integers(1, 2**62)) for _ in volumes]
            if rng is None
            else [rng]
            if isinstance(rng, int)
            else list(rng)
        )
        self.tumors = list(
            tumors
            or (
                Tumor(spec, volume, int(seed), reserve_mm3)
                for volume, seed in zip(volumes, seeds, strict=True)
            )
        )
        self.exposure, self.time_h, self.end_volume_mm3 = exposure, start_h, end_volume_mm3
        self.inhibition: NDArray[np.float64] | None = None
        self._every = max(round(min(collect_every_h, 1e9) / spec.dt_h), 1)
        self.datacollector = mesa.DataCollector(
            model_reporters={
                "day": lambda m: m.time_h / 24.0,
                "tumor_volume_mm3": lambda m: m.volume_mm3,
                "n_cells": lambda m: m.n_agents,
                "n_proliferating": lambda m: m.counts()[CellState.PROLIFERATING],
                "n_quiescent": lambda m: m.counts()[CellState.QUIESCENT],
                "n_apoptotic": lambda m: m.counts()[CellState.APOPTOTIC],
                "n_necrotic": lambda m: m.counts()[CellState.NECROTIC],
                "load_mean": lambda m: m._mean("load"),
                "stress_mean": lambda m: m._mean("stress"),
            }
        )
        self.datacollector.collect(self)

    @property
    def tumor(self) -> Tumor:
        """The tumor; of several lesions the first."""
        return self.tumors[0]

    @property
    def volume_mm3(self) -> float:
        """Volume of all lesions together [mm3]."""
        return sum(tumor.volume_mm3 for tumor in self.tumors)

    @property
    def n_agents(self) -> int:
        """Agents of all lesions together."""
        return sum(tumor.n for tumor in self.tumors)

    def counts(self) -> dict[CellState, int]:
        """Agents per state, all lesions together."""
        each = [tumor.counts() for tumor in self.tumors]
        return {state: sum(counts[state] for counts in each) for state in CellState}

    @property
    def cells(self) -> TumorCells:
        """The cells of the first lesion as they are now."""
        return TumorCells(self)

    def _mean(self, name: str) -> float:
        return float(self.cells.agg(name, np.mean)) if self.tumor.n else math.nan

    def advance(self) -> None:
        """One time step without data collection."""
        end = self.time_h + self.tumor.spec.dt_h
        cereblon = 0.0
        if self.exposure is not None and end > 0.0:
            self.inhibition = self.exposure.advance(max(self.time_h, 0.0), end)
            cereblon = self.exposure.lenalidomide(max(self.time_h, 0.0), end)
        for tumor in self.tumors:
            tumor.step(self.inhibition, cereblon)
        self.time_h = end
        self.running = self.n_agents > 0 and self.volume_mm3 < self.end_volume_mm3

    def step(self) -> None:
        """Doses, exposure, cells, deaths, clearance, divisions of one time step; then the data
        collector when it is due.
        """
        self.advance()
        if self.tumor.step_number % self._every == 0:
            self.datacollector.collect(self)
