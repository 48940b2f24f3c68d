"""From a file to a table: units, limits, mistakes."""

from pathlib import Path

import pytest

from xenosim.analysis.laboratory.preview import UnconfirmedLayout
from xenosim.analysis.laboratory.reading import LabTable, read_laboratory
from xenosim.analysis.laboratory.values import Reading
from xenosim.errors import TableError


def read(folder: Path, text: str, **how: object) -> LabTable:
    path = folder / "mice.csv"
    path.write_text(text, encoding="utf-8")
    return read_laboratory(path, {}, Reading(**how))  # type: ignore[arg-type]


def volumes(found: LabTable) -> list[float]:
    return [round(value, 6) for value in found.table["tumor_volume_mm3"]]


def test_names_stay_text_and_numbers_become_numbers(tmp_path: Path) -> None:
    found = read(tmp_path, "\ufeffarm;Mouse;Day;TV\nNone;007;0;100,5\nNone;008;7;1.200,5\n")
    assert found.table["arm"].tolist() == ["None", "None"]
    assert found.table["animal_id"].tolist() == ["007", "008"] and found.lines == (2, 3)
    assert volumes(found) == [100.5, 1200.5] and found.table["day"].tolist() == [0.0, 7.0]
    assert found.names["animal_id"] == "Mouse"


def test_units_and_axes(tmp_path: Path) -> None:
    text = "Group,Mouse,Time (weeks),Length (cm),Width (cm)\nv,1,2,0.8,1.0\n"
    found = read(tmp_path, text)
    assert volumes(found) == [320.0] and found.table["day"].tolist() == [14.0]
    assert "volume from length L and width W: 0.5LW2" in found.notes
    assert volumes(read(tmp_path, text, formula="pi/6LW2")) == [335.103216]


@pytest.mark.parametrize(
    "text",
    [
        "Group,Mouse,Day,Size (mm x mm)\nv,1,0,8.0 x 10\n",
        "Group,Mouse,Day,L x W (mm)\nv,1,0,10*8\n",
        "Group,Mouse,Day,LxW (cm×cm)\nv,1,0,1.0×0.8\n",
        "Group;Mouse;Day;Length x width\nv;1;0;10,0 x 8,0 mm\n",
        "Group,Mouse,Day,TV\nv,1,0,10 X 8\n",
    ],
)
def test_both_axes_in_one_cell(tmp_path: Path, text: str) -> None:
    found = read(tmp_path, text)
    assert volumes(found) == [320.0]
    assert "volume from length L and width W: 0.5LW2" in found.notes


def test_both_axes_in_one_cell_and_mistakes(tmp_path: Path) -> None:
    text = "Group,Mouse,Day,TV\nv,1,0,10 x 8\nv,1,3,320\nv,1,6,0 x 0\nv,1,9,\n"
    with pytest.raises(TableError) as refused:
        read(tmp_path, text)
    said = str(refused.value)
    assert "line 3: column TV: 320 of animal 1" in said and "as 8.1 x 6.3" in said
    assert "line 4: column TV: 0 x 0" in said and "line 5" not in said
    found = read(tmp_path, text.replace("v,1,3,320\n", ""), limit_mm3=30.0)
    assert volumes(found) == [320.0, 30.0]
    with pytest.raises(TableError, match="as 8.1 x 6.3"):
        read(tmp_path, "Group,Mouse,Day,L x W\nv,1,0,320\n")


def test_the_unit_may_stand_in_a_title(tmp_path: Path) -> None:
    text = "Tumour volume (cm³)\nGroup,Animal,Day 0,Day 7\nv,1,0.1,0.2\n"
    found = read(tmp_path, text, layout="by-day")
    assert volumes(found) == [100.0, 200.0]
    assert "the unit is that of the title: values times 1000" in found.notes
    long = "Study 7\nTV [cm3]\nGroup,Mouse,Day,TV\nv,1,0,0.1\n"
    assert volumes(read(tmp_path, long)) == [100.0]
    assert volumes(read(tmp_path, long.replace("Day,TV", "Day,TV (mm3)"))) == [0.1]


def test_every_mistake_is_listed_with_line_column_and_remedy(tmp_path: Path) -> None:
    text = "Group,Mouse,Day,TV,Body weight\nv,1,0,n.d.,20\n,1,3,-5,20\nv,,x,0,0\nv,1,9,<30,y\n"
    with pytest.raises(TableError) as refused:
        read(tmp_path, text)
    said = str(refused.value)
    for part in (
        "line 2: column TV: n.d. of animal 1 of arm 'v' on day 0",
        "line 3: column Group: it is empty",
        "line 3: column TV: -5",
        "line 4: column Mouse: it is empty",
        "line 4: column Day: day 'x'",
        "line 4: column TV: 0",
        "line 4: column Body weight: 0",
        "line 5: column TV: <30",
        "line 5: column Body weight: 'y' is no number",
        "--limit MM3",
    ):
        assert part in said


def test_a_limit_stands_for_what_is_smaller(tmp_path: Path) -> None:
    text = "Group,Mouse,Day,TV\nv,1,0,100\nv,1,3,0\nv,1,6,<30\nv,1,9,10\nv,1,12,\n"
    found = read(tmp_path, text, limit_mm3=30.0)
    assert volumes(found) == [100.0, 30.0, 30.0, 30.0]
    assert found.table["is_censored"].tolist() == [False, True, True, True]
    assert "1 rows without a volume were left out" in found.notes


def test_a_guess_is_shown_and_confirmed_by_its_name(tmp_path: Path) -> None:
    text = "Group,Animal,Day 0,Day 7\nv,1,100,200\n"
    with pytest.raises(UnconfirmedLayout) as guess:
        read(tmp_path, text)
    assert "--layout by-day" in (guess.value.remedy or "")
    assert "v    1          Day 0  100" in (guess.value.excerpt or "")
    assert volumes(read(tmp_path, text, layout="by-day")) == [100.0, 200.0]


def test_a_mistake_in_a_wide_table_names_the_day(tmp_path: Path) -> None:
    text = "Group,Animal,Day 0,Day 7\nv,1,100,x\n"
    with pytest.raises(TableError, match="mice.csv:2: column Day 7: x of animal 1 of arm 'v'"):
        read(tmp_path, text, layout="by-day")


def test_animals_numbered_within_cages(tmp_path: Path) -> None:
    text = "Treatment,Cage,ID,Day,Volume\nv,1,L,0,100\nv,2,L,0,90\nd,3,L,0,80\n"
    found = read(tmp_path, text)
    assert found.table["animal_id"].tolist() == ["1-L", "2-L", "3-L"]
    assert any("CAGE-NUMBER" in note for note in found.notes)


def test_an_animal_in_two_arms_is_told(tmp_path: Path) -> None:
    text = "Group,Mouse,Day,TV\nv,1,0,100\nv,2,0,90\nd,3,0,80\nd,2,0,80\n"
    assert any("more than one arm" in n and n.endswith(": 2") for n in read(tmp_path, text).notes)


def test_some_rows_only(tmp_path: Path) -> None:
    text = "Group,Mouse,Day,TV,model\nv,1,0,100,A\nv,1,0,90,B\n"
    text = text.replace("model", "patient")
    assert volumes(read(tmp_path, text, only="patient=B")) == [90.0]
    for only in ("patient=C", "donor=A", "patient"):
        with pytest.raises(TableError):
            read(tmp_path, text, only=only)


def test_small_numbers_make_the_unit_doubtful(tmp_path: Path) -> None:
    found = read(tmp_path, "Group,Mouse,Day,TV\nv,1,0,0.1\n")
    assert any("if the file is in cm3" in note for note in found.notes)


def test_replicates_may_have_names(tmp_path: Path) -> None:
    found = read(tmp_path, "arm,animal,day,TV,replicate\nv,1,0,100,P1\nv,1,0,90,P3\n")
    assert found.table["replicate"].tolist() == [0, 1]
    assert any(note.endswith("P1 = 0, P3 = 1") for note in found.notes)
