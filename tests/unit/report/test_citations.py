"""The sources behind a run."""

from xenosim.parameters.load import references
from xenosim.report.citations import as_line, citations, marked


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


def test_sources_are_told_by_key_and_as_lines() -> None:
    cited = citations({"citations": ["Gupta2017", "nobody2099"]})
    assert cited["Gupta2017"].startswith("@article{Gupta2017")
    assert cited["nobody2099"] == "% nobody2099: not in references.bib"
    assert citations({}) == {}
    assert as_line(cited["Gupta2017"]).endswith("2017. doi:10.1007/s40262-017-0526-4.")
    for entry in references().values():
        line = as_line(entry)
        assert "{" not in line and "@" not in line and len(line) > 20
