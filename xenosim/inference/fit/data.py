"""A laboratory's tables as blocks of one study: arms of the table are found in the scenario, days,
animals and units are checked, and what is left out is said.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from xenosim.analysis.data import StudyData
from xenosim.errors import TableError, suggest
from xenosim.inference.fit.blocks import IC50, PLASMA, VOLUME, WEIGHT, Block
from xenosim.inference.targets import IC50_FOLD
from xenosim.scenario.keys import BY_NAME
from xenosim.scenario.resolve import resolve
from xenosim.study.population import smallest_seen
from xenosim.tabular import Mistakes, read_table

if TYPE_CHECKING:
    from xenosim.scenario.schema import Scenario

#: Most days of a block [-]: of more, evenly chosen ones are fitted.
MOST_DAYS = 14
#: Error of a concentration of drug in plasma, as assays of drugs in plasma must keep (FDA 2018,
#: Bioanalytical Method Validation), one standard deviation [ln].
PLASMA_NOISE = 0.15
#: A start volume that differs more from the scenario's is taken from the data [-].
SAME_START = 0.15
#: Parameters of a strain that body weights are fitted for.
OF_WEIGHT = (
    "weight_loss_rate",
    "weight_recovery_rate",
    "weight_loss_threshold",
    "body_weight_growth_per_day",
)
#: What a remedy says of values that no logarithm has.
_POSITIVE = "leave out what is below the limit of quantification: an empty cell is no value"


class Measured(NamedTuple):
    """What tables hold: ``blocks``; ``start_mm3``, mean volume on day 0 [mm3], None where no volume
    was measured; ``notes`` for the reader.
    """

    blocks: tuple[Block, ...]
    start_mm3: float | None
    notes: tuple[str, ...]


def arm_names(scenario: Scenario, named: Sequence[str], said: Mapping[str, str]) -> dict[str, str]:
    """The scenario's arm of each arm of a table: as ``said``, or of the same name in any case.

    Raises
    ------
    TableError
        Of all at once: arms that the scenario lacks, with the option that maps them.

    Examples
    --------
    >>> from xenosim.testing import small_scenario
    >>> arm_names(small_scenario(), ["Vehicle", "PBS"], {"PBS": "QW"})
    {'Vehicle': 'vehicle', 'PBS': 'QW'}
    """
    own = [arm.name for arm in scenario.arms]
    lower = {name.casefold().strip(): name for name in own}
    found, mistakes = {}, []
    for name in named:
        arm = said.get(name, lower.get(name.casefold().strip(), ""))
        if arm in own:
            found[name] = arm
        else:
            mistakes.append(f"'{arm or name}'{suggest(arm or name, own)}")
    unused = [f"'{name}' of --arm is no arm of the data" for name in said if name not in named]
    if mistakes or unused:
        texts = [f"the scenario has no arm {', '.join(mistakes)}"] if mistakes else []
        first = next((name for name in named if name not in found), named[0])
        left = [name for name in own if name not in found.values()]
        arm = left[0] if len(left) == 1 else "ARM"
        raise TableError(
            "; ".join([*texts, *unused]),
            where="--arm",
            remedy=f"say which it is, --arm '{first}={arm}', or leave it out, --arm '{first}=';"
            f" arms of the scenario: {', '.join(own)}; of the data: {', '.join(named)}",
        )
    return found


def measured(
    scenario: Scenario,
    volumes: StudyData | None = None,
    said: Mapping[str, str] | None = None,
    plasma: Path | None = None,
    ic50: Path | None = None,
    weights: bool = False,
) -> Measured:
    """Blocks of everything that was measured of a study.

    Parameters
    ----------
    scenario : Scenario
        The study.
    volumes : StudyData, optional
        Volumes and body weights of animals.
    said : mapping, optional
        Arm of the scenario by arm of the tables; "" leaves an arm out.
    plasma, ic50 : Path, optional
        Tables of concentrations in plasma, and of IC50s.
    weights : bool
        Whether body weights are fitted: where one of :data:`OF_WEIGHT` is.

    Raises
    ------
    TableError
        Arms that the scenario lacks, values that cannot be, or nothing to fit.
    """
    said, notes = dict(said or {}), list[str]()
    out = [name for name, arm in said.items() if not arm]
    kept = {name: arm for name, arm in said.items() if arm}
    blocks, start = list[Block](), None
    if volumes is not None:
        notes += volumes.notes
        blocks, start = _of_animals(scenario, volumes, kept, out, notes)
        if not weights and any(block.kind == WEIGHT for block in blocks):
            blocks = [block for block in blocks if block.kind != WEIGHT]
            notes.append(f"body weights are not fitted: none of {', '.join(OF_WEIGHT)} is free")
    if plasma is not None:
        blocks += plasma_blocks(scenario, plasma, kept if volumes is None else {})
    if ic50 is not None:
        blocks += ic50_blocks(ic50)
    blocks = [block for block in blocks if np.isfinite(block.values).any()]
    if not blocks:
        raise TableError(
            "there is nothing to fit",
            where=volumes.source if volumes is not None else "--data",
            remedy="give volumes of two days or more, concentrations (--pk) or IC50s (--ic50)",
        )
    return Measured(tuple(blocks), start, tuple(notes))


def with_start(scenario: Scenario, start_mm3: float | None, notes: list[str]) -> Scenario:
    """The scenario with the start volume of the data [mm3], where it has another."""
    if start_mm3 is None:
        return scenario
    stated = scenario.tumor.start_volume_mm3
    if abs(start_mm3 / stated - 1.0) <= SAME_START or scenario.tumor.lesions.count > 1:
        return scenario
    low, high = BY_NAME["tumor.start_volume"].range or (0.0, None)
    start_mm3 = float(f"{min(max(start_mm3, low), high or math.inf):.3g}")
    notes.append(
        f"tumors of the data are {start_mm3:g} mm3 on day 0: taken for tumor.start_volume,"
        f" {stated:g} mm3 in the scenario"
    )
    tumor = scenario.tumor.model_copy(update={"start_volume_mm3": start_mm3})
    return scenario.model_copy(update={"tumor": tumor})


def _of_animals(
    scenario: Scenario, data: StudyData, said: dict[str, str], out: list[str], notes: list[str]
) -> tuple[list[Block], float]:
    """Volumes and weights of every arm, and the mean volume on day 0 [mm3]."""
    named = [arm for arm in data.arms if arm not in out]
    arms = arm_names(scenario, named, said)
    rows = data.followed[data.followed["arm"].isin(named)]
    data.require_baselines()
    rows = rows.assign(
        arm=rows["arm"].map(arms),
        unit=[f"{a}/{r}/{i}" for a, r, i in rows[["arm", "replicate", "animal_id"]].to_numpy()],
    )
    first = rows[rows["day"] == rows["t0_day"]].set_index("unit")
    least = smallest_seen(scenario.measure)
    later = rows[rows["day"] > 0]
    days = np.array(sorted(later["day"].unique()))
    if days.size > MOST_DAYS:
        kept = days[np.linspace(0, days.size - 1, MOST_DAYS).round().astype(int)]
        notes.append(f"{MOST_DAYS} of {days.size} days of measurement are fitted")
        later = later[later["day"].isin(kept)]
    blocks = []
    for kind, column, smallest in (
        (VOLUME, "tumor_volume_mm3", least),
        (WEIGHT, "body_weight_g", 0),
    ):
        if column in later and later[column].notna().any():
            own = np.log(np.maximum(later[column], smallest) / later["unit"].map(first[column]))
            found = _blocks(kind, later.assign(value=own))
            blocks += [b._replace(baselines=tuple(first.loc[list(b.units), column])) for b in found]
    return blocks, float(first["tumor_volume_mm3"].mean())


def _blocks(kind: str, rows: pd.DataFrame) -> list[Block]:
    """A block of each arm from rows of arm, unit, day and value."""
    found = []
    for arm, own in rows[np.isfinite(rows["value"])].groupby("arm", sort=False):
        table = own.pivot_table(index="unit", columns="day", values="value", aggfunc="mean")
        times = tuple(float(day) for day in table.columns)
        units = tuple(map(str, table.index))
        found.append(Block(kind, str(arm), times, table.to_numpy(float), units))
    return found


def plasma_blocks(scenario: Scenario, path: Path, said: Mapping[str, str]) -> list[Block]:
    """Concentrations in plasma: a table with the columns ``time_h`` from the first dose,
    ``concentration_nM`` or ``concentration_ng_per_mL``, and where there are several ``arm``,
    ``animal_id`` and ``drug``.

    Raises
    ------
    TableError
        Of all rows at once: values of 0 or below, times before the first dose; an arm or a drug
        that the scenario lacks.
    """
    table = read_table(path)
    table.require(("time_h",))
    column = next(
        (c for c in ("concentration_nM", "concentration_ng_per_mL") if table.index(c) is not None),
        "",
    )
    table.require((column or "concentration_nM",), "or concentration_ng_per_mL")
    mistakes = Mistakes(TableError, path)
    hours = table.numbers("time_h", mistakes, check=lambda h: "" if h >= 0 else "before day 0")
    values = table.numbers(
        column, mistakes, check=lambda c: "" if c > 0 else f"not above 0 ({_POSITIVE})"
    )
    mistakes.check()
    treated = [arm.name for arm in scenario.arms if arm.doses]
    texts = table.texts("arm") if table.index("arm") is not None else treated[:1] * len(hours)
    arms = arm_names(scenario, list(dict.fromkeys(texts)), said)
    n = len(hours)
    ids = table.texts("animal_id") if table.index("animal_id") is not None else map(str, range(n))
    drugs = table.texts("drug") if table.index("drug") is not None else [""] * n
    rows = pd.DataFrame({"arm": [arms[t] for t in texts], "unit": list(ids), "drug": list(drugs)})
    rows["day"] = np.array([math.nan if h is None else h for h in hours]) / 24.0
    rows["value"] = [math.nan if v is None else v for v in values]
    found = []
    for (arm, named), own in rows.dropna().groupby(["arm", "drug"], sort=False):
        drug = _drug_of(scenario, str(arm), str(named), path)
        mass = resolve(scenario).drug(drug).value("molar_mass")
        scale = 1.0 if column == "concentration_nM" else 1e3 / mass
        found += plasma_of(own.assign(value=np.log(own["value"] * scale)), drug, PLASMA_NOISE)
    return found


def plasma_of(rows: pd.DataFrame, drug: str, noise: float) -> list[Block]:
    """Blocks of rows of arm, unit, day and ln concentration; ``noise`` of the assay [ln]."""
    return [b._replace(drug=drug, noise=noise) for b in _blocks(PLASMA, rows)]


def _drug_of(scenario: Scenario, arm: str, named: str, path: Path) -> str:
    """The drug that was measured in an arm."""
    given = {d.drug for own in scenario.arms if own.name == arm for d in own.doses}
    if named in given or (not named and len(given) == 1):
        return named or given.pop()
    raise TableError(
        f"'{arm}' is not given '{named}'" if named else f"which drug was measured in '{arm}'?",
        where=str(path),
        remedy=f"name it in a column drug; the arm is given {', '.join(sorted(given)) or 'none'}",
    )


def ic50_blocks(path: Path) -> list[Block]:
    """IC50s of the tumor's own cells in a dish: a table with the columns ``drug``, ``hours`` and
    ``ic50_nM``, a row for every experiment.

    Raises
    ------
    TableError
        Of all rows at once: an IC50 or an exposure of 0 or below; a drug that is not known.
    """
    from xenosim.parameters.load import available

    table = read_table(path)
    table.require(("drug", "hours", "ic50_nM"))
    mistakes = Mistakes(TableError, path)

    def above(value: float) -> str:
        return "" if value > 0 else "not above 0"

    hours = table.numbers("hours", mistakes, check=above)
    values = table.numbers("ic50_nM", mistakes, check=above)
    drugs = table.texts("drug")
    for drug, line in zip(drugs, table.lines, strict=True):
        if drug not in available("drug"):
            said = f"there is no drug '{drug}'{suggest(drug, available('drug'))}"
            mistakes.add(said, line=line, remedy="see 'xenosim params'")
    mistakes.check()
    grouped: dict[tuple[str, float], list[float]] = {}
    for drug, h, value in zip(drugs, hours, values, strict=True):
        if h is not None and value is not None:
            grouped.setdefault((drug, h), []).append(math.log(value))
    noise = math.log(IC50_FOLD)
    return [ic50_of(drug, h, logs, noise) for (drug, h), logs in grouped.items()]


def ic50_of(drug: str, hours: float, logs: Sequence[float], noise: float) -> Block:
    """The block of ln IC50s [ln nM] after ``hours`` [h]; ``noise`` between experiments [ln]."""
    numbered = tuple(str(k + 1) for k in range(len(logs)))
    return Block(IC50, "", (0.0,), np.array(logs)[:, None], numbered, drug, noise, hours)
