"""Every key of a scenario file: what it means, its unit, range and default.

The reading of files, ``xenosim check --schema`` and ``docs/reference/scenario_keys.md`` follow from
this table. A key more is one entry here, and one use of its value in ``load``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from xenosim.scenario.document import Path_
from xenosim.scenario.schema import BY_SIZE, FORMULAS, MOST_GROWN


class Kind(Enum):
    """What is written behind a key."""

    TEXT = "text"
    TEXTS = "list of texts"
    NAME = "name"
    CHOICE = "one of some words"
    QUANTITY = "quantity"
    WHOLE = "whole number"
    SWITCH = "true or false"
    DAYS = "days"
    FILE = "file"
    MAP = "mapping"
    RULES = "list of rules"
    SETS = "mapping of parameter sets"
    MODELS = "list of models"


@dataclass(frozen=True)
class Key:
    """One key of a scenario.

    ``name``: sections and key, joined by points; ``*`` stands for the name of any arm. ``kind`` of
    what is written behind it, and what it ``says``, in a sentence or two. Of a quantity the
    dimension ``unit`` (of :data:`xenosim.units.DIMENSIONS`) and the ``range`` in its internal unit,
    None: without end. ``default`` as a file would state it, with ``default_with`` only where these
    keys are stated, one of several separated by blanks; ``default_of``: the parameter that
    gives it, e.g. "strain.cv_growth", of model, site or strain; ``otherwise``: in words, where it
    follows from other keys. ``choices``: the words of a choice, or in place of a quantity;
    ``known``: the kind of parameter sets whose names may be written. ``example`` as a file states
    it; ``required``: a scenario must.
    """

    name: str
    kind: Kind
    says: str
    unit: str = ""
    range: tuple[float, float | None] | None = None
    default: str = ""
    default_with: tuple[str, ...] = ()
    default_of: str = ""
    otherwise: str = ""
    choices: tuple[str, ...] = ()
    known: str = ""
    example: str = ""
    required: bool = False

    @property
    def path(self) -> Path_:
        """Sections and key."""
        return tuple(self.name.split("."))


def _share(name: str, says: str, **rest: object) -> Key:
    """A fraction from 0 to 1."""
    given = {"range": (0.0, 1.0)} | rest
    return Key(name, Kind.QUANTITY, says, unit="fraction", **given)  # type: ignore[arg-type]


def _variation(name: str, of_what: str) -> Key:
    return Key(
        f"animals.between_animal_cv.{name}",
        Kind.QUANTITY,
        f"Coefficient of variation of {of_what} between animals (lognormal).",
        unit="fraction",
        range=(0.0, 1.5),
        default_of=f"strain.cv_{name}",
        example="25 %",
    )


#: How a tumor's growth is stated.
GROWTHS = tuple(
    f"tumor.growth.{name}" for name in ("doubling_time", "control", "potential_doubling_time")
)
_STUDY = (
    Key("title", Kind.TEXT, "Title of the study.", otherwise="the name of the file"),
    Key("published", Kind.TEXT, "What is published of this study, and what is not."),
    Key(
        "model",
        Kind.NAME,
        "The xenograft model: its cells, vessels and growth; 'xenosim params' lists them.",
        known="model",
        default="generic",
        default_with=("line", " ".join(GROWTHS)),
        otherwise="generic, where 'line' and the growth of the tumor are stated",
        example="oci_ly10",
    ),
    Key(
        "site",
        Kind.NAME,
        "Site of implantation; its vessels take the place of the model's.",
        known="site",
        default="subcutaneous",
        example="intramuscular",
    ),
    Key(
        "line",
        Kind.TEXT,
        "Cells of the line library in place of the model's; 'xenosim lines' lists them.",
        otherwise="the model's own cells",
        example="KMS-11",
    ),
    Key(
        "models",
        Kind.MODELS,
        "A panel: the study is repeated in each of these models. An entry is the name of a model or"
        " line, or a mapping of name, model, line, class, load_ratio (of its mean load to that of"
        " its cells), doubling_time; with count so many models of the class, evenly spread over a"
        " lognormal load (load_spread, SD of its ln) and a range of doubling times.",
        otherwise="the one model above",
        example="[A549, {model: colon_sc, class: colon, count: 6, load_spread: 0.5,"
        " doubling_time: 5..13 day}]",
    ),
    Key(
        "perturb",
        Kind.TEXTS,
        "Perturbations of all cells: knock-out, knock-down, over-expression; a mutation of PSMB5"
        " is that of the resistant clone.",
        otherwise="those of the line, if it has any",
        example='["CHOP=ko", "NOXA=kd:0.8", "MCL1=oe:3", "PSMB5=A49T"]',
    ),
    Key(
        "engine",
        Kind.CHOICE,
        "Space of the tumors: the whole tumor on a lattice, or its radial twin, a hundred times"
        " cheaper, with the same cells.",
        choices=("lattice", "twin"),
        default="lattice",
    ),
    Key(
        "parameters",
        Kind.SETS,
        "Values in place of those of the parameter sets that the study uses, within their ranges;"
        " 'xenosim params' lists them. A set is called by its drug, strain ('mouse' for any), site"
        " or mutation; 'cell' and 'tumor', or the model's name, are those of the tumors, whatever"
        " line or site they have. Perturbations act on what is stated. Each counts as assumed.",
        otherwise="those of the sets",
        example='{ixazomib: {cl: "1.25 L/h/kg"}, tumor: {vessel_exchange: "0.5 /h"}}',
    ),
    Key(
        "parameter_files",
        Kind.TEXTS,
        "Folders, named from that of the scenario, with parameter files of the user in drugs/,"
        " lines/, models/, sites/ or mice/; those beside the scenario are found without it. A file"
        " comes before the shipped set of its name.",
        otherwise="the folder of the scenario",
        example="[../library]",
    ),
    Key(
        "drug",
        Kind.NAME,
        "Drug of regimens and records that name none.",
        known="drug",
        example="ixazomib",
    ),
    Key(
        "day_of_first_dose",
        Kind.WHOLE,
        "What the protocol calls the day of the first dose, 0 or 1: days listed in a regimen count"
        " from it. Needed where they do not tell: none of them is day 0.",
        range=(0, 1),
        default="0",
    ),
    Key(
        "rules",
        Kind.RULES,
        "Rules by which the readings of an animal change its doses, for every treated arm that has"
        " none of its own (docs/adaptive.md). 'when' compares body_weight_loss, body_weight,"
        " tumor_volume, relative_tumor_volume, day, time_since_last_dose, time_on_hold or"
        " doses_given, joined by 'and', at one measurement or 'for N measurements'; 'then' is hold,"
        " resume, resume at X %, reduce to or by X %, escalate to or by X %, start, stop or switch"
        " to a regimen.",
        otherwise="doses are given as planned",
        example='[{when: "body_weight_loss > 15 %", then: hold}, {when: "body_weight_loss < 10 %'
        ' for 2 measurements", then: resume at 75 %}]',
    ),
    Key(
        "dose_levels",
        Kind.TEXTS,
        "The dose levels that rules may lead to, of the planned dose, which is one of them; with"
        " them rules may say reduce, escalate and resume reduced: one level on.",
        otherwise="any level",
        example="[100 %, 75 %, 50 %]",
    ),
    Key(
        "time_between_changes",
        Kind.QUANTITY,
        "Least time between two changes of an animal's dose by rules; hold and stop act at once.",
        unit="time",
        range=(0.0, 8760.0),
        default="0 h",
        example="7 day",
    ),
    Key(
        "replicates",
        Kind.WHOLE,
        "How often the study is repeated with other animals, everything else equal. Numbers are"
        " then medians over the studies, with the range of 95 % of them.",
        range=(1, 10000),
        default="1",
    ),
    Key(
        "seed",
        Kind.WHOLE,
        "Root of all random numbers: the same seed gives the same study.",
        range=(0, 2**31 - 1),
        default="1",
    ),
    Key(
        "time_step",
        Kind.QUANTITY,
        "Time step of cells and drug binding. Rates are exact over a step; a longer one blurs the"
        " order of events.",
        unit="time",
        range=(0.05, 3.0),
        default="1 h",
        example="30 min",
    ),
    Key(
        "population",
        Kind.WHOLE,
        "Twin animals, each in every arm and followed to the last day, from which 'run' says what"
        " a drug does in the model and what a study of this size would show; 0: neither is said.",
        range=(0, 1000),
        otherwise="as many as three seconds of one processor take, at most 60",
        example="200",
    ),
    Key(
        "ensemble",
        Kind.WHOLE,
        "Parameter sets of the calibrated ensemble under which the arms are simulated too, for the"
        " interval that the parameters leave; always as radial twins.",
        range=(0, 1000),
        default="0",
        example="50",
    ),
    Key(
        "ensemble_from",
        Kind.CHOICE,
        "The parameter sets that data have formed, or those of what was believed before any.",
        choices=("posterior", "prior"),
        default="posterior",
    ),
)
_TUMOR = (
    Key(
        "tumor.start_volume",
        Kind.QUANTITY,
        "Mean volume at randomization, day 0; of all lesions together.",
        unit="volume",
        range=(1.0, 2000.0),
        default="150 mm^3",
    ),
    Key(
        "tumor.growth.doubling_time",
        Kind.QUANTITY,
        "Doubling time of an untreated tumor at its start volume, to which the cell cycle is"
        " calibrated.",
        unit="duration_days",
        range=(1.0, 60.0),
        default_of="model.doubling_time",
        example="5.5 day",
    ),
    Key(
        "tumor.growth.control",
        Kind.FILE,
        "A control curve in place of the doubling time: CSV with the columns day and"
        " tumor_volume_mm3, beside the scenario; several rows of a day give their geometric mean."
        " With a column animal_id, animals that leave do not slow the curve; readings marked in a"
        " column is_censored, those at the limit of the calipers, are left out.",
        example="my_control.csv",
    ),
    Key(
        "tumor.growth.arm",
        Kind.TEXT,
        "Which arm of the control table is the control, where it has several in a column arm,"
        " group or treatment.",
        example="vehicle",
    ),
    Key(
        "tumor.growth.potential_doubling_time",
        Kind.QUANTITY,
        "Doubling time without crowding, in place of what a tumor shows: nothing is calibrated,"
        " growth follows.",
        unit="duration_days",
        range=(0.5, 30.0),
        example="2.4 day",
    ),
    Key(
        "tumor.resolution",
        Kind.QUANTITY,
        "Agents per mm^3: 1e3 are agents 100 um wide, 1e5 is one agent per cell. At most the cell"
        " density of the model.",
        unit="density",
        range=(1e3, None),
        default="1e3 /mm^3",
        example="1e4 /mm^3",
    ),
    Key(
        "tumor.twin_agents",
        Kind.WHOLE,
        "Agents of the radial twin in a tumor, or lesion, of the start volume.",
        range=(1, 100_000),
        default="1000",
        example="10000",
    ),
    Key(
        "tumor.lesions.count",
        Kind.WHOLE,
        "Lesions per animal, for sites with lesions.",
        range=(1, 500),
        default="1",
        default_of="site.lesion_count",
        example="40",
    ),
    Key(
        "tumor.lesions.median_volume",
        Kind.QUANTITY,
        "Median volume of a lesion on day 0, in place of tumor.start_volume.",
        unit="volume",
        range=(1e-4, 2000.0),
        default_of="site.lesion_median_volume",
        example="0.05 mm^3",
    ),
    Key(
        "tumor.lesions.sd",
        Kind.QUANTITY,
        "Standard deviation of ln V of the lesions on day 0.",
        unit="dimensionless",
        range=(0.0, 2.0),
        default="0",
        default_of="site.lesion_volume_sd",
        example="1.0",
    ),
    _share(
        "tumor.resistant.fraction",
        "Share of founders that carry the mutation of 'perturb'.",
        otherwise="1 with a mutation in 'perturb', else 0",
        example="0.1 %",
    ),
    _share(
        "tumor.resistant.mutation_rate",
        "Chance of a daughter cell to gain the mutation.",
        default="0",
        example="1e-6",
    ),
    _share(
        "tumor.resistant.reversion_rate",
        "Chance of a daughter cell to lose the mutation.",
        default="0",
        example="1e-7",
    ),
    _share(
        "tumor.resistant.cycle_cost",
        "By how much the mutation lengthens the cycle of its carriers.",
        default="0",
        example="20 %",
    ),
)
_ANIMALS = (
    Key("animals.per_arm", Kind.WHOLE, "Animals in each arm.", range=(1, 10000), default="8"),
    Key(
        "animals.strain",
        Kind.NAME,
        "Strain of mouse, in any usual spelling: athymic nude, BALB/c nude, CB-17 SCID, NOD SCID,"
        " NSG. No number is known that differs between them: they share those of the reference"
        " mouse.",
        known="mouse",
        default="mouse",
        example="CB-17 SCID",
    ),
    Key(
        "animals.enroll.grown",
        Kind.QUANTITY,
        "Staged enrollment: animals grown for each that enters. On day 0 those nearest to the mean"
        " true volume of all grown enter; 1: all enter.",
        unit="dimensionless",
        range=(1.0, MOST_GROWN),
        default="1.5",
        example="1.5",
    ),
    _share(
        "animals.enroll.window",
        "Largest distance from that mean of an animal that enters, relative to the mean. Where it"
        " is stated, too few animals within it are an error; else the nearest outside enter too.",
        range=(0.01, 1.0),
        default="35 %",
        example="35 %",
    ),
    Key(
        "animals.follow_removed",
        Kind.SWITCH,
        "Whether animals that leave are simulated on to the last day, unseen by the laboratory: for"
        " the bias of removal in bias.csv, and for compare's effect over all pairs.",
        otherwise="true of radial twins, false on the lattice, where large tumors take long",
        example="true",
    ),
    _variation("growth", "the speed of growth"),
    _variation("clearance", "clearance"),
    _variation("volume", "volumes of distribution"),
    _variation("bioavailability", "bioavailability"),
    _variation("exchange", "the exchange of the tumor's vessels, drug and oxygen alike,"),
    _variation("load", "the median protein load of the implanted cells"),
    _variation("threshold", "the median death threshold of the implanted cells"),
)
_MEASURE = (
    Key(
        "measure.days",
        Kind.DAYS,
        "Days of measurement from the first dose; day 0 is the baseline, before the first dose.",
        range=(0, 365),
        example='"0..30 by 3"',
        required=True,
    ),
    Key(
        "measure.method",
        Kind.CHOICE,
        "Calipers, or imaging of the total burden, for sites with lesions.",
        choices=("caliper", "imaging"),
        otherwise="caliper; imaging of two lesions or more",
    ),
    _share(
        "measure.error",
        "Standard deviation of ln V of one measurement; 'by size': readings of calipers err by one"
        " length, caliper_reading_sd of the strain, so that small tumors are read worse than large"
        " ones. Imaging errs by caliper_error_sd of the strain where nothing is stated.",
        default=BY_SIZE,
        choices=(BY_SIZE,),
        example="12 %",
    ),
    Key(
        "measure.limit",
        Kind.QUANTITY,
        "Shortest diameter that calipers quantify: a smaller tumor, or none, is read as if it were"
        " of this size.",
        unit="length_mm",
        # A tumor without cells is read as the limit, so that relative volumes stay defined.
        range=(0.1, 10.0),
        default_of="strain.caliper_limit",
        example="2 mm",
    ),
    Key(
        "measure.formula",
        Kind.CHOICE,
        "Volume from length L and width W. The published 0.5LW2 reads a round tumor 6 % below its"
        " true volume, in every arm alike (MODEL.md, P8).",
        choices=FORMULAS,
        default=FORMULAS[0],
    ),
    Key(
        "measure.humane_endpoint.tumor_volume",
        Kind.QUANTITY,
        "An animal leaves when its tumor is measured above this volume.",
        unit="volume",
        range=(1.0, 5000.0),
        default="2000 mm^3",
    ),
    _share(
        "measure.humane_endpoint.body_weight_loss",
        "An animal leaves when it has lost this share of its weight.",
        range=(0.01, 1.0),
        default_of="strain.weight_loss_removal",
        example="20 %",
    ),
)
_ARMS = (
    Key(
        "arms.*.regimen",
        Kind.TEXT,
        "Doses of the arm in shorthand (grammar in MODEL.md, Regimens), or 'none'.",
        example='"7 mg/kg IV BIW x4wk"',
    ),
    Key(
        "arms.*.events",
        Kind.FILE,
        "Doses of the arm as a NONMEM event table, beside the scenario: its name, or the keys"
        " below.",
        example="regimens/mine.csv",
    ),
    Key("arms.*.events.file", Kind.FILE, "The table.", example="regimens/mine.csv"),
    Key("arms.*.events.time_unit", Kind.TEXT, "Unit of TIME and II.", default="h", example="day"),
    Key("arms.*.events.amt_unit", Kind.TEXT, "Unit of AMT, per kg.", default="mg/kg"),
    Key(
        "arms.*.events.cmt",
        Kind.MAP,
        "The compartment behind each CMT number.",
        example="{1: depot_po, 2: central}",
    ),
    Key(
        "arms.*.control",
        Kind.SWITCH,
        "Whether the arm is the control; exactly one is.",
        default="false",
    ),
    Key(
        "arms.*.rules",
        Kind.RULES,
        "Rules of this arm in place of those of the study; none: its doses are given as planned.",
        otherwise="those of the study",
        example='[{when: "tumor_volume < 50 mm^3", then: stop}]',
    ),
    Key(
        "arms.*.drug",
        Kind.NAME,
        "Drug of this arm, where its doses name none.",
        known="drug",
        otherwise="the drug of the study",
        example="bortezomib",
    ),
)
#: Every key, in the order of the reference page.
KEYS: tuple[Key, ...] = (*_STUDY, *_TUMOR, *_ANIMALS, *_MEASURE, *_ARMS)
BY_NAME = {key.name: key for key in KEYS}


def children(section: Path_) -> tuple[str, ...]:
    """Names that may stand in a section, ``*`` for the name of any arm.

    Examples
    --------
    >>> children(("measure", "humane_endpoint"))
    ('tumor_volume', 'body_weight_loss')
    """
    depth = len(section)
    inside = (k.path for k in KEYS if len(k.path) > depth and k.path[:depth] == section)
    return tuple(dict.fromkeys(path[depth] for path in inside))


def is_section(path: Path_) -> bool:
    """Whether further keys stand below."""
    return bool(children(path))
