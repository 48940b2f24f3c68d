"""Culture: cells in medium. The same columns, rules and kernel as a tumor, without a lattice
(MODEL.md P9).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from xenosim.cell import population
from xenosim.cell.direct import in_one_step, strike_some
from xenosim.cell.kernel import BLOCK, step_cells, step_few_cells, well_mixed
from xenosim.cell.mixing import mix_traits
from xenosim.cell.params import (
    CellParams,
    TraitParams,
    cell_params,
    readout_params,
    step_factors,
    trait_params,
)
from xenosim.cell.readouts import Snapshot
from xenosim.cell.state import Cells, CellState, allocate, grown, view
from xenosim.errors import ParameterError
from xenosim.parameters.load import ParameterSet, load_set
from xenosim.parameters.perturb import Perturbation, kd_folds, node_levels, of_line, perturbed
from xenosim.pharmacology.exposure import TargetBinding, TargetExposure
from xenosim.pharmacology.plasma import PlasmaProfile
from xenosim.pharmacology.target import (
    Pulse,
    binding,
    clone_folds,
    medium_decay,
    medium_profile,
)

#: Share of a step by which a time may miss a whole number of steps in floating point [-].
STEP_ROUNDING = 1e-9


class Line(NamedTuple):
    """What a culture is made of: ``name``, ``label`` with what was changed, cell model, traits,
    beta5 sites [nM] and their turnover [1/h]; ``kd_folds``: factor on Kd of the resistant clone by
    drug [-]; ``levels``: remaining activity of perturbed nodes [-]; ``drugs``: parameters of drugs
    that meet them, None: the shipped ones.
    """

    name: str
    label: str
    params: CellParams
    traits: TraitParams
    sites_nM: float
    kdeg_per_h: float
    kd_folds: Mapping[str, float]
    levels: Mapping[str, float]
    drugs: Mapping[str, ParameterSet] | None = None


def line_of(
    cell: ParameterSet,
    doubling_h: float | None = None,
    perturbations: Sequence[Perturbation] = (),
    resistant_fraction: float | None = None,
    mutation_rate: float = 0.0,
    reversion_rate: float = 0.0,
) -> Line:
    """The cells of a parameter set, without background loss.

    Parameters
    ----------
    cell : ParameterSet
        A line of the library, the default cell, or a xenograft model.
    doubling_h : float, optional
        Doubling time in culture [h]; by default the line's own, or that of ``dish.yaml``.
    perturbations : sequence of Perturbation
        What is removed, over-expressed or mutated; the line's own mutation comes with it.
    resistant_fraction : float, optional
        Share of founders that carry the mutation [-]; by default all, if there is one.
    mutation_rate, reversion_rate : float
        Chance of a daughter to gain or to lose the mutation [-].
    """
    every = of_line(cell.name, perturbations) if cell.kind == "line" else tuple(perturbations)
    folds = kd_folds(every)
    share = _share_of_clone(folds, resistant_fraction, mutation_rate, reversion_rate)
    cycle = _doubling_in_culture(cell) if doubling_h is None else doubling_h
    if not 1.0 <= cycle <= 1000.0:
        raise ParameterError(
            f"a doubling time of {cycle:g} h in culture is absurd", remedy="give 1 to 1000 h"
        )
    changed = perturbed(cell, every)
    traits = trait_params(changed.value, cycle, 0.0)._replace(
        resistant_fraction=share, mutation_rate=mutation_rate, reversion_rate=reversion_rate
    )
    changes = [*map(str, perturbations)]
    changes += [f"{100 * share:g} % resistant"] if folds and share < 1.0 else []
    return Line(
        cell.name,
        cell.name + (f" ({', '.join(changes)})" if changes else ""),
        cell_params(changed.value),
        traits,
        changed.value("beta5_sites"),
        float(np.log(2.0) / changed.value("beta5_turnover_half_life")),
        folds,
        node_levels(every),
    )


def _share_of_clone(
    folds: Mapping[str, float], share: float | None, mutation_rate: float, reversion_rate: float
) -> float:
    """Share of founders with the mutation [-]: all, where there is one and no share is given."""
    share = (1.0 if folds else 0.0) if share is None else share
    if not all(0.0 <= number <= 1.0 for number in (share, mutation_rate, reversion_rate)):
        raise ParameterError(
            "a share or rate of the resistant clone lies outside 0 to 1",
            where="--resistant",
            remedy='give e.g. "5 %", and rates such as 1e-6',
        )
    if (share or mutation_rate) and not folds:
        raise ParameterError(
            "a resistant clone needs a mutation",
            where="--resistant",
            remedy='add --perturb "PSMB5=A49T"',
        )
    return share


def _doubling_in_culture(cell: ParameterSet) -> float:
    """The cells' own doubling time in culture [h], or that of cells without one."""
    if "culture_doubling_time" in cell.values:
        return cell.value("culture_doubling_time")
    return load_set("dish").value("doubling_time")


def drug_of(name: str, line: Line) -> ParameterSet:
    """The parameters of a drug that meets the cells of a ``line``."""
    return (line.drugs or {}).get(name) or load_set(name)


def medium_binding(names: Sequence[str], line: Line) -> TargetBinding:
    """Binding constants of drugs in medium with 10 % serum."""
    return binding(
        {name: drug_of(name, line) for name in names},
        line.sites_nM,
        line.kdeg_per_h,
        "fu_medium",
    )


class Gates(NamedTuple):
    """Annexin V / PI quadrants as shares of all cells [-]: viable (-/-), early (+/-) and late (+/+)
    apoptotic.
    """

    viable: float
    early: float
    late: float


class Culture:
    """Cells in one well.

    Parameters
    ----------
    line : Line
        What the cells are.
    n : int
        Cells seeded [-].
    pulses : sequence of Pulse
        Drugs in the medium.
    seed : int
        Seed of every draw of this well [-].
    dt_h : float
        Time step [h].
    """

    def __init__(
        self, line: Line, n: int, pulses: Sequence[Pulse] = (), seed: int = 1, dt_h: float = 1.0
    ) -> None:
        self.line, self.n, self.seed, self.dt_h, self.step_number = line, n, seed, dt_h, 0
        self.cells: Cells = allocate(4 * n)
        population.found_cells(self.cells, n, np.uint64(seed), line.traits, dt_h)
        population.fill_resting_columns(view(self.cells, n), line.params)
        self.cells.site[:] = 0
        self._dish = load_set("dish")
        names = sorted({pulse.drug for pulse in pulses})
        profiles: dict[str, PlasmaProfile] = {
            name: medium_profile(
                [p for p in pulses if p.drug == name], medium_decay(drug_of(name, line))
            )
            for name in names
        }
        drugs = medium_binding(names, line)
        self.exposure = TargetExposure(
            profiles,
            drugs,
            np.array([self._dish.value("medium_exchange")]),
            clone_folds(line.kd_folds, drugs.inhibitors),
        )
        #: beta5 occupancy of each clone in the last step [-].
        self.occupancy = np.zeros(self.exposure.fold.shape[0])
        self._factors = step_factors(line.params, dt_h)
        leak = self._dish.value("membrane_leak_time")
        self._in_vitro = line.traits._replace(
            clearance_min_h=leak, clearance_max_h=leak, killed_clearance_h=0.0
        )

    @property
    def time_h(self) -> float:
        """Time since seeding [h]."""
        return self.step_number * self.dt_h

    @property
    def live(self) -> Any:
        """Views of the rows in use; dead cells stay in the well."""
        return view(self.cells, self.n)

    def step(self) -> None:
        """One time step: occupancy, traits, every cell, deaths, divisions; a well is never
        full.
        """
        start = self.time_h
        self.step_number += 1
        step = np.int64(self.step_number)
        table = self.exposure.advance(start, start + self.dt_h)
        self.occupancy = table[0]
        cereblon = np.float32(self.exposure.lenalidomide(start, start + self.dt_h))
        exposure = well_mixed(np.ascontiguousarray(table.T, np.float32), cereblon)
        effect = in_one_step(self.exposure.direct_over(np.array([start, start + self.dt_h])), 0)
        exposure = exposure._replace(pace=np.float32(effect.pace))
        seed, traits = np.uint64(self.seed), self.line.traits
        if traits.mixing_rate > 0.0:
            mix_traits(self.live, step, seed, traits, self.line.params, self.dt_h, True)
        marks = np.empty(self.n, np.uint8)
        advance = step_few_cells if self.n <= 4 * BLOCK else step_cells
        advance(self.live, exposure, self.line.params, self._factors, step, marks)
        if effect.kill > 0.0 or effect.kill_cycling > 0.0:
            strike_some(self.live, 0, self.n, exposure, effect, step, seed, self.dt_h, marks)
        dying, _, ready = population.list_marked(marks)
        # A dead cell stays in the well; its event step, when a tumor would clear it, is when its
        # membrane leaks.
        population.begin_deaths(self.cells, dying, step, self._in_vitro, seed, self.dt_h, True)
        self._divide(ready, step)

    def run_until(self, time_h: float) -> None:
        """Step until ``time_h`` [h] since seeding."""
        for _ in range(self.steps_to(time_h) - self.step_number):
            self.step()

    def steps_to(self, time_h: float) -> int:
        """Number of steps from seeding to ``time_h`` [h], or to the first step after it."""
        return math.ceil(time_h / self.dt_h - STEP_ROUNDING)

    def gates(self) -> Gates:
        """Shares of cells as flow cytometry gates them [-]."""
        dead = self.live.state == CellState.APOPTOTIC
        late = dead & (self.live.event_step <= self.step_number)
        return Gates(float(1.0 - dead.mean()), float((dead & ~late).mean()), float(late.mean()))

    def living(self) -> int:
        """Number of cells that have not committed to death."""
        return int((self.live.state != CellState.APOPTOTIC).sum())

    def signal(self) -> float:
        """What reduces the dye of an MTT or MTS assay [cells]: living cells, less under stress, and
        a part of those just committed.
        """
        live = self.live
        dead = live.state == CellState.APOPTOTIC
        early = dead & (live.event_step > self.step_number)
        burden = np.maximum(live.stress[~dead] - live.resting_stress[~dead], 0.0)
        loss, left = self._dish.value("signal_stress_loss"), self._dish.value("signal_early")
        return float((1.0 - loss * burden).sum() + left * early.sum())

    def resistant(self) -> float:
        """Share of the resistant clone among living cells [-]."""
        living = self.live.state != CellState.APOPTOTIC
        return float((self.live.clone[living] > 0).mean()) if living.any() else 0.0

    def snapshot(self) -> Snapshot:
        """Columns of the cells that a lysate holds: all but those whose membrane has leaked; all,
        where no other is left.
        """
        live = self.live
        dead = live.state == CellState.APOPTOTIC
        kept = ~(dead & (live.event_step <= self.step_number))
        kept = kept if kept.any() else np.ones_like(kept)
        columns = [column[kept] for column in live]
        cells = Cells(*(c.astype(np.float64) if c.dtype.kind == "f" else c for c in columns))
        return Snapshot(
            cells=cells,
            occupancy=self.occupancy[cells.clone].astype(np.float64),
            dead=dead[kept].astype(np.float64),
            params=self.line.params,
            constants=readout_params(load_set("readouts").value),
            levels=self.line.levels,
        )

    def _divide(self, ready: NDArray[np.int64], step: np.int64) -> None:
        if ready.size == 0:
            return
        # Divisions in the order of the uid: the rows of daughters do not depend on the order of
        # rows.
        mothers = ready[np.argsort(self.cells.uid[ready], kind="stable")]
        population.finish_cycles(self.cells, mothers)
        self.cells.state[mothers] = CellState.PROLIFERATING
        if self.n + mothers.size > self.cells.uid.shape[0]:
            self.cells = grown(self.cells, self.n, 2 * (self.n + mothers.size))
        daughters = np.arange(self.n, self.n + mothers.size)
        population.bear_daughters(
            self.cells,
            mothers,
            daughters,
            step,
            self.line.traits,
            np.uint64(self.seed),
            self.dt_h,
            True,
        )
        self.cells.site[daughters] = 0
        self.n += mothers.size
