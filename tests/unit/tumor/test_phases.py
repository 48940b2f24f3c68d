"""The list of phases is what a step does."""

from typing import Any

import pytest

from xenosim.testing import small_spec
from xenosim.tumor.living import LivingTumor
from xenosim.tumor.phases import PHASES, phases_text
from xenosim.tumor.tumor import Tumor


def test_a_step_follows_the_list(monkeypatch: pytest.MonkeyPatch) -> None:
    called = []

    def spy(method: str) -> Any:
        original = getattr(Tumor, method)

        def call(self: Tumor, now: Any) -> None:
            called.append((method, int(now.number)))
            original(self, now)

        return call

    for phase in PHASES:
        monkeypatch.setattr(Tumor, phase.method, spy(phase.method))
    tumor = Tumor(small_spec(), 0.5, 1)
    tumor.step()
    tumor.step()
    methods = [phase.method for phase in PHASES]
    assert called == [(method, step) for step in (1, 2) for method in methods]


def test_what_a_space_writes_is_abstract() -> None:
    with pytest.raises(TypeError, match="abstract"):
        LivingTumor(small_spec(), 1.0, 1)  # type: ignore[abstract]


def test_the_text_names_every_phase_once_and_in_order() -> None:
    lines = phases_text().splitlines()
    assert len(lines) == len(PHASES)
    for number, (line, phase) in enumerate(zip(lines, PHASES, strict=True), start=1):
        assert line.startswith(f"{number}. *{phase.name}*: ") and phase.says in line
