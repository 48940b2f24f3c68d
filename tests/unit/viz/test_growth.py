"""Growth curves and T/C over time show the numbers of the tables."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import FillBetweenPolyCollection

from tests.unit.analysis.test_resampling import study
from xenosim.analysis import curves
from xenosim.analysis.data import StudyData
from xenosim.viz.growth import dose_days, growth_curves, no_doses, tc_over_time
from xenosim.viz.style import arm_colors, show_as_typed

COLORS = {"vehicle": "#7F7F7F", "drug": "#0072B2"}
EVENTS = pd.DataFrame(
    {"arm": ["drug"], "id": [1], "evid": [1], "time": [24.0], "ii": [72.0], "addl": [2]}
)


def test_repeated_doses_are_expanded() -> None:
    assert dose_days(EVENTS, "drug") == [1.0, 4.0, 7.0]
    assert dose_days(EVENTS, "vehicle") == []
    assert dose_days(EVENTS.assign(evid=4), "drug") == [1.0, 4.0, 7.0]
    assert dose_days(EVENTS.assign(evid=3), "drug") == []


def test_mean_curves_are_geometric_and_stop_with_half_of_the_arm() -> None:
    table = study("vehicle", "drug")
    table = table[(table["arm"] == "drug") | (table["animal_id"] < 2) | (table["day"] < 12)]
    axes = growth_curves(StudyData(table), EVENTS, COLORS).axes[0]
    means = {line.get_label(): line for line in axes.lines if "n = 6" in str(line.get_label())}
    vehicle = means["vehicle (n = 6)"]
    assert vehicle.get_xdata()[-1] == 9.0
    logs = np.log(table.query("arm == 'vehicle' and day == 9")["tumor_volume_mm3"])
    assert vehicle.get_ydata()[-1] == pytest.approx(np.exp(logs.mean()))
    assert list(axes.lines[-1].get_xdata()) == [1.0, 4.0, 7.0]


@pytest.mark.parametrize("paired", [False, True])
def test_the_figure_has_the_number_and_interval_of_the_table(paired: bool) -> None:
    data = StudyData(study("vehicle", "drug"), "vehicle", paired)
    axes = tc_over_time(curves.tc_over_time(data, seed=5), COLORS).axes[0]
    row = data.endpoints(seed=5).query("endpoint == 'tc_pct'").iloc[0]
    assert axes.lines[0].get_xdata()[-1] == row["day"] == 30.0
    assert axes.lines[0].get_ydata()[-1] == row["estimate"]
    band = axes.collections[0].get_paths()[0].vertices
    assert set(band[band[:, 0] == 30.0, 1]) == {row["ci_low"], row["ci_high"]}


def test_n1_the_mean_of_those_left_is_dashed_and_removals_are_marked() -> None:
    table = study("vehicle", "drug")
    table = table[(table["arm"] == "drug") | (table["animal_id"] > 1) | (table["day"] <= 12)]
    axes, counts = growth_curves(StudyData(table), EVENTS, COLORS).axes
    whole = next(line for line in axes.lines if line.get_label() == "vehicle (n = 6)")
    dashed = [line for line in axes.lines if line.get_linestyle() == "--"]
    crosses = [line for line in axes.lines if line.get_marker() == "x" and len(line.get_xdata())]
    assert whole.get_xdata()[-1] == 12.0 and len(dashed) == 1
    assert (dashed[0].get_xdata()[0], dashed[0].get_xdata()[-1]) == (12.0, 30.0)
    assert [list(line.get_xdata()) for line in crosses] == [[12.0, 12.0]]
    bands = [c for c in axes.collections if isinstance(c, FillBetweenPolyCollection)]
    assert bands[0].get_paths()[0].vertices[:, 0].max() == 12.0
    left = {text.get_position(): text.get_text() for text in counts.texts}
    assert (left[(0.0, 0)], left[(30.0, 0)], left[(30.0, 1)]) == ("6", "4", "6")


def test_n18_eight_arms_have_bars_and_no_bands() -> None:
    names = ["vehicle", *(f"drug {k}" for k in range(7))]
    data = StudyData(study(*names), "vehicle")
    colors = arm_colors(names, "vehicle")
    assert len(set(colors.values())) == 8
    for figure in (
        growth_curves(data, EVENTS, colors),
        tc_over_time(curves.tc_over_time(data), colors),
    ):
        axes = figure.axes[0]
        assert not any(isinstance(c, FillBetweenPolyCollection) for c in axes.collections)
        assert len(axes.collections) >= 7
        assert not any("test" in text.get_text() for text in axes.texts)


def test_n18_long_names_of_eight_arms_are_not_clipped() -> None:
    treated = [f"ixazomib {k} mg per kg BIW $x^{{$, then some more" for k in range(7)]
    names = ["vehicle", *treated]
    data, colors = StudyData(study(*names), "vehicle"), arm_colors(names, "vehicle")
    for figure in (
        growth_curves(data, EVENTS, colors),
        tc_over_time(curves.tc_over_time(data), colors),
    ):
        show_as_typed(figure)
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        inside = figure.get_tightbbox(canvas.get_renderer())
        wide = figure.get_size_inches()[0]
        assert inside.x0 >= 0.0 and inside.x1 <= wide
        assert figure.axes[0].get_position().width * wide > 4.0


def test_titles_claim_what_is_drawn() -> None:
    """Doses, crosses, dashes and intervals are named where there are any."""
    whole = growth_curves(StudyData(study("vehicle", "drug")), no_doses(), COLORS).axes[0]
    assert whole.get_title(loc="left") == "Tumor volume: animals, geometric mean and 95 % CI"
    dosed = growth_curves(StudyData(study("vehicle", "drug")), EVENTS, COLORS).axes[0]
    assert dosed.get_title(loc="left").endswith("\ntriangles: doses")
    ratios = pd.DataFrame(
        {"arm": ["drug"], "day": [0.0], "tc_pct": [100.0], "ci_low": [np.nan], "ci_high": [np.nan]}
    )
    bare = tc_over_time(ratios, COLORS).axes[0]
    assert bare.get_title(loc="left") == "T/C over time"
    told = tc_over_time(ratios.assign(ci_low=90.0, ci_high=110.0), COLORS).axes[0]
    assert told.get_title(loc="left") == "T/C over time, 95 % bootstrap interval"
