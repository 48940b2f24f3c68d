"""Small tumors and small scenarios that tests, benchmarks and documents share.

Nothing here is imported by the simulator. A tumor of a few thousand default cells, or a study of
two animals per arm, takes seconds and goes through the same code as a large one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from xenosim.cell.params import cell_params, trait_params
from xenosim.parameters.load import load_set
from xenosim.scenario.load import load_scenario
from xenosim.scenario.resolve import starter_text
from xenosim.scenario.schema import Scenario
from xenosim.tumor.spec import TumorSpec
from xenosim.tumor.tissue import Perfusion

#: Scenario keys of a study small enough to take seconds.
SMALL = {
    "engine": "lattice",
    "population": "0",
    "ensemble": "0",
    "animals.per_arm": "2",
    "animals.between_animal_cv.growth": "25 %",
    "animals.between_animal_cv.exchange": "0",
    "animals.between_animal_cv.load": "0",
    "animals.between_animal_cv.threshold": "0",
    "animals.enroll.grown": "1",
    "tumor.start_volume": "2 mm^3",
    "measure.days": "0..36 by 6",
    "measure.error": "12 %",
    "measure.humane_endpoint.tumor_volume": "50 mm^3",
}
#: A drug file of a user, with an entry of every kind.
DRUG_TEXT = """\
kind: drug
mechanism: proteasome
description: a drug
parameters:
  molar_mass: {value: 400, unit: g/mol, status: derived, source: formula}
  cl: {value: 1.0, unit: L/h/kg, status: measured, source: own PK study, range: [0.5, 2.0]}
  v1: {value: 2.0, unit: L/kg, status: measured, source: own PK study}
  ka_po: {value: 4.0, unit: 1/h, status: assumed, source: none, note: fast}
  f_po: {value: 0.2, unit: "", status: measured, source: own PK study}
  fu: {value: 0.1, unit: "", status: measured, source: dialysis}
  kd: {value: 3, unit: nM, status: measured, source: enzyme}
  koff: {value: 1, unit: 1/h, status: assumed, source: none, note: typical}
"""


def small_spec(
    cycle_h: float = 48.0,
    loss_factor: float = 0.5,
    depth_um: float = 1000.0,
    resolution: float = 1e3,
    cv: float | None = None,
) -> TumorSpec:
    """A tumor of default cells.

    Parameters
    ----------
    cycle_h : float
        Length of the cell cycle [h].
    loss_factor : float
        Share of the potential growth that background loss takes [-].
    depth_um : float
        Mechanical depth [um].
    resolution : float
        Agents per mm3 [1/mm3].
    cv : float, optional
        Spread of the cycle between cells [-]; that of the parameters by default.

    Examples
    --------
    >>> from xenosim.tumor.tumor import Tumor
    >>> Tumor(small_spec(), 2.0, seed=1).n > 1000
    True
    """
    model = load_set("generic")
    traits = trait_params(model.value, cycle_h, loss_factor * math.log(2.0) / cycle_h)
    if cv is not None:
        traits = traits._replace(cycle_sd=cv)
    return TumorSpec(
        cell_params(model.value),
        traits,
        depth_um,
        24.0,
        Perfusion(2.0, 0.5, 300.0, 200.0),
        resolution,
        model.value("cell_density"),
        1.0,
    )


def small_scenario(
    text: str | None = None, overrides: Mapping[str, str] = SMALL, folder: Path | None = None
) -> Scenario:
    """A scenario of seconds: ``text`` (YAML; by default that of ``xenosim new``), overridden.

    Parameters
    ----------
    text : str, optional
        The scenario.
    overrides : mapping of str to str
        Scenario keys and their values, as ``--set`` takes them.
    folder : Path, optional
        Where the file is written, for messages and tables beside it; nowhere that stays by default.

    Raises
    ------
    ScenarioError
        As :func:`xenosim.scenario.load.load_scenario`.

    Examples
    --------
    >>> small_scenario().animals.per_arm
    2
    """
    if folder is None:
        with TemporaryDirectory() as passing:
            return small_scenario(text, overrides, Path(passing))
    path = folder / "small.yaml"
    path.write_text(starter_text() if text is None else text, encoding="utf-8")
    return load_scenario(path, dict(overrides))
