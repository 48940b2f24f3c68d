"""Every assay as a frozen description: what an assay file, the options of a verb and a kept result
hold alike. ``run()`` carries it out.

Fields are written as a user writes them ("1..1000 nM", "1 h", "5 %"); a description that cannot be
carried out is refused when it is made.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from xenosim.assays.spec import (
    Assay,
    Cells,
    CloneOptions,
    CultureOptions,
    Doses,
    DosesOfEach,
    Drug,
    Experiment,
    Hours,
    LineName,
    Noise,
    OneDose,
    Option,
    Perturbations,
    PlateOptions,
    Pulse,
    ReaderOptions,
    Replicates,
    Seed,
    Times,
    WellOptions,
)
from xenosim.errors import ParameterError

#: A dose-response is read after three days unless told otherwise [h].
USUAL_HOURS = 72.0

if TYPE_CHECKING:
    from xenosim.assays.culture import Line
    from xenosim.assays.lysate import TimeCourse
    from xenosim.assays.measurement import Measurement
    from xenosim.assays.plate import Layout
    from xenosim.assays.viability import DoseResponse, Wells
    from xenosim.pharmacology.target import Pulse as DrugPulse


@dataclass(frozen=True, kw_only=True)
class Viability(CloneOptions, ReaderOptions):
    """Dose-response of the metabolic signal (MTT, MTS): IC50 with its interval, Hill slope,
    figure.
    """

    verb = "viability"
    line: LineName = "RPMI-8226"
    drug: Drug = "ixazomib"
    dose: Doses = "1..1000 nM"
    hours: Hours = USUAL_HOURS
    pulse: Pulse = None
    ensemble: Annotated[
        int, Option("Parameter sets of the ensemble, for the interval they leave.", 0, 1000)
    ] = 0
    ensemble_from: Annotated[
        str, Option("'posterior', which data have formed, or 'prior': before any.")
    ] = "posterior"

    def experiment(self) -> Experiment:
        """A dose-response."""
        return self.dose_response(0.0, 1)

    def dose_response(self, every_h: float, repeats: int) -> Experiment:
        """A dose-response of pulses whose starts lie ``every_h`` [h] apart."""
        from xenosim.assays.entries import hours_of, parse_doses
        from xenosim.assays.plate import check_plate
        from xenosim.assays.viability import check_pulses, dose_response, wells_of

        line, layout, doses = self.founders(), self.layout(), parse_doses(self.dose)
        pulse_h = hours_of(self.pulse, "--pulse")
        check_pulses(self.hours, pulse_h, every_h, repeats)
        wells = wells_of(self.drug, doses, pulse_h, every_h, repeats)
        check_plate(line, wells, self.hours, layout)
        measure = partial(
            dose_response, line, self.drug, doses, self.hours, layout, pulse_h, every_h, repeats
        )
        if self.ensemble:
            self._check_ensemble(len(set(doses)))
            measure = partial(self._over_sets, measure, wells)
        return Experiment([self.cell()], line, [self.drug], layout, measure)

    def _check_ensemble(self, doses: int) -> None:
        """Refuse an ensemble that is not there, or doses that give no IC50 (ParameterError)."""
        from xenosim.assays.drawn import ensemble_for
        from xenosim.assays.viability import LEAST_DOSES

        ensemble_for(self.line, self.ensemble, self.ensemble_from)
        if doses < LEAST_DOSES:
            raise ParameterError(
                f"the ensemble is asked for an IC50, which {doses} doses do not give",
                where="--ensemble",
                remedy=f"give {LEAST_DOSES} doses or more, or leave --ensemble out",
            )

    def _over_sets(self, measure: Callable[[], DoseResponse], wells: Wells) -> DoseResponse:
        """The dose-response, and its IC50 under every parameter set of the ensemble."""
        from xenosim.assays.drawn import ensemble_for
        from xenosim.assays.viability import over_sets

        ensemble = ensemble_for(self.line, self.ensemble, self.ensemble_from)
        lines = [self.founders(ensemble.draw(k)) for k in range(len(ensemble))]
        return over_sets(measure(), lines, wells, self.hours, self.layout(), ensemble)


@dataclass(frozen=True, kw_only=True)
class Washout(Viability):
    """Pulse, wash, read later: the dose-response of one pulse or several."""

    verb = "washout"
    line: LineName = "RPMI-8226"
    drug: Drug = "ixazomib"
    dose: Doses = "10..10000 nM"
    hours: Hours = USUAL_HOURS
    pulse: Annotated[str, Option("Length of a pulse.")] = "1 h"
    every: Annotated[
        str | None, Option('Time between the starts of repeated pulses, e.g. "24 h".')
    ] = None
    repeats: Annotated[int, Option("Number of pulses.", least=1, most=1000)] = 1

    def experiment(self) -> Experiment:
        """A dose-response of pulses."""
        from xenosim.assays.entries import hours_of

        if self.repeats > 1 and self.every is None:
            raise ParameterError(
                "repeated pulses need the time between their starts",
                where="--every",
                remedy='add --every "24 h"',
            )
        every_h = hours_of(self.every, "--every") if self.every else 0.0
        return self.dose_response(every_h, self.repeats)


@dataclass(frozen=True, kw_only=True)
class Apoptosis(CloneOptions, PlateOptions):
    """Annexin V / PI quadrants per dose."""

    verb = "apoptosis"
    line: LineName = "CEM/WT"
    drug: Drug = "ixazomib"
    dose: Doses = "20,40,60,80,100 nM"
    hours: Hours = 24.0
    pulse: Pulse = None

    def experiment(self) -> Experiment:
        """Flow cytometry of every dose."""
        from xenosim.assays.entries import hours_of, parse_doses
        from xenosim.assays.plate import check_plate
        from xenosim.assays.viability import apoptosis, check_pulses, wells_of

        line, layout, doses = self.founders(), self.layout(), parse_doses(self.dose)
        pulse_h = hours_of(self.pulse, "--pulse")
        check_pulses(self.hours, pulse_h, 0.0, 1)
        check_plate(line, wells_of(self.drug, doses, pulse_h, 0.0, 1), self.hours, layout)
        measure = partial(apoptosis, line, self.drug, doses, self.hours, layout, pulse_h)
        return Experiment([self.cell()], line, [self.drug], layout, measure)


@dataclass(frozen=True, kw_only=True)
class Course(CultureOptions, ReaderOptions):
    """Levels in lysates over time, as fold of untreated cells."""

    line: LineName = "HCT116"
    drug: Drug = "ixazomib"
    dose: OneDose = "100 nM"
    times: Times = "0,2,4,8,12,24"
    pulse: Pulse = None
    replicates: Replicates = 1

    def experiment(self) -> Experiment:
        """Lysates of treated and untreated wells."""
        from xenosim.assays.entries import hours_of, parse_dose, parse_times
        from xenosim.assays.lysate import check_course
        from xenosim.assays.plate import check_drugs
        from xenosim.assays.viability import pulses_of

        line, layout, times = self.founders(), self.layout(), parse_times(self.times)
        check_drugs([self.drug])
        pulses = pulses_of(self.drug, parse_dose(self.dose), hours_of(self.pulse, "--pulse"))
        check_course(line, pulses, times, layout)
        measure = self.readout(line, pulses, times, layout)
        return Experiment([self.cell()], line, [self.drug], layout, measure)

    def readout(
        self, line: Line, pulses: list[DrugPulse], times_h: list[float], layout: Layout
    ) -> Callable[[], TimeCourse]:
        """What reads the lysates at ``times_h`` [h]; ParameterError for unknown markers."""
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class Blot(Course):
    """Protein levels over time, as fold of untreated cells."""

    verb = "blot"
    markers: Annotated[
        str, Option("Proteins, e.g. CHOP,p-eIF2a,BiP,DR5,cl-casp3; 'all' for every one.")
    ] = "CHOP,p-eIF2a,BiP,DR5,cl-casp3"

    def readout(
        self, line: Line, pulses: list[DrugPulse], times_h: list[float], layout: Layout
    ) -> Callable[[], TimeCourse]:
        """Bands of proteins."""
        from xenosim.assays.lysate import NODES, blot, chosen

        names = chosen(self.markers, NODES, "marker")
        return partial(blot, line, pulses, times_h, names, layout)


@dataclass(frozen=True, kw_only=True)
class Qpcr(Course):
    """mRNA levels over time, as fold of untreated cells; they lag and decay with their half-lives
    (assumed).
    """

    verb = "qpcr"
    markers: Annotated[str, Option("mRNAs: CHOP, BiP, DR5, NOXA, PSMB5; 'all' for every one.")] = (
        "all"
    )

    def readout(
        self, line: Line, pulses: list[DrugPulse], times_h: list[float], layout: Layout
    ) -> Callable[[], TimeCourse]:
        """Levels of mRNAs."""
        from xenosim.assays.lysate import MESSAGES, chosen, qpcr

        names = chosen(self.markers, MESSAGES, "mRNA")
        return partial(qpcr, line, pulses, times_h, names, layout)


@dataclass(frozen=True, kw_only=True)
class Chip(Course):
    """Occupancy of a promoter over time, as fold of untreated cells."""

    verb = "chip"
    factor: Annotated[str, Option("Transcription factor.")] = "CHOP"
    promoter: Annotated[str, Option("Gene whose promoter it binds.")] = "DR5"

    def readout(
        self, line: Line, pulses: list[DrugPulse], times_h: list[float], layout: Layout
    ) -> Callable[[], TimeCourse]:
        """Occupancy of the promoter."""
        from xenosim.assays.lysate import chip, promoter_site

        promoter_site(self.factor, self.promoter)
        return partial(chip, line, pulses, times_h, self.factor, self.promoter, layout)


@dataclass(frozen=True, kw_only=True)
class Combination(CultureOptions, ReaderOptions):
    """Two drugs: Chou-Talalay combination index, Bliss, HSA, Loewe, isobologram, with intervals."""

    verb = "combine"
    line: LineName = "MM.1S"
    drugs: Annotated[str, Option("Two drugs, e.g. ixazomib,lenalidomide.")] = (
        "ixazomib,lenalidomide"
    )
    dose: DosesOfEach = ()
    ratio: Annotated[str, Option("fixed: the k-th dose with the k-th; matrix: every pair.")] = (
        "fixed"
    )
    schedule: Annotated[
        str,
        Option("together, first-a (the first drug, washed out when the second begins) or first-b."),
    ] = "together"
    delay: Annotated[str, Option("When the second drug begins.")] = "24 h"
    hours: Hours = USUAL_HOURS
    noise: Noise = "5 %"

    def experiment(self) -> Experiment:
        """A plate of both drugs, alone and together."""
        from xenosim.assays import combination
        from xenosim.assays.entries import hours_of
        from xenosim.assays.plate import check_plate

        line, layout, drugs = self.founders(), self.layout(), self.both_drugs()
        doses, delay_h = self.doses_of_both(), hours_of(self.delay, "--delay")
        combination.check_design(self.ratio)
        combination.check_schedule(self.schedule, delay_h, self.hours)
        check_plate(line, [], self.hours, layout)

        def measure() -> Measurement:
            of_a, of_b = doses or combination.doses_about_ic50(line, drugs, self.hours, layout)
            return combination.combine(
                line, drugs, of_a, of_b, self.hours, self.ratio, self.schedule, delay_h, layout
            )

        return Experiment([self.cell()], line, list(drugs), layout, measure)

    def both_drugs(self) -> tuple[str, str]:
        """The two drugs."""
        from xenosim.assays.plate import check_drugs

        names = [name.strip() for name in self.drugs.split(",")]
        if len(names) != 2:
            raise ParameterError(
                f"'{self.drugs}' are not two drugs",
                where="--drugs",
                remedy="write ixazomib,lenalidomide",
            )
        check_drugs(names)
        return names[0], names[1]

    def doses_of_both(self) -> tuple[list[float], list[float]] | None:
        """Doses of the first and the second drug [nM], if they are given."""
        from xenosim.assays.combination import dose_pairs
        from xenosim.assays.entries import parse_doses

        if not self.dose:
            return None
        if len(self.dose) != 2:
            raise ParameterError(
                f"{len(self.dose)} lists of doses for two drugs",
                where="--dose",
                remedy="give --dose twice, in the order of --drugs",
            )
        of_a, of_b = map(parse_doses, self.dose)
        dose_pairs(of_a, of_b, self.ratio)
        return of_a, of_b


@dataclass(frozen=True, kw_only=True)
class Comparison(ReaderOptions):
    """IC50s of several lines and drugs side by side, with the ratio to the first drug."""

    verb = "compare"
    lines: Annotated[str, Option("Cell lines, e.g. KMS-11,RPMI-8226,CEM/WT.")] = (
        "KMS-11,RPMI-8226,CEM/WT,THP-1/WT"
    )
    drugs: Annotated[str, Option("Drugs.")] = "ixazomib,bortezomib,carfilzomib"
    dose: Doses = "0.1..1000 nM"
    hours: Hours = USUAL_HOURS
    pulse: Pulse = None
    perturb: Perturbations = ()
    cells: Cells = 1000
    replicates: Replicates = 2

    def experiment(self) -> Experiment:
        """A dose-response of every line and drug."""
        from xenosim.assays.comparison import check_enough, compare
        from xenosim.assays.entries import hours_of, names_of, parse_doses
        from xenosim.assays.library import cell_of, cells
        from xenosim.assays.plate import check_plate
        from xenosim.assays.viability import check_pulses, wells_of

        names, drugs, doses = names_of(self.lines), names_of(self.drugs), parse_doses(self.dose)
        lines, layout = [cells(name, self.perturb) for name in names], self.layout()
        pulse_h = hours_of(self.pulse, "--pulse")
        check_enough(doses)
        check_pulses(self.hours, pulse_h, 0.0, 1)
        for line in lines:
            for drug in drugs:
                check_plate(line, wells_of(drug, doses, pulse_h, 0.0, 1), self.hours, layout)
        together = lines[0]._replace(label=" ".join(line.label for line in lines))
        measure = partial(compare, lines, drugs, doses, self.hours, layout, pulse_h)
        return Experiment([cell_of(name) for name in names], together, drugs, layout, measure)


@dataclass(frozen=True, kw_only=True)
class Characterization(WellOptions):
    """Fit a new line's protein load to your own viability data."""

    verb = "characterize"
    file: Annotated[
        str,
        Option(
            "CSV with the columns drug, hours, dose_nM, viability (share of the untreated"
            " control).",
            is_argument=True,
        ),
    ]
    name: Annotated[str | None, Option("Name of the line; the file's by default.")] = None
    doubling: Annotated[str, Option("Doubling time in culture.")] = "30 h"
    like: Annotated[str, Option("Line whose other parameters are taken.")] = "cell"
    cells: Cells = 1500
    seed: Seed = 5

    def experiment(self) -> Experiment:
        """A fit to the data."""
        from xenosim.assays.characterization import characterize, read_viability
        from xenosim.assays.culture import line_of
        from xenosim.assays.library import cell_of
        from xenosim.units import quantity

        data, cell, layout = read_viability(Path(self.file)), cell_of(self.like), self.layout()
        name = self.name or Path(self.file).stem
        doubling_h = quantity(self.doubling, "time", where="--doubling")
        line = line_of(cell, doubling_h)._replace(name=name, label=name)
        measure = partial(characterize, data, name, cell, doubling_h, layout, self.like)
        return Experiment([cell], line, sorted(set(data["drug"])), layout, measure)


ASSAYS: dict[str, type[Assay]] = {
    assay.verb: assay
    for assay in (
        Viability,
        Washout,
        Apoptosis,
        Blot,
        Qpcr,
        Chip,
        Combination,
        Comparison,
        Characterization,
    )
}
