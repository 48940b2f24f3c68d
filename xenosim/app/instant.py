"""Instant answers: a scenario with changes, checked, and its arms followed by radial twins, a few
animals at a time.

What was simulated is kept by content: while one dose moves, the other arms and the animals up to
day 0 stay as they are.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from xenosim.errors import ScenarioError, XenosimError, describe
from xenosim.execution.processes import Workers
from xenosim.io.plain import plain
from xenosim.parameters.load import available
from xenosim.scenario.load import load_scenario
from xenosim.scenario.resolve import scenario_hash
from xenosim.study.beside import animals_of_a_study, population_summary
from xenosim.study.growth import calibrate_growth
from xenosim.study.population import (
    Grown,
    Pool,
    animals_of_a_pool,
    as_twin,
    follow_from_day_0,
    grown_animal,
    seconds_of_a_pair,
    smallest_seen,
)

if TYPE_CHECKING:
    from xenosim.scenario.schema import Arm, Scenario
    from xenosim.study.job import Job

Array = NDArray[np.float64]
#: Agents of a tumor at the start volume [-]: less than beside a study, for a first look.
AGENTS = 200
#: Animals that are shown first, and how many more at a time [-].
FIRST, STEP = 4, 4
#: Fewest and most animals of an answer [-].
FEWEST, MOST = 16, 48
#: Longest time of an animal in all arms that is still called instant [s].
PATIENCE_S = 4.0
#: Sets of animals on day 0 and curves of arms that are kept [-].
HERDS, ARMS = 8, 400


class Request(NamedTuple):
    """What is asked: the scenario ``file`` with ``overrides``; ``client`` and ``number`` come back
    with every answer.
    """

    client: str
    number: int
    file: str
    overrides: Mapping[str, str]


class Herd(NamedTuple):
    """The animals of a study on day 0: jobs, and those that are ``grown``, by place."""

    jobs: list[Job]
    grown: dict[int, Grown]


class Kept:
    """What was simulated before: herds, and by arm the curves of each animal (2, days)."""

    def __init__(self) -> None:
        self.herds: OrderedDict[str, Herd] = OrderedDict()
        self.arms: OrderedDict[str, list[Array]] = OrderedDict()

    def herd(self, twin: Scenario, wanted: int) -> Herd:
        """The animals of a twin on day 0."""
        bare = twin.control.model_copy(update={"doses": (), "protocol": None})
        key = f"{_hash(twin, bare)} {wanted}"
        if key not in self.herds:
            jobs = animals_of_a_pool(twin, calibrate_growth(twin), wanted, Workers(1, 1))
            self.herds[key] = Herd(jobs, {})
        self.herds.move_to_end(key)
        if len(self.herds) > HERDS:
            self.herds.popitem(last=False)
        return self.herds[key]

    def curves(self, twin: Scenario, arm: Arm, wanted: int) -> list[Array]:
        """The list of an arm's curves, which grows."""
        found = self.arms.setdefault(f"{_hash(twin, arm)} {wanted}", [])
        self.arms.move_to_end(f"{_hash(twin, arm)} {wanted}")
        if len(self.arms) > ARMS:
            self.arms.popitem(last=False)
        return found


def _hash(twin: Scenario, arm: Arm) -> str:
    """Hash of everything that decides the curves of an arm: neither its name nor the others."""
    alone = arm.model_copy(update={"name": "arm", "regimen_text": "", "control": True})
    animals = twin.animals.model_copy(update={"per_arm": 1})
    update = {"title": "", "published": "", "arms": (alone,), "animals": animals}
    return scenario_hash(twin.model_copy(update=update))


def answers(request: Request, kept: Kept) -> Iterator[dict[str, Any]]:
    """What is known of a request, again and again until it has all its animals: the first answer
    has the checked scenario or its mistakes, later ones ``curves``, ``tc`` and ``power``.
    """
    begun = time.perf_counter()
    said: dict[str, Any] = {"client": request.client, "number": request.number}
    try:
        scenario = load_scenario(Path(request.file), dict(request.overrides))
        said |= {"study": study_of(scenario), "mistakes": []}
        yield said
        _check_patience(scenario)
        for pool, wanted in _pools(scenario, kept):
            seconds = time.perf_counter() - begun
            yield said | _drawn(scenario, pool) | {"wanted": wanted, "seconds": seconds}
    except XenosimError as error:
        yield said | {"mistakes": mistakes(error, request.overrides)}


def study_of(scenario: Scenario) -> dict[str, Any]:
    """What a form shows of a scenario, as plain data: days of doses [day] by arm included."""
    return {
        "title": scenario.title,
        "engine": scenario.engine,
        "model": scenario.model,
        "models": available("model"),
        "per_arm": scenario.animals.per_arm,
        "start_mm3": scenario.tumor.start_volume_mm3,
        "end_mm3": scenario.measure.end_volume_mm3,
        "end_weight_loss": scenario.measure.body_weight_loss,
        "days": list(scenario.measure.days),
        "panel": len(scenario.panel),
        "arms": [
            {
                "name": arm.name,
                "control": arm.control,
                "regimen": arm.regimen_text,
                "doses": [
                    {
                        "day": dose.time_h / 24.0,
                        "mg_per_kg": dose.amount_mg_per_kg,
                        "drug": dose.substance,
                        "route": str(dose.route.value),
                    }
                    for dose in arm.doses
                ],
            }
            for arm in scenario.arms
        ],
    }


def _check_patience(scenario: Scenario) -> None:
    """Refuse what has no instant answer."""
    if scenario.panel:
        raise ScenarioError("a panel of models has no instant answer", remedy="run it")
    if seconds_of_a_pair(as_twin(scenario, AGENTS)) > PATIENCE_S:
        raise ScenarioError("this study is too long for an instant answer", remedy="run it")


def _pools(scenario: Scenario, kept: Kept) -> Iterator[tuple[Pool, int]]:
    """Pools of more and more animals, and how many are wanted."""
    twin = as_twin(scenario, AGENTS)
    wanted = min(max(FEWEST, animals_of_a_study(scenario) * len(scenario.arms)), MOST)
    herd = kept.herd(twin, wanted)
    curves = [kept.curves(twin, arm, wanted) for arm in twin.arms]
    while True:
        have = min(map(len, curves))
        if have >= min(FIRST, len(herd.jobs)):
            tables = np.array([animals[:have] for animals in curves]).transpose(2, 0, 1, 3)
            names = tuple(arm.name for arm in twin.arms)
            yield Pool(names, twin.measure.days, *tables), len(herd.jobs)
        if have == len(herd.jobs):
            return
        for place in range(have, min(have + STEP, len(herd.jobs))):
            _follow(twin, herd, place, curves)


def _follow(twin: Scenario, herd: Herd, place: int, curves: list[list[Array]]) -> None:
    """Simulate one animal in the arms that do not have it yet."""
    missing = [k for k, animals in enumerate(curves) if len(animals) == place]
    arms = tuple(twin.arms[k] for k in missing)
    if not arms:
        return
    if place not in herd.grown:
        herd.grown[place] = grown_animal(herd.jobs[place])
    job = herd.jobs[place]._replace(scenario=twin.model_copy(update={"arms": arms}))
    found = follow_from_day_0(job, herd.grown[place])
    for k, table in zip(missing, found.transpose(1, 0, 2), strict=True):
        curves[k].append(table)


def _drawn(scenario: Scenario, pool: Pool) -> dict[str, Any]:
    """Curves, T/C and power of a pool, as plain data."""
    found = population_summary(scenario, pool)
    return {
        "animals": pool.pairs,
        "agents": min(AGENTS, scenario.tumor.twin_agents),
        "day": pool.days[-1],
        "curves": {arm: curve_of(pool, arm, smallest_seen(scenario.measure)) for arm in pool.arms},
        "tc": plain(found["arms"]),
        "n": found["n"],
        "enough": found["enough"],
        "power": plain(found["studies"]),
    }


def curve_of(pool: Pool, arm: str, least_mm3: float) -> dict[str, list[float]]:
    """Geometric mean of an arm by day and its 95 % interval over animals [mm3]; what is below
    ``least_mm3`` [mm3] is taken for it.
    """
    from scipy.special import stdtrit

    ln = np.log(np.maximum(pool.of(arm), least_mm3))
    middle, n = ln.mean(axis=0), pool.pairs
    reach = float(stdtrit(n - 1, 0.975)) * ln.std(axis=0, ddof=1) / math.sqrt(n) if n > 2 else 0.0
    ends = {"mean": middle, "low": middle - reach, "high": middle + reach}
    return {name: np.exp(values).tolist() for name, values in ends.items()}


def mistakes(error: XenosimError, overrides: Mapping[str, str]) -> list[dict[str, str]]:
    """The mistakes that an error lists, each with the key of the field that it is about, "" where
    none is.

    Examples
    --------
    >>> wrong = ScenarioError("no dose", where="--set arms.a.regimen=nil", remedy="write one")
    >>> mistakes(wrong, {"arms.a.regimen": "nil"})
    [{'field': 'arms.a.regimen', 'text': 'no dose\\n  write one'}]
    """
    text = describe(error)
    parts = text.split("\n\n")[1:] if " mistakes\n\n" in text else [text]
    found = []
    for part in (part.strip() for part in parts):
        field = next((key for key in overrides if part.startswith(f"--set {key}=")), "")
        told = part.partition("error: ")[2] if field else part
        if told and not told.startswith("mend them all"):
            found.append({"field": field, "text": told})
    return found
