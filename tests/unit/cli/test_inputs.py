"""Verbs new, check, params, regimen and cite."""

import pytest

from xenosim.cli.inputs import marked, show_regimen
from xenosim.errors import RegimenError
from xenosim.parameters.load import references


@pytest.mark.parametrize("regimen", ["4 mg/kg IP days 0,3", "ixazomib 4 mg/kg IP days 0"])
def test_n19_a_route_that_the_drug_lacks_is_refused(regimen: str) -> None:
    with pytest.raises(RegimenError, match="no parameters for route IP") as found:
        show_regimen(regimen, None, "ixazomib", None, {}, as_json=False)
    assert found.value.where == regimen


def test_n20_what_was_not_checked_is_marked_and_in_no_field() -> None:
    seen = 0
    for key, entry in references().items():
        text = marked(entry)
        first, _, rest = text.partition("\n")
        if "not checked" in entry:
            seen += 1
            assert first.startswith("% not checked against the source: ")
            assert "not checked" not in rest and rest.startswith("@") and rest.endswith("}")
            assert f"{{{key}," in rest and rest.count("{") == rest.count("}")
        else:
            assert text == entry
    assert seen > 5
