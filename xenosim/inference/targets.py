"""The published numbers that calibrate, in stages, as ``parameters/ensemble/split.yaml`` lists
them.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any, NamedTuple

from xenosim.errors import ParameterError, suggest
from xenosim.parameters.ensemble import SHIPPED
from xenosim.parameters.lines import PUBLISHED, published, read_csv
from xenosim.parameters.load import load_set
from xenosim.parameters.priors import LOAD_SD_UNKNOWN

#: Stages in the order in which their data enter.
STAGES = ("dish", "blood", "growth", "invivo")
#: Factor within which two laboratories agree on an IC50, and on a ratio of two of one laboratory;
#: one standard deviation of the logarithm.
IC50_FOLD, RATIO_FOLD = 2.0, 1.5
#: Change of ln IC50 with ln load [-]: turns the error of an IC50 into one of the load.
LOAD_SLOPE = 1.5
#: Error of a share of apoptotic cells [-].
ANNEXIN_SD = 0.06
#: Error of the ratio of blood to plasma: another species, and sites that saturate [ln units].
BLOOD_RATIO_SD = 0.5
#: Inhibition of blood at which activity counts as recovered, and its error [-].
RECOVERED, RECOVERED_SD = 0.1, 0.1
#: Standard deviation of ln volume between animals on one day, and error of ln T/C where day, start
#: or doubling time are assumed [-].
VOLUME_SD, DESIGN_SD = 0.4, 0.3
#: Added to T/C before the logarithm: less is a cure, whatever it is [-].
LEAST_TC = 0.01


class Target(NamedTuple):
    """One published number: ``value`` and ``error`` (one standard deviation) on the scale that is
    fitted; ``at_most``: less is as good. ``name`` in tables, ``how`` the entry of the split.
    """

    stage: str
    name: str
    row: str
    value: float
    error: float
    at_most: bool
    how: dict[str, Any]

    @property
    def measure(self) -> str:
        """What is simulated: load, reach, annexin, ratio, blood_ratio, blood_left or tc."""
        return str(self.how["measure"])

    def natural(self, value: float) -> float:
        """A number of the fitted scale on that of the paper."""
        if self.measure in ("annexin", "blood_left"):
            return 100.0 * value
        return math.exp(value) - (LEAST_TC if self.measure == "tc" else 0.0)

    @property
    def unit(self) -> str:
        """Unit of :meth:`natural`."""
        words = {"annexin": "%", "blood_left": "%", "reach": "nM", "ratio": "fold", "tc": "T/C"}
        return words.get(self.measure, "-")


def split() -> dict[str, Any]:
    """What calibrates, by stage, as written before the first fit."""
    import yaml

    return yaml.safe_load((SHIPPED / "split.yaml").read_text(encoding="utf-8"))


def validation_rows() -> list[str]:
    """Ids of the published rows in vivo that test a calibration and never enter one."""
    return [key for key, row in _rows("in_vivo").items() if row["used"] == "validation"]


def targets(stages: tuple[str, ...] = STAGES) -> tuple[Target, ...]:
    """The numbers of ``stages``, in the order of the split.

    Raises
    ------
    ParameterError
        There is no such stage, or a row of the split is not marked as it says.

    Examples
    --------
    >>> [target.name for target in targets(("invivo",))]
    ['T/C oci_ly10_weekly', 'T/C wsu_dlcl2_daily_sc']
    """
    unknown = [stage for stage in stages if stage not in STAGES]
    if unknown or not stages:
        raise ParameterError(
            f"there is no stage '{', '.join(unknown)}'{suggest(''.join(unknown[:1]), STAGES)}",
            where="--only",
            remedy=f"stages, separated by commas: {', '.join(STAGES)}",
        )
    entries = split()["calibration"]
    return tuple(
        _target(stage, entry) for stage in STAGES if stage in stages for entry in entries[stage]
    )


@cache
def _rows(table: str) -> dict[str, dict[str, str]]:
    return {row["id"]: row for row in read_csv(PUBLISHED / f"{table}.csv")}


def _target(stage: str, how: dict[str, Any]) -> Target:
    name, value, error, at_most = _MAKERS[stage](how)
    return Target(stage, name, how["row"], value, error, at_most, how)


def _dish(how: dict[str, Any]) -> tuple[str, float, float, bool]:
    row, line = published(how["row"]), how["line"]
    if row.used != "calibration":
        raise ParameterError(f"'{row.row_id}' is not marked for calibration", where="split.yaml")
    if how["measure"] == "load":
        laboratory = math.log(IC50_FOLD) / LOAD_SLOPE
        middle = math.log(load_set("cell").value("load_mean"))
        return f"load of {line}", middle, math.hypot(LOAD_SD_UNKNOWN, laboratory), False
    if how["measure"] == "reach":
        return f"least IC50, {line}", math.log(row.number), math.log(IC50_FOLD), True
    if how["measure"] == "annexin":
        return f"Annexin V, {line}", row.number / 100.0, ANNEXIN_SD, False
    name = f"IC50 {how['drug']}/{how['other']}, {line}"
    return name, math.log(row.number), math.log(RATIO_FOLD), False


def _blood(how: dict[str, Any]) -> tuple[str, float, float, bool]:
    value = float(_rows("blood")[how["row"]]["value"])
    if how["measure"] == "blood_ratio":
        return f"blood/plasma, {how['drug']}", math.log(value), BLOOD_RATIO_SD, False
    return f"blood at {how['hours']} h, {how['drug']}", RECOVERED, RECOVERED_SD, True


def _invivo(how: dict[str, Any]) -> tuple[str, float, float, bool]:
    value = float(_rows("xenograft")[how["row"]]["value"])
    error = math.hypot(VOLUME_SD * math.sqrt(2.0 / how["n"]), DESIGN_SD)
    # On the scale ln (T/C + LEAST_TC).
    error *= value / (value + LEAST_TC)
    return f"T/C {how['scenario']}", math.log(value + LEAST_TC), error, False


_MAKERS = {"dish": _dish, "blood": _blood, "invivo": _invivo}
