"""The figure of whole-tumor models: a panel per arm, a curve per model."""

from tests.unit.pkpd.test_baselines import DAYS, study
from xenosim.pkpd.animal_baselines import fit_animals
from xenosim.pkpd.baselines import fit_baselines
from xenosim.viz.baselines import baseline_figure


def test_every_arm_has_its_points_and_curves() -> None:
    data = study(vehicle=4.6 + 0.1 * DAYS, drug=4.6 + 0.05 * DAYS)
    figure = baseline_figure(data, fit_baselines(data), fit_animals(data))
    # Points, four models, and the best curve of each of three animals.
    assert [len(axes.lines) for axes in figure.axes] == [8, 8]
    assert figure.axes[0].get_title() == "vehicle"
