"""What every tumor offers, whatever space its cells live in.

The study, its Mesa facade and its tables know a tumor by this interface alone. The lattice
(:class:`xenosim.tumor.tumor.Tumor`) is one space, the radial order of the cells
(:class:`xenosim.tumor.radial.RadialTumor`) another; a third one satisfies the same interface, most
simply as a subclass of :class:`xenosim.tumor.living.LivingTumor`, which has all that does not
depend on the space, and stands in :data:`xenosim.tumor.spaces.SPACES`.
"""

from __future__ import annotations

from typing import Any, ClassVar, Protocol, Self, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from xenosim.cell.state import CellState
from xenosim.tumor.spec import TumorSpec

#: Direct effects of drugs over n steps: rates of death [1/h] and pace of the clock [-], (n,).
Course = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]


@runtime_checkable
class AnyTumor(Protocol):
    """A living tumor, or one of an animal's lesions.

    Attributes
    ----------
    STEPS_AT_ONCE : int
        Steps that it takes in one call at most [-].
    spec : TumorSpec
        Cell model, traits, space and resolution.
    seed : int
        Seed of every random draw of this tumor [-].
    n : int
        Agents, living and dead, that have not been cleared [-].
    step_number : int
        Steps since the tumor was founded [-].
    born, cleared : int
        Agents that were born, and cleared, since then [-].
    exposed : bool
        Whether the tumor has met a drug.
    """

    STEPS_AT_ONCE: ClassVar[int]
    spec: TumorSpec
    seed: int
    n: int
    step_number: int
    born: int
    cleared: int
    exposed: bool

    @classmethod
    def from_state(cls, spec: TumorSpec, state: dict[str, Any]) -> Self:
        """The tumor that :meth:`state` was taken of: it goes on exactly as that one does."""
        ...

    def step(
        self,
        inhibition: NDArray[np.float64] | None = None,
        cereblon: float = 0.0,
        direct: tuple[float, float, float] | None = None,
    ) -> None:
        """Advance by one time step.

        Parameters
        ----------
        inhibition : array, optional
            Mean beta5 occupancy of the step [-], shape (N_ZONES, n_clones), or (1, n_clones) for
            all zones; none: no drug.
        cereblon : float
            Mean CRBN occupancy by lenalidomide [-].
        direct : tuple of float, optional
            Direct effects, as :class:`xenosim.cell.direct.DirectEffect`; none: no such drug.
        """
        ...

    def advance(
        self,
        inhibition: NDArray[np.float64] | None,
        cereblon: NDArray[np.float64],
        direct: Course | None = None,
    ) -> None:
        """Advance by as many steps as ``cereblon`` has.

        Parameters
        ----------
        inhibition : array, optional
            Mean beta5 occupancy of every step [-], shape (n_steps, N_ZONES, n_clones), or
            (n_steps, 1, n_clones) for all zones; none: no drug.
        cereblon : array, shape (n_steps,)
            Mean CRBN occupancy by lenalidomide in every step [-].
        direct : tuple of arrays, optional
            Direct effects in every step, as :class:`xenosim.cell.direct.DirectEffect`, (n_steps,)
            each; none: no such drug.
        """
        ...

    def kill(self, rows: list[int]) -> None:
        """Let the listed rows [-] die at the next step."""
        ...

    @property
    def volume_mm3(self) -> float:
        """Volume of all cells that are not cleared yet [mm3]."""
        ...

    def axes_mm(self) -> tuple[float, float, float]:
        """Length, width and height of the tumor as an ellipsoid [mm]; zeros without cells."""
        ...

    def counts(self) -> dict[CellState, int]:
        """Number of agents per state [-]."""
        ...

    def hypoxic(self) -> int:
        """Living cells where the cycle stands still for want of oxygen [-]."""
        ...

    def column(self, name: str, rows: Any = slice(None)) -> NDArray[Any]:
        """One column of all cells, or of some ``rows`` [unit of the column]."""
        ...

    def distribution(self, *names: str) -> tuple[list[NDArray[Any]], NDArray[np.int64] | None]:
        """Values of some columns over all cells, and how many cells have each; None: one."""
        ...

    def per_kind(self, table: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Values per zone and clone of a ``table``, shape (n_zones, n_clones), and how many cells
        have each, shape (n_zones n_clones,) both.
        """
        ...

    def pressures(self) -> NDArray[np.float32]:
        """Oxygen of every cell [mmHg], shape (n,); empty if oxygen is not modeled."""
        ...

    def positions_um(self, rows: Any = slice(None)) -> NDArray[np.float64]:
        """Places (z, y, x) of all cells, or of some ``rows``, from the founding center [um], shape
        (n, 3).
        """
        ...

    def section(self) -> dict[str, NDArray[np.float32]]:
        """State, load and stress on the central plane; NaN where there is no cell, shape (ny, nx)
        each.
        """
        ...

    def state(self) -> dict[str, Any]:
        """All that cannot be recomputed, as a tree of numbers and arrays."""
        ...

    def digest(self) -> str:
        """Hash of all cells, independent of row order: equal tumors have equal digests."""
        ...
