"""The calibrated ensemble: sets of parameters that stand together for what the data leave open.

``ensemble/draws.csv`` has one row a draw and one column a parameter, named SET.PARAMETER as the
key ``parameters`` of a scenario names it, in internal units; ``ensemble/ensemble.yaml`` says how
they were found (docs/calibration.md). The order of draws is random: the first N are a sample.
"""

from __future__ import annotations

import ast
import hashlib
import math
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from statistics import NormalDist
from typing import Any

import numpy as np

from xenosim.errors import ParameterError, XenosimError, suggest
from xenosim.parameters.lines import find_line
from xenosim.parameters.load import Parameter, ParameterSet, load_line, load_set, shipped_set
from xenosim.parameters.priors import Prior, load_sd, prior_draws, prior_within, priors
from xenosim.parameters.shelf import own_names
from xenosim.tabular import Mistakes, Table, read_table

SHIPPED = Path(__file__).parent / "ensemble"
DRAWS, META = "draws.csv", "ensemble.yaml"
#: What ``ensemble.yaml`` must say: how the draws were found, for which model, the hash of the
#: table, and each parameter before and after.
KEYS = ("method", "model", "sha256", "draws", "parameters")
#: Sets whose numbers a calibration rests on, beside the sources of the model; of the mouse, those
#: of its blood. How random numbers are made is no part of the model, nor how growth is fitted on
#: what a scenario states of it.
_SETS, _BLOOD = ("cell", "tumor", "mouse", "dish", "ixazomib", "bortezomib"), "_blood"
#: What is known of a drug exactly.
_KNOWN = ("molar_mass", "salt_factor")
_NOT_MODEL = ("rng.py", "growth.py")


@dataclass(frozen=True)
class Ensemble:
    """Draws of uncertain parameters.

    ``columns`` names set and parameter of each column of ``values`` (draws, columns), in internal
    units; ``meta`` is what ``ensemble.yaml`` says.
    """

    columns: tuple[tuple[str, str], ...]
    values: np.ndarray
    meta: Mapping[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.values)

    @property
    def is_calibrated(self) -> bool:
        """Whether data formed the draws; else they are the prior."""
        return self.meta.get("method") != "prior"

    def is_stale(self) -> bool:
        """Whether the model has changed since the draws were found."""
        return self.meta.get("model") != model_hash()

    def first(self, n: int) -> Ensemble:
        """The first ``n`` draws; ParameterError if there are fewer."""
        if not 1 <= n <= len(self):
            raise ParameterError(
                f"an ensemble of {n} was asked for",
                where="--ensemble",
                remedy=f"ask for 1 to {len(self)}: so many draws there are",
            )
        return replace(self, values=self.values[:n])

    def draw(self, k: int) -> dict[tuple[str, str], float]:
        """Draw ``k`` as values by (set, parameter), in internal units."""
        return {key: float(value) for key, value in zip(self.columns, self.values[k], strict=True)}

    def overrides(self, k: int) -> dict[str, str]:
        """Draw ``k`` as a scenario takes it: quantities by "parameters.SET.NAME"."""
        return {
            f"parameters.{group}.{name}": f"{value!r} {load_set(group).values[name].unit}".rstrip()
            for (group, name), value in self.draw(k).items()
        }

    def for_model(self, model: str, line: str = "", site: str = "subcutaneous") -> Ensemble:
        """The ensemble for one model at a ``site``, its cells those of a ``line`` if one is named:
        the shared parameters, and one column ``MODEL.load_mean``.

        A value that model, site or line have of their own moves by the same factor as the shared
        one, within its range. The load of a model whose xenografts did not calibrate, and of any
        line, is its own value times exp(sd z): z is a standard normal number of draw and name.
        """
        layers = {**load_set(model).values, **load_set(site).values}
        cells = load_line(line).values if line else {}
        layers |= {name: p for name, p in cells.items() if name in layers}
        name = find_line(line).name if line else ""
        return self._applied(layers, (model, "load_mean"), name)

    def for_line(self, line: str) -> Ensemble:
        """The ensemble for a line in a dish: shared parameters, and ``cell.load_mean`` of it."""
        record = find_line(line)
        return self._applied(load_line(record.name).values, ("cell", "load_mean"), record.name)

    def _applied(
        self, layers: Mapping[str, Parameter], load: tuple[str, str], line: str
    ) -> Ensemble:
        own = own_drugs()
        shared = [
            k for k, (of, name) in enumerate(self.columns) if name != "load_mean" and of not in own
        ]
        columns = [self.columns[k] for k in shared]
        moved = [_moved(layers, self.columns[k], self.values[:, k]) for k in shared]
        if load in self.columns and not line and layers["load_mean"].value == _load_of(load[0]):
            loads = self.values[:, self.columns.index(load)]
        else:
            loads = _loads(layers["load_mean"], line or load[0], load_sd(line), len(self))
        drawn = [prior for drug in own.values() for prior in drug_priors(drug)]
        moved += [_drawn(prior, len(self)) for prior in drawn]
        columns += [(prior.set, prior.name) for prior in drawn]
        return replace(self, columns=(*columns, load), values=np.column_stack([*moved, loads]))


def _load_of(model: str) -> float:
    """Mean load of a shipped model [-]: what data found does not hold for another load that a model
    of the user has under the same name.
    """
    return _shipped(model, "load_mean").value


def own_drugs() -> dict[str, ParameterSet]:
    """The user's drugs on the shelf, by name; without those whose files hold mistakes, which are
    refused where they are used.
    """
    found = {}
    for name in own_names("drug"):
        with suppress(XenosimError):
            found[name] = load_set(name)
    return found


def drug_priors(drug: ParameterSet) -> list[Prior]:
    """What is drawn of a drug of the user: every number with a range, over it; the others stay.

    Examples
    --------
    >>> [prior.name for prior in drug_priors(shipped_set("ixazomib"))][:3]
    ['cl', 'v1', 'q2']
    """
    return [
        prior_within(drug.name, p, p.range)
        for p in drug.values.values()
        if p.range and p.range[0] < p.range[1] and p.name not in _KNOWN
    ]


def _drawn(prior: Prior, n: int) -> np.ndarray:
    """Values (n,) of a prior; each a function of draw and name alone."""
    normals = NormalDist()
    shares = [normals.cdf(normal_of(k, f"{prior.set}.{prior.name}")) for k in range(n)]
    return prior.quantile(np.array(shares))


def prior_ensemble(n: int, seed: int = 1) -> Ensemble:
    """``n`` draws before any data, of the shape of the calibrated ones."""
    columns = tuple((prior.set, prior.name) for prior in priors())
    return Ensemble(columns, prior_draws(n, seed), {"method": "prior", "model": model_hash()})


def _moved(
    layers: Mapping[str, Parameter], column: tuple[str, str], values: np.ndarray
) -> np.ndarray:
    """Values (n,) of a shared parameter, scaled where a layer has a value of its own."""
    group, name = column
    shipped = shipped_set(group).values[name].value
    own = layers.get(name) if group in ("cell", "tumor") else None
    if own is None or shipped == 0.0:
        return values
    return np.clip(values * (own.value / shipped), *own.limits)


def _loads(own: Parameter, name: str, sd: float, n: int) -> np.ndarray:
    """Mean loads (n,) [-] of a model or line without a column."""
    dish = shipped_set("dish")
    low, high = own.range or (dish.value("line_load_min"), dish.value("line_load_max"))
    low, high = min(low, own.value), max(high, own.value)
    z = np.array([normal_of(k, name) for k in range(n)])
    return np.clip(own.value * np.exp(sd * z), low, high)


def normal_of(draw: int, name: str) -> float:
    """A standard normal number [-] that is a function of a draw and a name alone.

    Examples
    --------
    >>> normal_of(3, "mm1s") == normal_of(3, "mm1s") != normal_of(4, "mm1s")
    True
    """
    word = hashlib.sha256(f"load:{draw}:{name}".encode()).digest()[:7]
    return NormalDist().inv_cdf((int.from_bytes(word, "big") + 0.5) / 2.0**56)


def _shipped(group: str, name: str) -> Parameter:
    return shipped_set(group).values[name]


@cache
def model_hash() -> str:
    """Hash of what a calibration rests on: the statements of cell, tumor and pharmacology (neither
    comments nor docstrings), and every shipped number that is not drawn.
    """
    digest = hashlib.sha256()
    package = Path(__file__).parents[1]
    for folder in ("cell", "tumor", "pharmacology"):
        for path in sorted((package / folder).glob("*.py")):
            if path.name not in _NOT_MODEL:
                digest.update(_statements(path).encode())
    drawn = {(prior.set, prior.name) for prior in priors()}
    for group in _SETS:
        values = shipped_set(group).values
        names = [name for name in values if group != "mouse" or name.endswith(_BLOOD)]
        kept = sorted((name, values[name].value) for name in names if (group, name) not in drawn)
        digest.update(repr(kept).encode())
    return digest.hexdigest()[:16]


def _statements(path: Path) -> str:
    """The syntax tree of a source without its docstrings, written as Python 3.11 does: 3.12 has
    one more field, and 3.13 leaves out empty ones.
    """
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(
            node, clean=False
        ):
            node.body = node.body[1:]
    every: dict[str, Any] = {"show_empty": True} if sys.version_info >= (3, 13) else {}
    return ast.dump(tree, **every).replace(", type_params=[]", "")


def load_ensemble(folder: Path | str = SHIPPED) -> Ensemble:
    """Read ``draws.csv`` and ``ensemble.yaml`` of a folder, the shipped one by default.

    Raises
    ------
    ParameterError
        A file that is missing or damaged: every mistake of it.
    """
    path = Path(folder) / DRAWS
    meta = _read_meta(Path(folder) / META)
    if not path.is_file():
        raise ParameterError(
            "no such file", where=str(path), remedy="run 'xenosim calibrate', or name its --out"
        )
    if hashlib.sha256(path.read_bytes()).hexdigest() != meta["sha256"]:
        raise ParameterError(
            f"it is not the table that {META} describes",
            where=str(path),
            remedy=f"take both files of one calibration; {META} has the hash of its table",
        )
    table, mistakes = read_table(path), Mistakes(ParameterError, path)
    columns = _read_columns(table, mistakes)
    values = _read_values(table, columns, mistakes)
    if len(table.rows) != meta["draws"]:
        mistakes.add(f"{len(table.rows)} draws, but {META} says {meta['draws']}", line=0)
    mistakes.check()
    return Ensemble(columns, values, meta)


def _read_meta(path: Path) -> dict[str, Any]:
    import yaml

    remedy = "take the file that 'xenosim calibrate' wrote"
    try:
        meta = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ParameterError("no such file", where=str(path), remedy=remedy) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ParameterError(f"not YAML ({error})", where=str(path), remedy=remedy) from error
    missing = [key for key in KEYS if not isinstance(meta, dict) or key not in meta]
    if missing:
        raise ParameterError(f"{', '.join(missing)} is missing", where=str(path), remedy=remedy)
    return meta


def _read_columns(table: Table, mistakes: Mistakes) -> tuple[tuple[str, str], ...]:
    """Set and parameter of each column but the first, ``draw``; what is unknown is a mistake."""
    if not table.columns or table.columns[0] != "draw":
        mistakes.add("the first column is not 'draw'", line=1, remedy="number the draws from 0")
    known = {p.column for p in priors()}
    found = []
    for column in table.columns[1:]:
        group, _, name = column.partition(".")
        try:
            _shipped(group, name)
        except (ParameterError, KeyError):
            mistakes.add(
                f"there is no parameter '{column}'{suggest(column, known)}",
                line=1,
                remedy="name columns SET.PARAMETER, as 'xenosim params' does",
            )
            continue
        if (group, name) in found:
            mistakes.add(f"'{column}' is there twice", line=1, remedy="keep one of them")
        found.append((group, name))
    return tuple(found)


def _read_values(
    table: Table, columns: tuple[tuple[str, str], ...], mistakes: Mistakes
) -> np.ndarray:
    """Values (draws, columns); what is missing, not a number or out of range is a mistake."""
    if table.columns[:1] == ("draw",):
        for k, text in enumerate(table.texts("draw")):
            if text != str(k):
                mistakes.add(f"draw '{text}' is not {k}", line=table.lines[k])
    found = []
    for group, name in columns:
        low, high = _shipped(group, name).limits
        slack = 1e-9 * max(abs(low), abs(high))

        def check(value: float, low: float = low - slack, high: float = high + slack) -> str:
            return "" if low <= value <= high else f"must lie between {low:g} and {high:g}"

        numbers = table.numbers(f"{group}.{name}", mistakes, check=check)
        for line, number in zip(table.lines, numbers, strict=True):
            if number is None:
                mistakes.add(f"{group}.{name} is missing", line=line)
        found.append([math.nan if number is None else number for number in numbers])
    return np.array(found).T.reshape(len(table.rows), len(columns))


def write_ensemble(folder: Path, found: Ensemble) -> None:
    """Write ``draws.csv`` and then ``ensemble.yaml``, ``found.meta`` with the hash of the table."""
    import yaml

    folder.mkdir(parents=True, exist_ok=True)
    lines = [",".join(["draw", *(f"{group}.{name}" for group, name in found.columns)])]
    for k, row in enumerate(found.values):
        lines.append(",".join([str(k), *(f"{value:.6g}" for value in row)]))
    data = ("\n".join(lines) + "\n").encode()
    (folder / DRAWS).write_bytes(data)
    meta = dict(found.meta) | {"draws": len(found), "sha256": hashlib.sha256(data).hexdigest()}
    text = yaml.safe_dump(meta, sort_keys=False, allow_unicode=True, width=100)
    (folder / META).write_text(text, encoding="utf-8")
