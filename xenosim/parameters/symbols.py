"""Symbols of the equations in MODEL.md: variables and parameters; none has two meanings."""

from __future__ import annotations

from xenosim.parameters.schema import PARAMETERS
from xenosim.units import DIMENSIONS

#: What changes in time, and what follows from it: meaning and unit.
VARIABLES = {
    "A1": ("amount in the central compartment", "umol/kg"),
    "A2": ("amount in the second compartment", "umol/kg"),
    "A3": ("amount in the third compartment", "umol/kg"),
    "A_depot": ("amount in the depot", "umol/kg"),
    "C": ("total concentration in plasma, per kg model", "nM"),
    "Cp": ("total concentration at the vessels, or in the medium", "nM"),
    "Cf": ("free concentration in tissue", "nM"),
    "o": ("occupancy of beta5 by one inhibitor", ""),
    "free": ("share of beta5 without inhibitor", ""),
    "kon": ("association with beta5", "1/(nM*h)"),
    "kdeg": ("turnover of beta5, ln 2 over its half-life", "1/h"),
    "q": ("occupancy of cereblon", ""),
    "p": ("proteasome capacity of a cell", ""),
    "r": ("proteasome activity of a cell", ""),
    "U": ("undegraded protein of a cell", ""),
    "h": ("stress drive", ""),
    "S": ("stress of a cell: PERK, eIF2a, ATF4, CHOP", ""),
    "S0": ("stress of a cell at rest", ""),
    "H": ("chaperones of a cell: BiP", ""),
    "M": ("MYC of a cell", ""),
    "N": ("NOXA of a cell", ""),
    "D": ("DR5 of a cell", ""),
    "X": ("commitment of a cell to death", ""),
    "theta'": ("threshold of a cell at this moment", ""),
    "B": ("NF-kB activity over rest", ""),
    "I": ("IKZF1/3 of a cell", ""),
    "a": ("share of the removal of IKZF1/3 that the proteasome allows", ""),
    "T": ("cycle time of a cell", "h"),
    "x": ("a trait of a cell: its rho or theta", ""),
    "m_x": ("median of a trait over the cells of a line", ""),
    "s_x": ("standard deviation of the logarithm of a trait over the cells of a line", ""),
    "W": ("Brownian motion, another for every cell and trait", "sqrt(h)"),
    "P": ("oxygen in a voxel", "mmHg"),
    "f": ("share of the sites of a voxel with living cells", ""),
    "v": ("share of a voxel that is tumor: cells, debris, gaps", ""),
    "L": ("share of body weight lost", ""),
    "Cd": ("free concentration of a drug with a direct effect", "nM"),
    "kk": ("rate of death by a direct effect", "1/h"),
    "bk": ("share by which a direct effect slows the clock", ""),
}
#: Symbol of a parameter.
SYMBOLS = {
    "drug": {
        "cl": "CL",
        "v1": "V1",
        "q2": "Q2",
        "v2": "V2",
        "q3": "Q3",
        "v3": "V3",
        "ka_po": "ka",
        "f_po": "F",
        "fu": "fu",
        "kd": "Kd",
        "koff": "koff",
        "kinact_ki": "kinact/KI",
        "kd_crbn": "K",
        "kill_slope": "ks",
        "kill_max": "kmax",
        "brake_max": "bmax",
        "kill_ec50": "EC50",
        "kill_hill": "n",
        "brake_ec50": "EB50",
        "brake_hill": "nb",
    },
    "mouse": {
        "weight_loss_rate": "kW",
        "weight_recovery_rate": "kL",
        "weight_loss_threshold": "ow",
    },
    "cell": {
        "beta5_sites": "R",
        "capacity_rate": "kP",
        "bounce_back": "bP",
        "synthesis_rate": "kU",
        "load_clearance": "kA",
        "load_mean": "rho",
        "stress_half_load": "Ks",
        "stress_rate": "kS",
        "chaperone_rate": "kH",
        "chaperone_gain": "aH",
        "noxa_rate": "kN",
        "myc": "m",
        "myc_inhibition_gain": "bm",
        "myc_sign": "sm",
        "noxa_gain": "eta",
        "noxa_floor": "floor",
        "dr5_rate": "kD",
        "dr5": "d5",
        "mitochondrial_arm": "w9",
        "receptor_arm": "w8",
        "commitment_rate": "kX",
        "commitment_decay": "kXd",
        "threshold_mean": "theta",
        "nfkb_inhibition_gain": "bo",
        "nfkb_ikzf_gain": "bI",
        "nfkb_sign": "sigma",
        "jnk_gain": "jnk",
        "ikzf_threshold_gain": "i",
        "mcl1_induction": "aM",
        "ikzf_rate": "kI",
        "ikzf_degradation": "E",
        "ikzf_activity_half": "a50",
        "trait_mixing_rate": "kM",
        "cycle_stress_gain": "gamma",
        "cycle_inhibition_gain": "gi",
        "lenalidomide_load_gain": "l",
    },
    "tumor": {
        "vessel_exchange": "g",
        "oxygen_diffusion": "DO",
        "oxygen_uptake": "kO",
        "oxygen_supply": "s",
        "oxygen_blood": "Pb",
        "oxygen_host": "Ph",
        "oxygen_host_exchange": "gh",
    },
}


def rows() -> list[tuple[str, str, str, str]]:
    """Symbol, meaning, unit, and the parameter that holds it or "" of a variable."""
    found = [(symbol, *about, "") for symbol, about in VARIABLES.items()]
    for kind, symbols in SYMBOLS.items():
        for name, symbol in symbols.items():
            dimension, meaning = PARAMETERS[kind][name]
            found.append((symbol, meaning.removeprefix(f"{symbol}: "), DIMENSIONS[dimension], name))
    return found


def symbol_table() -> str:
    """The table of symbols as Markdown, for MODEL.md.

    Examples
    --------
    >>> print(symbol_table().splitlines()[2])
    | A1 | amount in the central compartment | umol/kg | |
    """
    head = ["| symbol | meaning | unit | parameter |", "| --- | --- | --- | --- |"]
    return "\n".join(
        head
        + [
            f"| {symbol} | {meaning} | {unit or '-'} | {f'`{name}` ' if name else ''}|"
            for symbol, meaning, unit, name in rows()
        ]
    )
