"""What the parameters of a direct effect must be to each other, beyond what a mechanism needs
(:mod:`xenosim.parameters.mechanisms`): how they act is in MODEL.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Misfit(NamedTuple):
    """A mistake in the parameters of a drug: the ``parameter`` it is about, what is wrong and how
    to mend it.
    """

    parameter: str
    message: str
    remedy: str


#: Parameters that mean something only beside others: beside all of those of one entry.
COMPANIONS = {
    "kill_max": (("kill_ec50",),),
    "kill_ec50": (("kill_max",),),
    "kill_hill": (("kill_max",),),
    "brake_max": (("brake_ec50",),),
    "brake_ec50": (("brake_max",),),
    "brake_hill": (("brake_max",),),
    "kill_cycling_only": (("kill_max",), ("kill_slope",)),
    "effect_transits": (("effect_delay",),),
    "effect_delay": (("effect_transits",),),
}
#: Of two that say the same thing one is too many.
EXCLUSIVE = (("kill_slope", "kill_max"),)
#: Lowest and highest value of each [unit of the parameter].
LIMITS = {
    "kill_slope": (0.0, 1e6),
    "kill_max": (0.0, 1e3),
    "kill_ec50": (1e-9, 1e12),
    "kill_hill": (0.1, 20.0),
    "brake_max": (0.0, 1.0),
    "brake_ec50": (1e-9, 1e12),
    "brake_hill": (0.1, 20.0),
    "effect_delay": (0.0, 2400.0),
    "effect_transits": (1.0, 20.0),
    "kill_cycling_only": (0.0, 1.0),
}
#: Of these only whole numbers mean anything.
WHOLE = ("effect_transits", "kill_cycling_only")


def find_misfits(values: Mapping[str, float]) -> list[Misfit]:
    """What cannot be in the parameters of a drug, in internal units: one without its companion, two
    for one thing, numbers out of their limits. Empty if all is well.

    Examples
    --------
    >>> find_misfits({"kill_slope": 1e-4})
    []
    >>> find_misfits({"kill_max": 0.1})[0].message
    'kill_max needs kill_ec50'
    """
    found = []
    for name, companions in COMPANIONS.items():
        if name in values and not any(set(each) <= set(values) for each in companions):
            needs = " or ".join(" and ".join(each) for each in companions)
            found.append(Misfit(name, f"{name} needs {needs}", f"give {needs}, or remove {name}"))
    for first, second in EXCLUSIVE:
        if first in values and second in values:
            text = f"{first} and {second} both say how the drug kills"
            found.append(Misfit(second, text, "keep one of them"))
    for name, (low, high) in LIMITS.items():
        value = values.get(name, low)
        if not low <= value <= high:
            text = f"it lies between {low:g} and {high:g}"
            found.append(Misfit(name, f"{name} is {value:g}", text))
        elif name in WHOLE and value != int(value):
            found.append(Misfit(name, f"{name} is {value:g}", "write a whole number"))
    return found
