"""A scenario after checking: frozen, in internal units. The YAML keys and their units are
documented by ``xenosim new``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainSerializer

from xenosim.parameters.calipers import CALIPER_FORMULAS
from xenosim.parameters.perturb import Perturbation, parse_perturbations
from xenosim.scenario.frozen import Frozen as _Frozen
from xenosim.scenario.frozen import StatedDose
from xenosim.scenario.protocol import Protocol

#: Caliper formulas in use; the first is the default.
FORMULAS = tuple(CALIPER_FORMULAS)
#: In place of an error of calipers: that of a reading is one length, so that small tumors are read
#: worse than large ones.
BY_SIZE = "by size"
#: Kinds of parameter sets that a user can bring, and their folders beside a scenario.
USER_FOLDERS = {
    "drug": "drugs",
    "line": "lines",
    "model": "models",
    "site": "sites",
    "mouse": "mice",
}
#: Most animals that may be grown for each that enters [-].
MOST_GROWN = 20.0


@dataclass(frozen=True, eq=False)
class Origin:
    """What a scenario was made from: ``text`` of a file that runs again beside its ``inputs``, and
    those by name, byte for byte. It makes no difference between scenarios.
    """

    text: str = ""
    inputs: Mapping[str, bytes] = field(default_factory=dict)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Origin)

    def __hash__(self) -> int:
        return 0


class ResistantSettings(_Frozen):
    """Share of founders that carry the mutation of ``perturb``; chance of a daughter to gain and to
    lose it; by how much it lengthens the cycle of its carriers [-].
    """

    fraction: float
    mutation_rate: float
    reversion_rate: float
    cycle_cost: float


class LesionSettings(_Frozen):
    """Lesions per animal, their median volume on day 0 [mm3] and the standard deviation of ln V
    [-]; one lesion: a single tumor.
    """

    count: int
    median_volume_mm3: float
    sd: float

    @property
    def mean_volume_mm3(self) -> float:
        """Mean volume of a lesion [mm3]."""
        return self.median_volume_mm3 * math.exp(0.5 * self.sd**2)

    @property
    def typical_volume_mm3(self) -> float:
        """Volume of the lesion in which a cell finds itself on average [mm3]."""
        return self.median_volume_mm3 * math.exp(1.5 * self.sd**2)


class TumorSettings(_Frozen):
    """Start volume, of all lesions together [mm3], doubling time there [day], agents per mm3;
    ``control``: a control curve as (day, mm3), or nothing; ``potential_doubling_days``: doubling
    time without crowding [day], where it is given and the growth follows from it; ``twin_agents``
    of the radial twin in a tumor, or lesion, of the start volume [-]; ``resistant``: the clone that
    carries a mutation.
    """

    start_volume_mm3: float
    doubling_time_days: float
    potential_doubling_days: float | None
    control: tuple[tuple[float, float], ...]
    resolution_per_mm3: float
    twin_agents: int
    resistant: ResistantSettings
    lesions: LesionSettings


class EnrollSettings(_Frozen):
    """Staged enrollment: animals ``grown`` for each that enters [-]; ``window``: largest distance
    of the volume on day 0 of one that enters from the mean of all grown, relative to that mean [-];
    ``strict``: whether too few within the window end the study, or the nearest outside enter too.
    """

    grown: float
    window: float
    strict: bool = False


class AnimalSettings(_Frozen):
    """Animals per arm, strain (a mouse parameter set), between-animal CVs [-]; ``enroll``: how they
    are staged, None: all that are grown enter; ``follow_removed``: whether those that leave a
    paired study are simulated on to its last day.
    """

    per_arm: int
    strain: str
    cv_growth: float
    cv_clearance: float
    cv_volume: float
    cv_bioavailability: float
    cv_exchange: float = 0.0
    cv_load: float = 0.0
    cv_threshold: float = 0.0
    enroll: EnrollSettings | None = None
    follow_removed: bool = False

    def grown_for(self, entering: int) -> int:
        """Animals that are grown for so many ``entering`` [-]."""
        if self.enroll is None:
            return entering
        return math.ceil(round(self.enroll.grown * entering, 9))


class MeasureSettings(_Frozen):
    """Days from first dose, ``method`` caliper or imaging, its error in ln V [-], caliper limit
    [mm], imaging limit [mm3], formula, humane endpoint [mm3] and weight loss [-];
    ``caliper_reading_sd_mm``: error of one reading [mm], in place of that in ln V.
    """

    days: tuple[float, ...]
    method: str
    caliper_error_sd: float
    caliper_limit_mm: float
    imaging_limit_mm3: float
    formula: str
    end_volume_mm3: float
    body_weight_loss: float
    caliper_reading_sd_mm: float = 0.0

    def error_sd(self, volume_mm3: float) -> float:
        """Error in ln V of a round tumor of ``volume_mm3`` [mm3] [-]."""
        across_mm = (6.0 * volume_mm3 / math.pi) ** (1.0 / 3.0)
        return self.caliper_error_sd + math.sqrt(5.0) * self.caliper_reading_sd_mm / across_mm


class AnswerSettings(_Frozen):
    """What is simulated beside the study for its answer: twin animals of the ``population`` in
    every arm, None: as many as a few seconds take; parameter sets of the ``ensemble``, of which
    kind ``ensemble_from``. None of it changes the study.
    """

    population: int | None = None
    ensemble: int = 0
    ensemble_from: str = "posterior"


@dataclass(frozen=True)
class Override:
    """A parameter that the scenario states: ``set``, "cell", "tumor" or that of a site, strain,
    drug or mutation; ``name`` there; ``value``, a quantity in its internal unit.
    """

    set: str
    name: str
    value: str


@dataclass(frozen=True)
class UserFile:
    """A parameter file of the user: ``kind`` and ``name`` of its set, and its ``text``."""

    kind: str
    name: str
    text: str = field(repr=False)

    @property
    def place(self) -> str:
        """Where it stands below the folder of a scenario."""
        return f"{USER_FOLDERS[self.kind]}/{self.name}.yaml"


class PanelModel(_Frozen):
    """One model of a panel: its ``name``; the class it belongs to, or ""; its ``model`` and
    ``line``, as in a scenario; its mean load over that of its cells [-], and doubling time [day].
    """

    name: str
    group: str
    model: str
    line: str
    load_factor: float
    doubling_time_days: float


class Arm(_Frozen):
    """One arm: its doses and the text they came from; ``protocol``: the rules that change them,
    None: none do.
    """

    name: str
    doses: tuple[StatedDose, ...]
    regimen_text: str
    control: bool
    protocol: Protocol | None = None

    @property
    def drugs(self) -> set[str]:
        """Drugs that its animals may be given."""
        rules = self.protocol.rules if self.protocol else ()
        switched = (dose for rule in rules for dose in rule.action.doses)
        return {dose.drug for dose in (*self.doses, *switched)}


def _stated_perturbation(plain: Any) -> Any:
    return parse_perturbations([plain])[0] if isinstance(plain, str) else plain


class Scenario(_Frozen):
    """A study, ready to run; ``engine``: space of its tumors; ``site``: of implantation; ``line``:
    cells of the library in place of the model's, or ""; ``perturb``: perturbations of all cells;
    ``overrides``: parameters in place of those of the sets, in alphabetical order; ``library``: the
    user's parameter files that it uses; ``panel``: the models, of a study of several.
    """

    title: str
    published: str
    engine: str
    model: str
    site: str
    line: str
    perturb: tuple[
        Annotated[Perturbation, BeforeValidator(_stated_perturbation), PlainSerializer(str)], ...
    ]
    drug: str | None
    tumor: TumorSettings
    animals: AnimalSettings
    measure: MeasureSettings
    arms: tuple[Arm, ...]
    day_of_first_dose: int
    replicates: int
    seed: int
    dt_h: float
    overrides: tuple[Override, ...] = ()
    library: tuple[UserFile, ...] = ()
    panel: tuple[PanelModel, ...] = ()
    answers: AnswerSettings = AnswerSettings()
    origin: Origin = Field(default=Origin(), exclude=True, repr=False)

    @property
    def agents_per_mm3(self) -> float:
        """Agents per mm3 of its tumors on the engine of the study [1/mm3]."""
        if self.engine == "lattice":
            return self.tumor.resolution_per_mm3
        return self.tumor.twin_agents / self.tumor.lesions.mean_volume_mm3

    @property
    def follows_removed(self) -> bool:
        """Whether animals that leave are simulated on."""
        return self.animals.follow_removed

    @property
    def control(self) -> Arm:
        """The control arm."""
        return next(arm for arm in self.arms if arm.control)
