"""Charts of the page as plain options of ECharts, from plain data: colors as in the figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

#: The palette of the figures, which are drawn by a library that takes a second to load.
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
CONTROL = "#7F7F7F"
#: Height of a row of a dosing calendar [px].
ROW_PX = 22


def colors(arms: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Color of each arm, as :func:`xenosim.viz.style.arm_colors` has it."""
    treated = [arm["name"] for arm in arms if not arm["control"]]
    named = {arm["name"]: CONTROL for arm in arms if arm["control"]}
    return named | {name: PALETTE[k % len(PALETTE)] for k, name in enumerate(treated)}


def growth(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Growth curves of all arms: geometric means, bands of their intervals, a log axis."""
    study = answer["study"]
    days, shades = study["days"], colors(study["arms"])
    series: list[dict[str, Any]] = []
    for name, curve in answer["curves"].items():
        series.append(_band(name, days, curve, shades[name]))
        series.append(
            {
                "name": name,
                "type": "line",
                "data": [[day, _rounded(v)] for day, v in zip(days, curve["mean"], strict=True)],
                "showSymbol": False,
                "lineStyle": {"color": shades[name], "width": 2.5},
                "itemStyle": {"color": shades[name]},
            }
        )
    lowest = min(min(curve["low"]) for curve in answer["curves"].values())
    return {
        "animation": False,
        "grid": {"left": 64, "right": 24, "top": 40, "bottom": 44},
        "legend": {"data": list(answer["curves"]), "top": 4},
        "tooltip": {"trigger": "axis"},
        "xAxis": _axis("day from first dose", max=days[-1]),
        "yAxis": _axis("tumor volume (mm³)", type="log", min=_below(lowest), nameGap=46),
        "series": series,
    }


#: A piece of a band between two days, as the browser draws it: it knows numbers alone.
_PIECE = """(params, api) => ({
  type: "polygon",
  shape: {points: [[0, 2], [3, 5], [3, 4], [0, 1]].map(
    ([x, y]) => api.coord([api.value(x), api.value(y)]))},
  style: {fill: "COLOR", opacity: 0.18},
})"""


def _band(
    name: str, days: Sequence[float], curve: Mapping[str, Sequence[float]], color: str
) -> dict[str, Any]:
    """The interval of a curve, filled, in pieces from day to day."""
    low, high = (list(map(_rounded, curve[end])) for end in ("low", "high"))
    pieces = [
        [days[k], low[k], high[k], days[k + 1], low[k + 1], high[k + 1]]
        for k in range(len(days) - 1)
    ]
    return {
        "name": f"{name}, 95 % interval",
        "type": "custom",
        ":renderItem": _PIECE.replace("COLOR", color),
        "data": pieces,
        "silent": True,
        "tooltip": {"show": False},
        "encode": {"x": [0, 3], "y": [1, 2, 4, 5]},
        "z": 1,
    }


def _rounded(value: float) -> float:
    """Four digits, which a screen shows."""
    return float(f"{value:.4g}")


def _below(value: float) -> float:
    """The largest 1, 2 or 5 times a power of ten that is not above a positive ``value``.

    Examples
    --------
    >>> _below(37.0), _below(0.7)
    (20.0, 0.5)
    """
    power = 10.0 ** len(str(int(value))) if value >= 1 else 1.0
    while power > value:
        power /= 10.0
    return max(float(f"{step * power:.3g}") for step in (1, 2, 5) if step * power <= value)


def _axis(name: str, **more: Any) -> dict[str, Any]:
    return {
        "type": "value",
        "name": name,
        "nameLocation": "middle",
        "nameGap": 28,
        "min": 0,
    } | more


def calendar(study: Mapping[str, Any]) -> dict[str, Any]:
    """Days of doses, a row for each arm."""
    arms, shades = study["arms"], colors(study["arms"])
    names = [arm["name"] for arm in arms]
    series = [
        {
            "type": "scatter",
            "symbol": "rect",
            "symbolSize": [4, 14],
            "data": [[dose["day"], row] for dose in arm["doses"]],
            "itemStyle": {"color": shades[arm["name"]]},
        }
        for row, arm in enumerate(arms)
    ]
    return {
        "animation": False,
        "grid": {"left": 110, "right": 20, "top": 6, "bottom": 40},
        "xAxis": _axis("day", max=study["days"][-1]),
        "yAxis": {
            "type": "category",
            "data": names,
            "inverse": True,
            "axisLabel": {"width": 96, "overflow": "truncate"},
        },
        "series": series,
    }
