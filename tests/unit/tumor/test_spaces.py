"""Both spaces offer what a tumor offers, and a study runs in either."""

from pathlib import Path

import pytest

from xenosim.study.run import run_study
from xenosim.testing import small_scenario, small_spec
from xenosim.tumor.space import AnyTumor
from xenosim.tumor.spaces import SPACES, found_tumor, tumor_from_state

TWIN = {"engine": "twin", "tumor.twin_agents": "200"}


@pytest.mark.parametrize("engine", SPACES)
def test_every_space_is_a_tumor(engine: str) -> None:
    spec = small_spec()
    if engine != "lattice":
        spec = spec._replace(engine=engine, lattice_resolution=spec.resolution)
    tumor = found_tumor(spec, 1.0, 5)
    assert isinstance(tumor, AnyTumor) and tumor.n == 1000
    tumor.step()
    again = tumor_from_state(spec, tumor.state())
    again.step()
    tumor.step()
    assert again.digest() == tumor.digest()


def test_tables_do_not_depend_on_the_number_of_jobs(tmp_path: Path) -> None:
    scenario = small_scenario(overrides=SMALL_TWIN, folder=tmp_path)
    one, two = run_study(scenario, jobs=1), run_study(scenario, jobs=2)
    for name, table in one.tables.items():
        assert table.equals(two.tables[name]), name
    assert one.slices == {} and "radial twin, 200 agents" in str(one)


SMALL_TWIN = {
    "animals.per_arm": "2",
    "tumor.start_volume": "50 mm^3",
    "measure.days": "0..21 by 7",
    **TWIN,
}
