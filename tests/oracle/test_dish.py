"""The dish against a reference dish: the plain-Python cells of :mod:`tests.oracle.naive` in a
medium solved by SciPy, without a lattice.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import SimpleNamespace

import numpy as np
import pytest
from mesa.discrete_space import OrthogonalVonNeumannGrid
from scipy.integrate import solve_ivp

from tests.oracle.naive import NaiveTumor
from xenosim.assays.culture import Culture, Line, line_of
from xenosim.cell import population
from xenosim.cell.columns import FLOAT_COLUMNS
from xenosim.cell.params import CellParams, TraitParams, step_factors
from xenosim.cell.state import CellState, allocate
from xenosim.parameters.load import load_line, load_set
from xenosim.parameters.perturb import parse_perturbations
from xenosim.pharmacology.target import Pulse


class NaiveMedium:
    """Free drug and beta5 of one clone in medium: competing inhibitors, quasi-steady exchange of 50
    /h, turnover of the sites (P2).
    """

    def __init__(
        self, pulses: list[Pulse], sites: float, half_life_h: float, folds: Mapping[str, float]
    ) -> None:
        self.pulses, self.sites, self.loss = pulses, sites, math.log(2) / half_life_h
        self.drugs = {
            name: load_set(name)
            for name in sorted({p.drug for p in pulses})
            if load_set(name).mechanism == "proteasome_inhibitor"
        }
        self.rates = [
            (
                d.value("koff") / d.value("kd") / folds.get(name, 1.0),
                d.value("koff"),
                d.value("fu_medium"),
            )
            for name, d in self.drugs.items()
        ]
        self.state = np.zeros(
            len(self.drugs) + 1
        )  # occupancy of each inhibitor, and the time integral of their sum

    def medium(self, name: str, time: float) -> float:
        """Total concentration [nM]."""
        return sum(
            p.concentration_nM
            for p in self.pulses
            if p.drug == name and p.start_h <= time < p.end_h
        )

    def mean_occupancy(self, start: float) -> float:
        """Mean over the hour from ``start``, in pieces between the changes of medium."""
        edges = {start, start + 1.0} | {
            t for p in self.pulses for t in (p.start_h, p.end_h) if start < t < start + 1.0
        }
        cuts = sorted(edges)
        self.state[-1] = 0.0
        for a, b in zip(cuts, cuts[1:], strict=False):
            levels = [self.medium(name, a) for name in self.drugs]
            self.state = solve_ivp(
                self._slopes, (a, b), self.state, "LSODA", args=(levels,), rtol=1e-8, atol=1e-11
            ).y[:, -1]
        return float(self.state[-1])

    def _slopes(self, time: float, state: np.ndarray, levels: list[float]) -> list[float]:
        free_sites = 1.0 - sum(state[:-1])
        slopes = []
        for o, level, (kon, koff, unbound) in zip(state, levels, self.rates, strict=False):
            free = (50.0 * level + koff * self.sites * o) / (
                50.0 / unbound + kon * self.sites * free_sites
            )
            slopes.append(kon * free * free_sites - (koff + self.loss) * o)
        return [*slopes, sum(state[:-1])]

    def cereblon(self, start: float) -> float:
        """Occupancy of cereblon in the hour from ``start``, which must hold no change of
        lenalidomide.
        """
        free = load_set("lenalidomide").value("fu_medium") * self.medium("lenalidomide", start)
        return free / (free + load_set("lenalidomide").value("kd_crbn"))


class NaiveDish(NaiveTumor):
    """Founders, rules, deaths and births of the reference tumor; every cell that finishes its cycle
    divides, and the dead stay.
    """

    def __init__(self, params: CellParams, traits: TraitParams, n: int, seed: int) -> None:
        super(NaiveTumor, self).__init__(rng=1)  # nothing is drawn from it
        self.spec = SimpleNamespace(params=params, traits=traits, dt_h=1.0, oxygen=None)  # type: ignore[assignment]
        self.seed_, self.time_step, self.exposed = seed, 0, True
        self.has_met_drug = True  # a well holds every column from the start
        self.grid = OrthogonalVonNeumannGrid((1, 1), torus=False, capacity=None, random=self.random)
        for i in range(n):
            self._found(i, (0, 0))

    def step_in(self, occupancy: np.ndarray, cereblon: float) -> None:
        """One hour at an occupancy per clone."""
        self.inhibition, self.cereblon = occupancy[None, :], cereblon
        self.advance_cells()
        living = [c for c in self.agents if c.state != "apoptotic"]
        for cell in living:
            if cell.commitment >= 1 or cell.due():
                cell.die()
        ready = sorted(
            (c for c in living if c.state != "apoptotic" and c.clock >= 1), key=lambda c: c.uid
        )
        for cell in ready:
            cell.clock, cell.state = cell.clock - 1, "proliferating"
        for cell in ready:
            self.bear(cell, (0, 0))


def by_hand(
    name: str,
    changes: Mapping[str, float],
    cycle_h: float,
    mix: tuple[float, float, float] = (0.0, 0.0, 0.0),
) -> tuple[CellParams, TraitParams]:
    """Parameters of a line with some multiplied by the factors in ``changes``, as float32 like
    those of a culture, and its traits.
    """
    value = {key: p.value * changes.get(key, 1.0) for key, p in load_line(name).values.items()}
    sd = {
        trait: math.sqrt(math.log(1 + value[f"{trait}_cv"] ** 2))
        for trait in ("load", "threshold", "cycle")
    }
    traits = TraitParams(
        value["load_mean"] / math.exp(sd["load"] ** 2 / 2),
        sd["load"],
        value["threshold_mean"] / math.exp(sd["threshold"] ** 2 / 2),
        sd["threshold"],
        cycle_h,
        sd["cycle"],
        value["cycle_inheritance"],
        0.0,
        8.0,
        8.0,
        *mix,
        mixing_rate=value["trait_mixing_rate"],
    )
    return CellParams(*(float(np.float32(value[key])) for key in CellParams._fields)), traits


def double(well: Culture) -> Culture:
    """The same well with float64 columns: then nothing but the rules can differ."""
    well.line = well.line._replace(params=CellParams(*(np.float64(p) for p in well.line.params)))
    well.cells, well._factors = (
        allocate(4 * well.n, np.float64),
        step_factors(well.line.params, 1.0, np.float64),
    )
    population.found_cells(well.cells, well.n, np.uint64(well.seed), well.line.traits, 1.0)
    population.fill_resting_columns(well.live, well.line.params)
    well.cells.site[:] = 0
    return well


def assert_same(well: Culture, naive: NaiveDish) -> None:
    """Same cells in the same rows with the same values, and the same gates, signal and clone."""
    cells, live = list(naive.agents), well.live
    assert [c.uid for c in cells] == live.uid.tolist()
    assert [c.state for c in cells] == [CellState(state).name.lower() for state in live.state]
    assert [c.clone for c in cells] == live.clone.tolist()
    assert [c.event_step for c in cells] == live.event_step.tolist()
    dead = live.state == CellState.APOPTOTIC
    for name in FLOAT_COLUMNS:
        kept = (
            ~dead if name in ("clock", "commitment") else np.ones_like(dead)
        )  # of no meaning in a dying cell
        expected = np.array([getattr(c, name) for c in cells])
        # Both are float64: only the order of operations differs, over some dozens of steps.
        np.testing.assert_allclose(
            getattr(live, name)[kept], expected[kept], rtol=1e-9, atol=1e-12, err_msg=name
        )
    alive = [c for c in cells if c.state != "apoptotic"]
    early = [c for c in cells if c.state == "apoptotic" and c.event_step > naive.time_step]
    shares = (
        len(alive) / len(cells),
        len(early) / len(cells),
        (len(cells) - len(alive) - len(early)) / len(cells),
    )
    assert well.gates() == pytest.approx(shares) and well.living() == len(alive)
    signal = sum(1 - 0.5 * max(c.stress - c.resting_stress, 0) for c in alive) + 0.5 * len(early)
    assert well.signal() == pytest.approx(signal, rel=1e-9)
    assert well.resistant() == pytest.approx(sum(c.clone for c in alive) / max(len(alive), 1))


def follow(
    line: Line, pulses: list[Pulse], naive: NaiveDish, media: list[NaiveMedium], steps: int
) -> tuple[Culture, dict[str, int]]:
    """Step both dishes side by side; how often something happened."""
    n = len(naive.agents)
    well, plain = (Culture(line, n, pulses, seed=naive.seed_) for _ in range(2))
    double(well)
    assert_same(well, naive)
    for step in range(steps):
        well.step()
        plain.step()
        # The adaptive pair works to 1e-5 of the occupancy; what the cells see is rounded to
        # float32.
        assert [m.mean_occupancy(step) for m in media] == pytest.approx(
            well.occupancy.tolist(), rel=2e-4, abs=1e-6
        )
        naive.step_in(
            np.float32(well.occupancy).astype(float), float(np.float32(media[0].cereblon(step)))
        )
        if step % 4 == 0 or step == steps - 1:
            assert_same(well, naive)
    # float32 columns may decide a cell or two at the threshold otherwise.
    assert plain.gates() == pytest.approx(well.gates(), abs=2.5 / well.n)
    dead = well.live.state == CellState.APOPTOTIC
    return well, {
        "born": well.n - n,
        "dead": int(dead.sum()),
        "late": int((dead & (well.live.event_step <= steps)).sum()),
    }


def test_perturbed_line_through_a_pulse() -> None:
    perturbations = parse_perturbations(["CHOP=ko", "NOXA=kd:0.5", "MCL1=oe:1.5"])
    cell, pulses = (
        load_line("CEM/WT"),
        [Pulse("ixazomib", 400.0, 0.0, 20.5), Pulse("ixazomib", 100.0, 10.0, math.inf)],
    )
    line = line_of(cell, 26.0, perturbations)
    # A third of the threshold is Mcl-1's, so half as much again is 7/6 of it; half of NOXA's drive
    # and no DR5 are left.
    changes = {"dr5": 0.0, "myc": 0.5, "threshold_mean": 7 / 6, "mcl1_induction": 1.5}
    naive = NaiveDish(*by_hand("CEM/WT", changes, 26.0), 150, 17)
    medium = NaiveMedium(
        pulses, cell.value("beta5_sites"), cell.value("beta5_turnover_half_life"), {}
    )
    _, seen = follow(line, pulses, naive, [medium], 48)
    assert min(seen.values()) > 10, seen


def test_mixture_with_mutation_and_reversion() -> None:
    cell, pulses = load_line("Jurkat"), [Pulse("ixazomib", 45.0, 0.0, math.inf)]
    line = line_of(cell, 20.0, parse_perturbations(["PSMB5=A49T"]), 0.3, 0.2, 0.1)
    naive = NaiveDish(*by_hand("Jurkat", {}, 20.0, (0.3, 0.2, 0.1)), 150, 23)
    founders = {c.uid: c.clone for c in naive.agents}
    assert 0.2 < sum(founders.values()) / 150 < 0.4
    media = [
        NaiveMedium(
            pulses, cell.value("beta5_sites"), cell.value("beta5_turnover_half_life"), folds
        )
        for folds in ({}, {"ixazomib": 155.0})
    ]
    well, seen = follow(line, pulses, naive, media, 44)
    assert min(seen.values()) > 10, seen
    dead = well.live.state == CellState.APOPTOTIC
    by_clone = [float(dead[well.live.clone == clone].mean()) for clone in (0, 1)]
    assert by_clone[0] > 0.2 and by_clone[1] < 0.1


@pytest.mark.parametrize("mixing_h", [30.0, 300.0])
def test_a_dish_whose_traits_mix(mixing_h: float) -> None:
    cell, pulses = load_line("Jurkat"), [Pulse("ixazomib", 45.0, 10.0, math.inf)]
    line = line_of(cell, 20.0)
    line = line._replace(traits=line.traits._replace(mixing_rate=1 / mixing_h))
    params, traits = by_hand("Jurkat", {}, 20.0)
    naive = NaiveDish(params, traits._replace(mixing_rate=1 / mixing_h), 150, 29)
    medium = NaiveMedium(
        pulses, cell.value("beta5_sites"), cell.value("beta5_turnover_half_life"), {}
    )
    before = {c.uid: c.load_ratio for c in naive.agents}
    _, seen = follow(line, pulses, naive, [medium], 44)
    assert min(seen.values()) > 10, seen
    after = {c.uid: c.load_ratio for c in naive.agents}
    assert all(after[uid] != load for uid, load in before.items())


def test_mutants_come_and_go_at_the_given_rates() -> None:
    """From wild type only and from mutants only: the share of daughters that change, against the
    binomial interval.
    """
    for share, mutation, reversion in ((0.0, 0.25, 0.0), (1.0, 0.0, 0.25)):
        line = line_of(
            load_set("cell"), 20.0, parse_perturbations(["PSMB5=A49T"]), share, mutation, reversion
        )
        well = Culture(line, 1000, seed=4)
        well.run_until(10.0)  # no cell is born twice within half a cycle
        daughters = well.live.clone[1000:]
        assert daughters.size > 200 and (well.live.clone[:1000] == share).all()
        # Five standard deviations of a binomial share.
        assert (daughters != share).mean() == pytest.approx(
            0.25, abs=5 * math.sqrt(0.25 * 0.75 / daughters.size)
        )


def test_lenalidomide_with_ixazomib() -> None:
    cell = load_line("MM.1S")
    pulses = [Pulse("ixazomib", 21.0, 0.0, math.inf), Pulse("lenalidomide", 3000.0, 6.0, 30.0)]
    naive = NaiveDish(*by_hand("MM.1S", {}, 24.0), 150, 5)
    medium = NaiveMedium(
        pulses, cell.value("beta5_sites"), cell.value("beta5_turnover_half_life"), {}
    )
    well, seen = follow(line_of(cell, 24.0), pulses, naive, [medium], 50)
    assert min(seen.values()) > 10, seen
    assert well.live.ikzf.min() < 0.95 and float(cell.value("nfkb_sign")) == -1.0


def test_a_dose_changed_by_one_percent_is_noticed() -> None:
    cell, pulses = load_line("Jurkat"), [Pulse("ixazomib", 45.0, 0.0, math.inf)]
    naive = NaiveDish(*by_hand("Jurkat", {}, 20.0), 20, 23)
    medium = NaiveMedium(
        [pulses[0]._replace(concentration_nM=45.45)],
        cell.value("beta5_sites"),
        cell.value("beta5_turnover_half_life"),
        {},
    )
    with pytest.raises(AssertionError):
        follow(line_of(cell, 20.0), pulses, naive, [medium], 3)


def test_a_rule_changed_by_one_percent_is_noticed() -> None:
    cell, pulses = load_line("Jurkat"), [Pulse("ixazomib", 45.0, 0.0, math.inf)]
    naive = NaiveDish(*by_hand("Jurkat", {"noxa_gain": 1.01}, 20.0), 20, 23)
    medium = NaiveMedium(
        pulses, cell.value("beta5_sites"), cell.value("beta5_turnover_half_life"), {}
    )
    with pytest.raises(AssertionError, match="noxa"):
        follow(line_of(cell, 20.0), pulses, naive, [medium], 3)
