"""What the parts of a checked scenario share: frozen models, and doses as a file states them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer

from xenosim.pharmacology.dose import Dose, split_salt


class Frozen(BaseModel):
    """A part of a scenario: it does not change, and takes no entry that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


def _plain_dose(dose: Dose) -> dict[str, Any]:
    """A dose as a file states it: the salt is part of the drug's name."""
    plain = asdict(dose) | {"drug": dose.substance, "route": str(dose.route)}
    del plain["salt"]
    return plain


def _stated_dose(plain: Any) -> Any:
    if not isinstance(plain, dict):
        return plain
    drug, salt = split_salt(str(plain.get("drug", "")))
    return plain | {"drug": drug, "salt": salt}


#: A dose, which is plain data in a resolved scenario.
StatedDose = Annotated[Dose, BeforeValidator(_stated_dose), PlainSerializer(_plain_dose)]
