"""One administration of a drug: what, how much, when and by which route."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from xenosim.errors import RegimenError, suggest
from xenosim.parameters.load import ParameterSet, available, load_set

#: More than this is refused as absurd [mg/kg].
MAX_DOSE = 1000.0
#: A schedule of more doses than this is refused as absurd.
MAX_DOSES = 10_000
#: Salts in which doses are stated; their share of drug is a parameter of the drug.
SALTS = ("citrate",)


class Route(StrEnum):
    """Route of administration: intravenous, subcutaneous, oral, intraperitoneal."""

    IV = "IV"
    SC = "SC"
    PO = "PO"
    IP = "IP"

    @property
    def compartment(self) -> str:
        """Name of the compartment that receives the dose."""
        return "central" if self is Route.IV else f"depot_{self.lower()}"


@dataclass(frozen=True)
class Dose:
    """One administration.

    ``time_h`` from day 0 [h]; ``amount_mg_per_kg`` of the substance given [mg/kg]; ``drug`` and
    ``route``; ``duration_h`` of an infusion, 0 for a bolus [h]; ``ss`` and ``steady_state_ii_h``:
    NONMEM SS and its interval [h]; ``extra``: unknown columns of an event table and their text,
    passed through; ``salt`` whose mass the amount counts, "" for that of the drug alone; ``reset``:
    before it plasma and depots of the drug are emptied and its infusions stopped, NONMEM EVID 4, or
    3 without an amount.

    Examples
    --------
    >>> Dose(72.0, 4.0, "ixazomib", Route.PO, salt="citrate").substance
    'ixazomib citrate'
    """

    time_h: float
    amount_mg_per_kg: float
    drug: str
    route: Route
    duration_h: float = 0.0
    ss: int = 0
    steady_state_ii_h: float = 0.0
    extra: tuple[tuple[str, str], ...] = ()
    salt: str = ""
    reset: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "route", Route(self.route))

    @property
    def substance(self) -> str:
        """What was weighed: the drug, or its salt."""
        return f"{self.drug} {self.salt}" if self.salt else self.drug


def split_salt(substance: str) -> tuple[str, str]:
    """The drug and the salt of a substance, in lower case.

    Examples
    --------
    >>> split_salt("Ixazomib citrate")
    ('ixazomib', 'citrate')
    >>> split_salt("bortezomib")
    ('bortezomib', '')
    """
    name = substance.strip().lower()
    match = re.fullmatch(rf"(.*\S)\s+({'|'.join(SALTS)})", name)
    return (match[1], match[2]) if match else (name, "")


def routes_of(drug: ParameterSet) -> tuple[Route, ...]:
    """The routes for which a drug has parameters: IV always, others where absorption is known.

    Examples
    --------
    >>> [str(route) for route in routes_of(load_set("bortezomib"))]
    ['IV', 'SC', 'IP']
    """
    return tuple(r for r in Route if r is Route.IV or f"ka_{r.lower()}" in drug.values)


def check_substance(dose: Dose, where: str | None = None) -> None:
    """Refuse a dose of a drug that is not known, or that is not dosed as that salt.

    Raises
    ------
    RegimenError
        Naming the nearest drug.
    """
    known = available("drug")
    if dose.drug not in known:
        raise RegimenError(
            f"there is no drug '{dose.substance}'{suggest(dose.drug, known)}",
            where=where,
            remedy=f"known: {', '.join(known)}",
        )
    if dose.salt and load_set(dose.drug).value("salt_factor") == 1.0:
        raise RegimenError(
            f"{dose.drug} is not dosed as a {dose.salt}", where=where, remedy=f"write {dose.drug}"
        )


def check_route(dose: Dose) -> None:
    """Refuse a dose by a route for which its drug has no parameters.

    Raises
    ------
    RegimenError
        Naming the routes that there are.
    """
    routes = routes_of(load_set(dose.drug))
    if dose.route not in routes:
        raise RegimenError(
            f"{dose.drug} has no parameters for route {dose.route}",
            remedy=f"use {', '.join(routes)}",
        )
