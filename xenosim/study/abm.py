"""XenograftModel: one animal as a Mesa model. It holds no biology; every step is a step of
:class:`xenosim.study.animal.Animal`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Self

import mesa
import numpy as np

from xenosim.cell.state import CellState
from xenosim.errors import ScenarioError, suggest
from xenosim.pharmacology.exposure import TargetExposure
from xenosim.study.animal import Animal
from xenosim.study.cell_views import TumorCells
from xenosim.study.engraft import grown_animal
from xenosim.study.job import Job
from xenosim.tumor.growth import Growth
from xenosim.tumor.space import AnyTumor
from xenosim.tumor.spaces import found_tumor
from xenosim.tumor.spec import TumorSpec

if TYPE_CHECKING:
    from xenosim.scenario.schema import Scenario


class XenograftModel(mesa.Model):
    """One animal, a tumor of its own, as a Mesa model: ``step()`` advances it by one time step;
    ``running`` turns False when it has no cells or hits ``end_volume_mm3``.

    Parameters
    ----------
    spec : TumorSpec
        Cell model, traits, space and resolution.
    volume_mm3 : float or sequence of float
        Volume of the founding sphere, or of those of several lesions, which see the same plasma
        [mm3].
    exposure : TargetExposure, optional
        What the cells see of the drugs; its time 0 is the first step. None: no drug.
    rng : int or sequence of int, optional
        Seed of this tumor, or of each lesion [-]; None, as Mesa's batch running passes it: one that
        Mesa draws.
    end_volume_mm3 : float
        ``running`` becomes False at this volume [mm3].
    collect_every_h : float
        Interval of the data collector [h].

    Examples
    --------
    >>> from xenosim.testing import small_spec
    >>> model = XenograftModel(small_spec(), 1.0, rng=5)
    >>> model.n_agents, model.volume_mm3, model.running
    (1000, 1.0, True)
    """

    animal: Animal

    def __init__(
        self,
        spec: TumorSpec,
        volume_mm3: float | Sequence[float],
        *,
        exposure: TargetExposure | None = None,
        rng: int | Sequence[int] | None = 1,
        end_volume_mm3: float = math.inf,
        collect_every_h: float = 24.0,
    ) -> None:
        super().__init__(rng=rng)
        volumes = [float(volume) for volume in np.atleast_1d(volume_mm3)]
        seeds = self.rng.integers(1, 2**62, len(volumes)) if rng is None else np.atleast_1d(rng)
        tumors = [
            found_tumor(spec, volume, int(seed))
            for volume, seed in zip(volumes, seeds, strict=True)
        ]
        self._show(
            Animal(tumors, {"tumor": exposure} if exposure else {}, day_0=0),
            end_volume_mm3,
            collect_every_h,
        )

    @classmethod
    def of(
        cls, animal: Animal, end_volume_mm3: float = math.inf, collect_every_h: float = 24.0
    ) -> Self:
        """A living ``animal`` as a Mesa model; arguments as of the class."""
        model = cls.__new__(cls)
        mesa.Model.__init__(model, rng=animal.tumor.seed)
        model._show(animal, end_volume_mm3, collect_every_h)
        return model

    @classmethod
    def from_scenario(
        cls,
        scenario: Scenario,
        arm: str | None = None,
        animal: int = 1,
        *,
        growth: Growth | None = None,
        collect_every_h: float = 24.0,
    ) -> Self:
        """An animal of a scenario on day 0, grown from its engraftment.

        In a study all animals begin on the day on which their mean volume is the start volume; here
        the animal begins on the first day on which its own tumor has it.

        Parameters
        ----------
        scenario : Scenario
            What :func:`xenosim.load_scenario` reads.
        arm : str, optional
            Name of its arm; by default the first treated one, or the control where there is none.
        animal : int
            Which animal, from 1: what makes it differ from the typical one, and its random numbers.
        growth : Growth, optional
            Growth of the untreated tumor, as a study's result holds it; by default it is
            calibrated, which takes seconds to a minute.
        collect_every_h : float
            Interval of the data collector [h].

        Raises
        ------
        ScenarioError
            There is no such arm, or the tumor does not reach the start volume.

        Examples
        --------
        >>> from xenosim import load_scenario
        >>> scenario = load_scenario("scenarios/escc_q2d.yaml")  # doctest: +SKIP
        >>> model = XenograftModel.from_scenario(scenario, "ixazomib")  # doctest: +SKIP
        >>> for _ in range(48):  # doctest: +SKIP
        ...     model.step()
        >>> model.volume_mm3, model.cells.agg("load", np.mean)  # doctest: +SKIP
        """
        from xenosim.study.growth import calibrate_growth

        job = Job(
            scenario, growth or calibrate_growth(scenario), _arm_of(scenario, arm), animal, 0, 0
        )
        return cls.of(
            grown_animal(job), scenario.measure.end_volume_mm3, collect_every_h=collect_every_h
        )

    def _show(self, animal: Animal, end_volume_mm3: float, collect_every_h: float) -> None:
        """Be the model of ``animal``."""
        self.animal, self.end_volume_mm3 = animal, end_volume_mm3
        self._every = max(round(min(collect_every_h, 1e9) / animal.dt_h), 1)
        self.datacollector = mesa.DataCollector(model_reporters=REPORTERS)
        self.datacollector.collect(self)

    @property
    def tumors(self) -> list[AnyTumor]:
        """The tumor, or the lesions."""
        return self.animal.tumors

    @property
    def tumor(self) -> AnyTumor:
        """The tumor; of several lesions the first."""
        return self.animal.tumor

    @property
    def time_h(self) -> float:
        """Time since day 0 [h]."""
        return self.animal.time_h

    @property
    def volume_mm3(self) -> float:
        """Volume of all lesions together [mm3]."""
        return self.animal.volume_mm3

    @property
    def n_agents(self) -> int:
        """Agents of all lesions together."""
        return self.animal.n_agents

    def counts(self) -> dict[CellState, int]:
        """Agents per state, all lesions together."""
        return self.animal.counts()

    @property
    def cells(self) -> TumorCells:
        """The cells of the first lesion as they are now."""
        return TumorCells(self.tumor)

    def step(self) -> None:
        """One time step of the animal; then the data collector when it is due."""
        self.animal.advance()
        self.running = self.n_agents > 0 and self.volume_mm3 < self.end_volume_mm3
        if self.animal.step_number % self._every == 0:
            self.datacollector.collect(self)


def _mean(model: XenograftModel, name: str) -> float:
    return float(model.cells.agg(name, np.mean)) if model.tumor.n else math.nan


#: What the data collector records.
REPORTERS: dict[str, Callable[[XenograftModel], float]] = {
    "day": lambda model: model.time_h / 24.0,
    "tumor_volume_mm3": lambda model: model.volume_mm3,
    "n_cells": lambda model: model.n_agents,
    "n_proliferating": lambda model: model.counts()[CellState.PROLIFERATING],
    "n_quiescent": lambda model: model.counts()[CellState.QUIESCENT],
    "n_apoptotic": lambda model: model.counts()[CellState.APOPTOTIC],
    "n_necrotic": lambda model: model.counts()[CellState.NECROTIC],
    "load_mean": lambda model: _mean(model, "load"),
    "stress_mean": lambda model: _mean(model, "stress"),
}


def _arm_of(scenario: Scenario, name: str | None) -> str:
    """The arm called ``name``, or the one that is meant by none."""
    names = [arm.name for arm in scenario.arms]
    if name is None:
        treated = [arm.name for arm in scenario.arms if not arm.control]
        return (treated or names)[0]
    if name not in names:
        raise ScenarioError(
            f"there is no arm '{name}'{suggest(name, names)}", remedy=f"arms: {', '.join(names)}"
        )
    return name
