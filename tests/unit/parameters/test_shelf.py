"""Sets of a user before the shipped ones."""

from __future__ import annotations

from xenosim.parameters.load import available, load_set, shipped_set
from xenosim.parameters.shelf import on_shelf, own_names, own_set, put_on_shelf, shelf
from xenosim.scenario.library import Library
from xenosim.testing import DRUG_TEXT


def _library(name: str) -> Library:
    return Library({("drug", name): (f"drugs/{name}.yaml", lambda: DRUG_TEXT)})


def test_a_set_is_found_within_its_block_alone() -> None:
    # A verb in this process may have left the folder that it worked in.
    before = shelf()
    with on_shelf(_library("mydrug")):
        assert load_set("mydrug").value("cl") == 1.0
        assert "mydrug" in available("drug")
    assert "mydrug" not in available("drug")
    assert own_set("drug", "mydrug") is None
    assert shelf() is before


def test_the_set_of_a_user_comes_before_the_shipped_one() -> None:
    with on_shelf(_library("ixazomib")):
        assert load_set("ixazomib").value("cl") == 1.0
        assert shipped_set("ixazomib").value("cl") == 2.5
    assert load_set("ixazomib") is shipped_set("ixazomib")


def test_what_is_put_stays_until_something_else_is() -> None:
    with on_shelf(None):
        put_on_shelf(_library("mydrug"))
        assert own_names("drug") == ("mydrug",)
    assert own_names("drug") == ()
