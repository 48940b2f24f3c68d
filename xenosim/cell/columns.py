"""The one table of what is stored of a cell: a row here is an array there.

:class:`xenosim.cell.state.Cells`, its allocation, what is copied when a row moves and when a cell
divides, what a cell at rest holds, what the hot loop loads and stores, which quantities are
summed up in ``cells.csv`` and can be exported, and the table in the documentation all follow from
:data:`COLUMNS`. How to add one: a line here, and, if it changes in time, a line in
:func:`xenosim.cell.kernel.advance_cell`.
"""

from __future__ import annotations

from typing import NamedTuple

#: Kind of a column as wide as the run computes: float32, or float64 for an error budget.
FLOAT = "float"
#: Value at rest that is found by iteration, in :func:`xenosim.cell.population.solve_at_rest`.
SOLVED = "solved"
#: What the hot loop does with a column: leaves it alone, reads it, reads and writes it.
ALONE, READ, CHANGED = "", "read", "changed"


class Column(NamedTuple):
    """One quantity of every cell.

    Parameters
    ----------
    name : str
        Name of the array.
    kind : str
        numpy kind, or :data:`FLOAT`.
    unit : str
        Unit, "-" without one.
    meaning : str
        What it is, in words.
    symbol : str
        Its symbol in MODEL.md, if it has one.
    inherited : bool
        Whether a daughter starts with her mother's value as it is.
    at_rest : str
        Value in a cell that has never met a drug: an expression of rules, traits, ``load``,
        ``stress`` and ``params``, or :data:`SOLVED`; empty where it does not follow from the
        traits.
    loop : str
        :data:`ALONE`, :data:`READ` or :data:`CHANGED` by :func:`xenosim.cell.kernel.advance_cell`.
    reported : bool
        Whether its mean and quantiles over all cells are recorded and its values on the lattice
        can be shown.
    """

    name: str
    kind: str
    unit: str
    meaning: str
    symbol: str = ""
    inherited: bool = True
    at_rest: str = ""
    loop: str = ALONE
    reported: bool = False


#: Every column, in the order in which they lie in memory and enter a digest.
COLUMNS = (
    Column("uid", "u8", "-", "lineage id", inherited=False),
    Column("site", "i4", "-", "packed lattice site; 0 in a dish", inherited=False),
    Column("state", "u1", "-", "what the cell is doing, a CellState"),
    Column("clone", "u1", "-", "heritable type, 0 the founding one; may mutate", inherited=False),
    Column(
        "event_step",
        "i4",
        "step",
        "background loss of a living cell; end of a dying one",
        inherited=False,
    ),
    Column("capacity", FLOAT, "-", "proteasome capacity", "p", at_rest="ONE", loop=CHANGED),
    Column(
        "load",
        FLOAT,
        "-",
        "load of unfolded protein",
        "U",
        at_rest=SOLVED,
        loop=CHANGED,
        reported=True,
    ),
    Column("stress", FLOAT, "-", "stress", "S", at_rest=SOLVED, loop=CHANGED, reported=True),
    Column(
        "chaperone",
        FLOAT,
        "-",
        "chaperones, BiP",
        "H",
        at_rest="chaperone_target(stress, params)",
        loop=CHANGED,
    ),
    Column(
        "noxa", FLOAT, "-", "NOXA", "N", at_rest="noxa_drive(stress, ZERO, params)", loop=CHANGED
    ),
    Column("dr5", FLOAT, "-", "DR5", "D", at_rest="dr5_target(stress, params)", loop=CHANGED),
    Column("commitment", FLOAT, "-", "commitment to death", "X", at_rest="ZERO", loop=CHANGED),
    Column("ikzf", FLOAT, "-", "IKZF1 and IKZF3", "I", at_rest="ONE", loop=CHANGED),
    Column("clock", FLOAT, "-", "cycle phase, 1 at division", loop=CHANGED),
    Column("load_ratio", FLOAT, "-", "trait: protein load over capacity", "rho", loop=READ),
    Column("threshold", FLOAT, "-", "trait: threshold of commitment", "theta", loop=READ),
    Column(
        "cycle_h", FLOAT, "h", "trait: cycle time; inherited with noise", inherited=False, loop=READ
    ),
    Column("resting_stress", FLOAT, "-", "stress at rest", "S0", at_rest="stress", loop=READ),
)

FLOAT_COLUMNS = tuple(column.name for column in COLUMNS if column.kind == FLOAT)
#: Columns that follow from the traits in a cell that has never met a drug. A tumor that has met
#: none neither fills nor moves them: their memory is not touched.
RESTING_COLUMNS = tuple(column.name for column in COLUMNS if column.at_rest)
HELD_AT_REST = tuple(column.name for column in COLUMNS if not column.at_rest)
#: Columns that a daughter takes over as they are.
INHERITED_COLUMNS = tuple(column.name for column in COLUMNS if column.inherited)
#: Columns that the hot loop reads, and those that it writes as well.
LOOP_COLUMNS = tuple(column.name for column in COLUMNS if column.loop)
CHANGED_COLUMNS = tuple(column.name for column in COLUMNS if column.loop == CHANGED)
#: Columns that are summed up over all cells and shown on the lattice.
REPORTED_COLUMNS = tuple(column.name for column in COLUMNS if column.reported)


def markdown_table() -> str:
    """The columns as a Markdown table, for the documentation.

    Examples
    --------
    >>> print(markdown_table().splitlines()[0])
    | column | kind | unit | symbol | meaning | to a daughter | at rest |
    """
    rows = [
        "| column | kind | unit | symbol | meaning | to a daughter | at rest |",
        "|---" * 7 + "|",
    ]
    for c in COLUMNS:
        passed = "as it is" if c.inherited else "new"
        rest = f"`{c.at_rest}`" if c.at_rest else ""
        rows.append(
            f"| `{c.name}` | {c.kind} | {c.unit} | {c.symbol} | {c.meaning} | {passed} | {rest} |"
        )
    return "\n".join(rows)
