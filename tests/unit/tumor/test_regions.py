"""Quarters about the center."""

import numpy as np

from xenosim.tumor.regions import N_REGIONS, SpaceParams, box_of, quarter_of, squared_from_center

SPACE = SpaceParams(10.0, 100.0, 4, 0.2, 20.0, 30.0, 25.0, N_REGIONS, np.uint64(1))


def test_every_site_lies_in_the_box_of_its_quarter_alone() -> None:
    boxes = [box_of(quarter, SPACE) for quarter in range(N_REGIONS)]
    for z in range(15, 26):
        for y in range(25, 36):
            within = [
                box.z_low <= z <= box.z_high and box.y_low <= y <= box.y_high for box in boxes
            ]
            assert within.index(True) == quarter_of(z, y, SPACE) and sum(within) == 1


def test_distance_is_from_the_center() -> None:
    assert squared_from_center(20, 30, 25, SPACE) == 0
    assert squared_from_center(22, 29, 28, SPACE) == 4 + 1 + 9
