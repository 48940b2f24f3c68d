"""Verbs of the dish are made from the descriptions of the assays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from xenosim.assays.protocol import ASSAYS
from xenosim.assays.spec import Assay, flag_of, options_of
from xenosim.cli.assay import assay_app
from xenosim.cli.main import app as main_app
from xenosim.errors import XenosimError

VERBS: dict[str, Any] = dict(get_command(assay_app).commands)  # type: ignore[attr-defined]


def test_every_assay_is_a_verb_and_every_verb_but_run_an_assay() -> None:
    assert set(VERBS) == {*ASSAYS, "run"}


@pytest.mark.parametrize("assay", ASSAYS.values(), ids=list(ASSAYS))
def test_a_verb_has_the_options_of_its_assay(assay: type[Assay]) -> None:
    verb = VERBS[assay.verb]
    shown: dict[str, Any] = {each.name: each for each in verb.params if each.name}
    fields = options_of(assay)
    assert [name for name in shown if name != "help"] == [*fields, "out", "json"]
    assert verb.help and "Examples" not in verb.help
    for name, (_, option, default) in fields.items():
        parameter = shown[name]
        assert parameter.help == option.help
        if option.is_argument:
            assert parameter.param_type_name == "argument" and parameter.required
            continue
        assert parameter.opts == [flag_of(name)]
        assert (parameter.default or ()) == (default or ()) or parameter.default == default
        assert parameter.multiple == (default == ())
        for beyond in (option.least, option.most):
            if beyond is not None:
                outside = beyond - 1 if beyond == option.least else beyond + 1
                with pytest.raises(Exception, match="greater than|less than|in the range"):
                    verb.main([flag_of(name), str(outside), "f"], standalone_mode=False)


def test_what_was_typed_is_what_is_described(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Assay] = []
    monkeypatch.setattr(
        "xenosim.cli.assay.carry_out", lambda assay, out, as_json: made.append(assay)
    )
    words = ["--dose", "1,2,4 nM", "--dose", "1,2,4 uM", "--ratio", "matrix", "--cells", "50"]
    VERBS["combine"].main(words, standalone_mode=False)
    VERBS["blot"].main([], standalone_mode=False)
    combination, blot = ASSAYS["combine"], ASSAYS["blot"]
    dose = ("1,2,4 nM", "1,2,4 uM")
    assert made == [combination(dose=dose, ratio="matrix", cells=50), blot()]  # type: ignore[call-arg]


def test_n19_a_mistake_makes_no_folder(tmp_path: Path) -> None:
    for arguments, app in (
        (["viability", "--line", "no such line"], assay_app),
        (["run", str(tmp_path / "none.yaml")], assay_app),
        (["validate", "--only", "no such part"], main_app),
        (["validate", "--set", "seed=1"], main_app),
    ):
        done = CliRunner().invoke(app, [*arguments, "--out", str(tmp_path / "new" / "place")])
        assert isinstance(done.exception, XenosimError)
    assert list(tmp_path.iterdir()) == []
