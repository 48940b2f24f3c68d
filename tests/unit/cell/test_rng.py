"""Streams and purposes: numbers are never reused, and those in use never change."""

from xenosim.cell.rng import Purpose, Stream, generator


def test_purposes_keep_their_numbers() -> None:
    """A new number would change every study that was ever run."""
    assert {purpose.name: int(purpose) for purpose in Purpose} == {
        "VARIATION": 1,
        "TUMOR_SEEDS": 2,
        "BODY_WEIGHT": 3,
        "READINGS": 4,
        "ASSIGNMENT": 5,
        "LESION_VOLUMES": 6,
        "IMPLANT": 7,
        "WELL_READINGS": 77,
        "BLOT_READINGS": 78,
    }


def test_streams_keep_their_numbers() -> None:
    assert [int(stream) for stream in Stream] == list(range(1, 14))


def test_purposes_and_keys_are_independent() -> None:
    draws = {
        float(generator(*key).random())
        for key in (
            (1, Purpose.READINGS),
            (2, Purpose.READINGS),
            (1, Purpose.ASSIGNMENT),
            (1, Purpose.READINGS, 0, 1),
            (1, Purpose.READINGS, 1, 0),
        )
    }
    assert len(draws) == 5
    assert generator(1, Purpose.READINGS, 0, 1).random() in draws
