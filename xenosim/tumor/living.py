"""What a tumor is whatever space its cells live in: columns, clock, the kernel, deaths, counters.

A space is a subclass that says where cells are: it writes the abstract methods of
:class:`LivingTumor`, which are its steps and the read-outs that need places.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from xenosim.cell import population
from xenosim.cell.columns import HELD_AT_REST
from xenosim.cell.params import step_factors
from xenosim.cell.state import Cells, CellState, allocate, digest, view
from xenosim.errors import ResourceError
from xenosim.tumor.keeping import check_nothing_lost
from xenosim.tumor.space import Course
from xenosim.tumor.spec import TumorSpec

#: Cells at rest whose columns are worked out at a time [rows].
RESTING_ROWS = 1_000_000
#: Most agents of a tumor: row indices have 32 bits, and some to spare [rows].
MAX_AGENTS = 2**30


class LivingTumor(ABC):
    """Cells, clock and counters of a tumor; its space is that of the subclass.

    Parameters
    ----------
    spec : TumorSpec
        Model, space and resolution.
    volume_mm3 : float
        Volume of the founding sphere [mm3].
    seed : int
        Seed of every random draw of this tumor [-].
    reserve_mm3 : float
        Volume for which rows are reserved [mm3]; a larger tumor is copied into more rows.

    Raises
    ------
    ResourceError
        If the founding sphere holds no agent, or more than row indices can count.
    """

    #: Steps that are taken in one call at most: a caller looks up between calls [-].
    STEPS_AT_ONCE: ClassVar[int]
    #: Attributes that :meth:`state` keeps: plain numbers, and arrays.
    NUMBERS: ClassVar[tuple[str, ...]] = (
        "seed",
        "n",
        "step_number",
        "born",
        "cleared",
        "committed",
        "lost",
        "necrosed",
        "failed_pushes",
        "exposed",
    )
    ARRAYS: ClassVar[tuple[str, ...]] = ()
    #: Attributes that follow exactly from the rest, are scratch, or are kept in a way of their own.
    RECOMPUTED: ClassVar[tuple[str, ...]] = (
        "spec",
        "factors",
        "cells",
        "may_lack_oxygen",
        "_rested",
    )

    def __init__(
        self, spec: TumorSpec, volume_mm3: float, seed: int, reserve_mm3: float = 0.0
    ) -> None:
        n = round(volume_mm3 * spec.resolution)
        if not 1 <= n < MAX_AGENTS:
            raise ResourceError(
                f"a tumor of {volume_mm3:g} mm3 at {spec.resolution:g} agents per mm3 has {n}"
                " agents",
                remedy="choose a volume and resolution that give between 1 and 1e9 agents",
            )
        self._prepare(spec, n, reserve_mm3)
        self.seed, self.n, self.step_number = seed, n, 0
        self.born = self.cleared = self.committed = self.lost = self.necrosed = (
            self.failed_pushes
        ) = 0
        #: Whether the tumor has met a drug; before, its cells are at rest.
        self.exposed = False
        self._found()

    def _prepare(self, spec: TumorSpec, n: int, reserve_mm3: float = 0.0) -> None:
        """What follows from ``spec``, and room for a tumor that has ``n`` cells, or ``reserve_mm3``
        [mm3].
        """
        self.spec = spec
        self.factors = step_factors(spec.params, spec.dt_h, type(spec.params.capacity_rate))
        reserved = round(reserve_mm3 * spec.resolution)
        self.cells = allocate(
            reserved if reserved >= max(n, 1024) else max(2 * n, 1024),
            type(spec.params.capacity_rate),
        )
        #: Whether oxygen can be short anywhere; if not, it is not solved.
        self.may_lack_oxygen = spec.may_lack_oxygen
        #: Step at which the columns that are not held were last filled in.
        self._rested = -1

    # -- what a space writes
    # ------------------------------------------------------------
    @abstractmethod
    def _found(self) -> None:
        """Fill the first ``n`` rows with founders, and give each its place in the founding
        sphere.
        """

    @abstractmethod
    def _space_state(self) -> dict[str, Any]:
        """What the space keeps, as :meth:`state`."""

    @abstractmethod
    def _restore_space(self, state: dict[str, Any]) -> None:
        """Be in the space that :meth:`_space_state` was taken of; counters and columns are there
        already.
        """

    @abstractmethod
    def axes_mm(self) -> tuple[float, float, float]:
        """Length, width and height of the tumor as an ellipsoid [mm]; zeros without cells."""

    @abstractmethod
    def positions_um(self, rows: Any = slice(None)) -> NDArray[np.float64]:
        """Places (z, y, x) of all cells, or of some ``rows``, from the founding center [um], shape
        (n, 3).
        """

    @abstractmethod
    def section(self) -> dict[str, NDArray[np.float32]]:
        """State, load and stress on the central plane; NaN where there is no cell."""

    @abstractmethod
    def per_kind(self, table: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Values per vessel zone and clone of a ``table``, and how many cells have each."""

    @abstractmethod
    def hypoxic(self) -> int:
        """Living cells where the cycle stands still for want of oxygen [-]."""

    @abstractmethod
    def pressures(self) -> NDArray[np.float32]:
        """Oxygen of every cell [mmHg], shape (n,); empty if oxygen is not modeled."""

    # -- state
    # ------------------------------------------------------------
    @property
    def volume_mm3(self) -> float:
        """Sites occupied by living, dying or not yet cleared cells, times the site volume [mm3]."""
        return self.n / self.spec.resolution

    @property
    def held(self) -> tuple[str, ...]:
        """Columns that this tumor keeps: all, or, before any drug, those that the others follow
        from.
        """
        return Cells._fields if self.exposed else HELD_AT_REST

    @property
    def rows(self) -> Any:
        """Views of the rows in use; only the columns that are :attr:`held` mean anything."""
        return view(self.cells, self.n)

    @property
    def live(self) -> Any:
        """Views of the rows in use, with every column, until the next step."""
        if self.held != Cells._fields and self._rested != self.step_number:
            population.fill_resting_columns(self.rows, self.spec.params)
            self._rested = self.step_number
        return self.rows

    def column(self, name: str, rows: Any = slice(None)) -> NDArray[Any]:
        """One column of all cells, or of some ``rows``: before any drug worked out for it alone, so
        that no other column takes memory.
        """
        if name in self.held or self._rested == self.step_number:
            return np.asarray(getattr(self.rows, name)[rows])
        ratio = self.rows.load_ratio[rows]
        values = np.empty_like(ratio)
        scratch = allocate(min(ratio.size, RESTING_ROWS), ratio.dtype.type)
        for lo in range(0, ratio.size, RESTING_ROWS):
            part = view(scratch, min(RESTING_ROWS, ratio.size - lo))
            part.load_ratio[:] = ratio[lo : lo + RESTING_ROWS]
            population.fill_resting_columns(part, self.spec.params)
            values[lo : lo + RESTING_ROWS] = getattr(part, name)
        return values

    def distribution(self, *names: str) -> tuple[list[NDArray[Any]], NDArray[np.int64] | None]:
        """Values of some columns over all cells, and how many cells have each; None: one. A cell at
        rest has the state of its line of descent, so that before any drug there are no more values
        than founders, unless traits mix.
        """
        if self.exposed:
            return [np.asarray(getattr(self.rows, name)) for name in names], None
        if self.spec.traits.mixing_rate > 0.0:
            # Hardly two cells are alike: their columns in pieces, for memory's sake.
            return [self.column(name) for name in names], None
        ratio, counts = np.unique(self.rows.load_ratio, return_counts=True)
        resting = allocate(ratio.size, ratio.dtype.type)
        resting.load_ratio[:] = ratio
        population.fill_resting_columns(resting, self.spec.params)
        return [np.asarray(getattr(resting, name)) for name in names], counts

    def counts(self) -> dict[CellState, int]:
        """Number of agents per state."""
        states = self.cells.state[: self.n]
        return {state: int(np.count_nonzero(states == state)) for state in CellState}

    def digest(self) -> str:
        """Hash of all cells, independent of row order."""
        return digest(self.cells, self.n, self.held)

    def state(self) -> dict[str, Any]:
        """All that cannot be recomputed, as a tree of numbers and of views of the arrays: valid
        until the next step.

        Raises
        ------
        TypeError
            An attribute that is neither kept nor listed as recomputed: it would be lost.
        """
        check_nothing_lost(self, self.NUMBERS, self.ARRAYS, self.RECOMPUTED)
        return {
            "scalars": {name: getattr(self, name) for name in self.NUMBERS},
            "arrays": {name: getattr(self, name) for name in self.ARRAYS},
            "cells": {name: getattr(self.rows, name) for name in self.held},
            "space": self._space_state(),
        }

    @classmethod
    def from_state(cls, spec: TumorSpec, state: dict[str, Any]) -> Self:
        """The tumor that :meth:`state` was taken of: it goes on exactly as that one does. The state
        is copied.

        Raises
        ------
        KeyError, ValueError
            A state of another kind of tumor.
        """
        tumor = cls.__new__(cls)
        tumor._prepare(spec, state["scalars"]["n"])
        for name in cls.NUMBERS:
            setattr(tumor, name, state["scalars"][name])
        for name in cls.ARRAYS:
            setattr(tumor, name, state["arrays"][name].copy())
        for name in tumor.held:
            getattr(tumor.rows, name)[:] = state["cells"][name]
        tumor._restore_space(state["space"])
        return tumor

    # -- steps
    # ------------------------------------------------------------
    def step(
        self,
        inhibition: NDArray[np.float64] | None = None,
        cereblon: float = 0.0,
        direct: tuple[float, float, float] | None = None,
    ) -> None:
        """Advance by one time step; parameters as in :meth:`xenosim.tumor.space.AnyTumor.step`."""
        effect = None
        if direct is not None:
            kill, kill_cycling, pace = (np.array([each]) for each in direct)
            effect = kill, kill_cycling, pace
        seen = None if inhibition is None else inhibition[None]
        self.advance(seen, np.array([cereblon]), effect)

    @abstractmethod
    def advance(
        self,
        inhibition: NDArray[np.float64] | None,
        cereblon: NDArray[np.float64],
        direct: Course | None = None,
    ) -> None:
        """Advance by as many steps as ``cereblon`` has; parameters as in
        :meth:`xenosim.tumor.space.AnyTumor.advance`.
        """

    def kill(self, rows: list[int]) -> None:
        """Let the listed rows die at the next step; they are cleared as any dying cell (a uniform
        instant kill).
        """
        alive = [row for row in rows if self.cells.state[row] < CellState.APOPTOTIC]
        self.cells.event_step[alive] = self.step_number
