"""Small files with a checksum."""

from pathlib import Path

import pytest

from xenosim.io.checked import read_checked_json, write_checked_json


def test_what_was_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "grown.json"
    write_checked_json({"volumes": [1.5, 2.25]}, path)
    assert read_checked_json(path) == {"volumes": [1.5, 2.25]}
    assert [p.name for p in tmp_path.iterdir()] == ["grown.json"]


@pytest.mark.parametrize("place", range(0, 90, 7))
def test_f4_a_flipped_bit_is_no_other_result(tmp_path: Path, place: int) -> None:
    path = tmp_path / "grown.json"
    write_checked_json({"volumes": [1.5, 2.25]}, path)
    data = bytearray(path.read_bytes())
    data[place % len(data)] ^= 1
    path.write_bytes(bytes(data))
    assert read_checked_json(path) is None


def test_what_is_absent_or_cut_is_nothing(tmp_path: Path) -> None:
    path = tmp_path / "grown.json"
    assert read_checked_json(path) is None
    for text in ("", "{}", "{}\n\n\n", "\0"):
        path.write_text(text)
        assert read_checked_json(path) is None
