"""A tumor whose steps follow the list of phases one by one, on all threads: for spaces whose phases
are worth a call each.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from xenosim.cell import population
from xenosim.cell.direct import DirectEffect, acts, in_one_step, strike_cells
from xenosim.cell.kernel import Exposure, age_cells, age_hypoxic_cells, step_cells
from xenosim.cell.mixing import mix_traits
from xenosim.cell.state import grown
from xenosim.tumor.living import LivingTumor
from xenosim.tumor.phases import PHASES, CurrentStep
from xenosim.tumor.space import Course


class PhasedTumor(LivingTumor):
    """A living tumor that goes through :data:`xenosim.tumor.phases.PHASES` in every step; its space
    writes those that change places. Parameters and errors as of :class:`LivingTumor`.
    """

    STEPS_AT_ONCE: ClassVar[int] = 1

    # -- what a space writes
    # ------------------------------------------------------------
    @abstractmethod
    def _exposure(self, inhibition: NDArray[np.float64] | None, cereblon: float) -> Exposure:
        """What each cell sees of the drugs and of oxygen; arguments as in :meth:`step`."""

    @abstractmethod
    def _recenter(self, now: CurrentStep) -> None:
        """The center of mass, when it is due."""

    @abstractmethod
    def _clear(self, now: CurrentStep) -> None:
        """The places of the ``leaving`` rows become gaps."""

    @abstractmethod
    def _update_space(self, now: CurrentStep) -> None:
        """Gaps close and the depth is measured, when it is due."""

    @abstractmethod
    def _divide(self, now: CurrentStep) -> None:
        """The ``ready`` rows divide where room can be made; daughters take the rows of ``leaving``
        cells first. Sets how many were ``born``.
        """

    @abstractmethod
    def _tidy(self, now: CurrentStep) -> None:
        """Close up the rows of the cleared, which sets ``n``."""

    @abstractmethod
    def _breathe(self, now: CurrentStep) -> None:
        """Oxygen and necrosis, when they are due."""

    # -- one step
    # ------------------------------------------------------------
    def advance(
        self,
        inhibition: NDArray[np.float64] | None,
        cereblon: NDArray[np.float64],
        direct: Course | None = None,
    ) -> None:
        """Advance by as many steps as ``cereblon`` has, each in the order of
        :data:`xenosim.tumor.phases.PHASES`; parameters as in
        :meth:`xenosim.tumor.space.AnyTumor.advance`.
        """
        for k, seen in enumerate(cereblon.tolist()):
            now = None if inhibition is None else inhibition[k]
            self._follow_phases(now, seen, in_one_step(direct, k))

    def _follow_phases(
        self, inhibition: NDArray[np.float64] | None, cereblon: float, direct: DirectEffect
    ) -> None:
        self.step_number += 1
        if self.n == 0:
            return
        now = CurrentStep(
            np.int64(self.step_number), inhibition, cereblon, direct, np.empty(self.n, np.uint8)
        )
        for phase in PHASES:
            getattr(self, phase.method)(now)

    def _mix_traits(self, now: CurrentStep) -> None:
        """Load and threshold of the cells whose turn it is."""
        if self.spec.traits.mixing_rate > 0.0:
            mix_traits(
                self.rows,
                now.number,
                np.uint64(self.seed),
                self.spec.traits,
                self.spec.params,
                self.spec.dt_h,
                self.exposed,
            )

    def _advance_cells(self, now: CurrentStep) -> None:
        """Every cell by one step, and its mark."""
        if not self.exposed and (
            now.cereblon > 0
            or (now.inhibition is not None and bool(now.inhibition.any()))
            or acts(now.direct)
        ):
            population.fill_resting_columns(self.rows, self.spec.params)
            self.exposed = True
        if self.exposed:
            exposure = self._exposure(now.inhibition, now.cereblon)
            exposure = exposure._replace(pace=type(exposure.cereblon)(now.direct.pace))
            step_cells(self.rows, exposure, self.spec.params, self.factors, now.number, now.marks)
            self._strike(now, exposure)
        elif self.may_lack_oxygen:
            age_hypoxic_cells(
                self.rows, self._exposure(None, 0.0), self.factors.dt, now.number, now.marks
            )
        else:
            age_cells(self.rows, self.factors.dt, now.number, now.marks)

    def _strike(self, now: CurrentStep, exposure: Exposure) -> None:
        """The cells that drugs kill directly in this step commit to death."""
        if now.direct.kill > 0.0 or now.direct.kill_cycling > 0.0:
            seed, dt = np.uint64(self.seed), self.spec.dt_h
            strike_cells(self.rows, exposure, now.direct, now.number, seed, dt, now.marks)

    def _begin_deaths(self, now: CurrentStep) -> None:
        """Of the marked rows, the dying begin to die; who leaves and who is ready to divide."""
        now.dying, now.leaving, now.ready = population.list_marked(now.marks)
        committed = population.begin_deaths(
            self.cells,
            now.dying,
            now.number,
            self.spec.traits,
            np.uint64(self.seed),
            self.spec.dt_h,
            self.exposed,
        )
        self.committed += committed
        self.lost += now.dying.size - committed

    def _bear(
        self, now: CurrentStep, mothers: NDArray[np.int64], daughters: NDArray[np.int64]
    ) -> None:
        """Fill the rows of ``daughters`` from their ``mothers`` (born,), and count them."""
        population.bear_daughters(
            self.cells,
            mothers,
            daughters,
            now.number,
            self.spec.traits,
            np.uint64(self.seed),
            self.spec.dt_h,
            self.exposed,
        )
        now.born = mothers.size
        self.born += now.born
        self.failed_pushes += now.ready.size - now.born

    def _reserve(self, rows: int) -> None:
        if rows > self.cells.uid.shape[0]:
            # Memory is taken when it is first touched, so room to spare costs nothing.
            self.cells = grown(self.cells, self.n, rows + rows // 2, self.held)
