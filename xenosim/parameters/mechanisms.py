"""How drugs act: the words that a drug file may state, and the parameters that each one takes."""

from __future__ import annotations

from typing import NamedTuple


class Mechanism(NamedTuple):
    """One mechanism: its ``name``, other words for it, what it ``says`` in a line; ``needs``: of
    every entry one alternative must be complete; ``optional`` parameters.
    """

    name: str
    aliases: tuple[str, ...]
    says: str
    needs: tuple[tuple[tuple[str, ...], ...], ...]
    optional: tuple[str, ...] = ()

    @property
    def parameters(self) -> tuple[str, ...]:
        """Every parameter that belongs to it."""
        needed = [name for entry in self.needs for names in entry for name in names]
        return (*dict.fromkeys(needed), *self.optional)


MECHANISMS = {
    each.name: each
    for each in (
        Mechanism(
            "proteasome_inhibitor",
            ("proteasome",),
            "binds beta5 of the proteasome, reversibly (kd, koff) or for good (kinact_ki)",
            ((("kd", "koff"), ("kinact_ki",)),),
        ),
        Mechanism(
            "cereblon_modulator",
            ("cereblon",),
            "binds cereblon, which removes IKZF1/3",
            ((("kd_crbn",),),),
        ),
        Mechanism(
            "direct_effect",
            ("direct",),
            "kills cells or slows their cycle, by its free concentration",
            ((("kill_slope",), ("kill_max", "kill_ec50"), ("brake_max", "brake_ec50")),),
            ("kill_hill", "brake_hill", "kill_cycling_only", "effect_delay", "effect_transits"),
        ),
    )
}


def find_mechanism(word: str) -> Mechanism | None:
    """The mechanism of a word, however it is called; None if there is none.

    Examples
    --------
    >>> find_mechanism("proteasome").name
    'proteasome_inhibitor'
    """
    return next((m for m in MECHANISMS.values() if word in (m.name, *m.aliases)), None)
