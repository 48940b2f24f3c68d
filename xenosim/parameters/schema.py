"""What each parameter means: its dimension (see :mod:`xenosim.units`) and a description. A name
that is not here is refused.
"""

from __future__ import annotations

PARAMETERS: dict[str, dict[str, tuple[str, str]]] = {
    "drug": {
        "molar_mass": ("molar_mass", "molar mass of the active substance"),
        "salt_factor": ("fraction", "mg active substance per mg of the named salt"),
        "cl": ("clearance", "plasma clearance"),
        "v1": ("volume_per_kg", "central volume"),
        "q2": ("clearance", "exchange with the second compartment"),
        "v2": ("volume_per_kg", "volume of the second compartment"),
        "q3": ("clearance", "exchange with the third compartment"),
        "v3": ("volume_per_kg", "volume of the third compartment"),
        "ka_po": ("rate", "oral absorption"),
        "f_po": ("fraction", "oral bioavailability"),
        "ka_sc": ("rate", "subcutaneous absorption"),
        "f_sc": ("fraction", "subcutaneous bioavailability"),
        "ka_ip": ("rate", "intraperitoneal absorption"),
        "f_ip": ("fraction", "intraperitoneal bioavailability"),
        "fu": ("fraction", "free fraction in plasma"),
        "fu_medium": ("fraction", "free fraction in medium with 10 % serum"),
        "kd": ("concentration", "free concentration that half occupies beta5"),
        "koff": ("rate", "dissociation from beta5"),
        "kinact_ki": ("per_nM_h", "irreversible binding to beta5, kinact/KI"),
        "kd_crbn": ("concentration", "free concentration that half occupies cereblon"),
    },
    "mouse": {
        "body_weight": ("mass", "body weight at the first dose"),
        "body_weight_growth_per_day": ("rate_per_day", "relative growth of body weight"),
        "cv_clearance": ("fraction", "between animals: clearance"),
        "cv_volume": ("fraction", "between animals: volumes"),
        "cv_bioavailability": ("fraction", "between animals: bioavailability"),
        "cv_growth": ("fraction", "between animals: tumor growth rate"),
        "cv_engraftment": ("fraction", "between animals: tumor volume at the start of growth"),
        "beta5_blood": ("concentration", "beta5 sites in blood"),
        "exchange_blood": ("rate", "plasma exchange g of blood"),
        "recovery_half_life_blood": ("time", "recovery of blood after an irreversible inhibitor"),
        "beta5_normal": ("concentration", "beta5 sites in normal tissue"),
        "exchange_normal": ("rate", "plasma exchange g of normal tissue"),
        "weight_loss_rate": ("rate", "relative weight loss at full inhibition of normal tissue"),
        "weight_recovery_rate": ("rate", "return of lost weight"),
        "weight_loss_threshold": ("fraction", "inhibition of normal tissue borne without loss"),
        "weight_loss_removal": ("fraction", "weight loss at which an animal is removed"),
        "caliper_error_sd": ("fraction", "measurement error, standard deviation of ln V"),
        "caliper_limit": ("length_mm", "smallest diameter a caliper quantifies"),
        "imaging_limit": ("volume", "smallest total burden that imaging quantifies"),
    },
    "cell": {
        "beta5_sites": ("concentration", "R: beta5 sites in tumor"),
        "beta5_turnover_half_life": ("time", "half-life of beta5, kdeg = ln2 over it"),
        "capacity_rate": ("rate", "kP: approach of proteasome capacity"),
        "bounce_back": ("dimensionless", "bP: Nrf1 response at partial inhibition"),
        "synthesis_rate": ("rate", "kU: proteasome load"),
        "load_clearance": ("rate", "ka: removal of load other than by the proteasome"),
        "load_mean": ("dimensionless", "rho: protein load over capacity, mean of the line"),
        "load_cv": ("fraction", "rho: between cells"),
        "stress_half_load": ("dimensionless", "Ks: load per chaperone at half stress"),
        "stress_rate": ("rate", "kS: PERK-eIF2a-ATF4-CHOP"),
        "chaperone_rate": ("rate", "kH: BiP"),
        "chaperone_gain": ("dimensionless", "aH: induction of BiP by stress"),
        "noxa_rate": ("rate", "kN: NOXA turnover"),
        "myc": ("dimensionless", "m: MYC of the line, drives NOXA"),
        "noxa_gain": ("dimensionless", "eta: NOXA induction by stress"),
        "noxa_floor": ("fraction", "NOXA removal that inhibition cannot stop"),
        "dr5_rate": ("rate", "kD: DR5-FADD-caspase-8"),
        "dr5": ("dimensionless", "d5: DR5 of the line"),
        "mitochondrial_arm": (
            "dimensionless",
            "w9: weight of NOXA, BAX/BAK and caspase-9 in the death signal",
        ),
        "receptor_arm": (
            "dimensionless",
            "w8: weight of DR5, FADD and caspase-8 in the death signal",
        ),
        "commitment_rate": ("rate", "kX: commitment to death"),
        "commitment_decay": ("rate", "kXd: decay of commitment"),
        "threshold_mean": ("dimensionless", "theta: Bcl-2/c-IAP/Mcl-1 threshold, mean of the line"),
        "threshold_cv": ("fraction", "theta: between cells"),
        "nfkb_inhibition_gain": ("fraction", "NF-kB response to beta5 inhibition"),
        "nfkb_ikzf_gain": ("fraction", "NF-kB response to IKZF1/3 loss"),
        "nfkb_sign": ("dimensionless", "sign of the NF-kB response of the line"),
        "jnk_gain": ("fraction", "threshold lowered by JNK"),
        "ikzf_threshold_gain": ("fraction", "threshold lowered by IKZF1/3 loss"),
        "ikzf_rate": ("rate", "kI: IKZF1/3 turnover"),
        "ikzf_degradation": ("dimensionless", "E: induced over basal removal of IKZF1/3"),
        "ikzf_activity_half": (
            "fraction",
            "proteasome activity at half the induced removal of IKZF1/3",
        ),
        "lenalidomide_load_gain": ("fraction", "load added by lenalidomide"),
        "ikzf_cycle_gain": ("fraction", "cycle slowed by IKZF1/3 loss"),
        "cycle_stress_gain": ("dimensionless", "cycle slowed per unit of stress above rest"),
        "cycle_cv": ("fraction", "cycle time: between cells"),
        "cycle_inheritance": (
            "fraction",
            "cycle time: mother-daughter correlation of its logarithm",
        ),
        "clearance_time_min": ("time", "shortest time from death to an empty site"),
        "clearance_time_max": ("time", "longest time from death to an empty site"),
        "clone_kd_fold": ("dimensionless", "Kd of the clone over that of the wild type"),
    },
    "tumor": {
        "doubling_time": ("duration_days", "volume doubling at the start volume, untreated"),
        "start_volume": ("volume", "mean volume at randomization"),
        "potential_doubling_time": (
            "duration_days",
            "doubling without crowding; a check of the calibration",
        ),
        "cell_loss_factor": ("fraction", "background cell loss as a share of production"),
        "mechanical_depth": ("length", "delta: depth within which a division can make space"),
        "cell_density": ("density", "cells per volume"),
        "vessel_exchange": ("rate", "g: plasma exchange of the tumor, mean over voxels"),
        "vessel_exchange_cv": ("fraction", "g: between voxels"),
        "vessel_correlation_length": ("length", "g: correlation length"),
        "voxel_edge": ("length", "edge of a voxel"),
        "vacancy_closure_time": ("time", "mean life of a gap left by a cleared cell"),
        "growth_start_fraction": (
            "fraction",
            "volume at which growth is started, over the start volume",
        ),
        "oxygen_diffusion": ("diffusivity", "diffusion of oxygen in tissue"),
        "oxygen_uptake": (
            "rate",
            "k: consumption of oxygen by tissue full of living cells, first order",
        ),
        "oxygen_supply": (
            "dimensionless",
            "supply of oxygen by vessels, over their exchange g of drug",
        ),
        "oxygen_blood": ("pressure", "oxygen in the vessels of the tumor"),
        "oxygen_host": ("pressure", "oxygen in the host tissue"),
        "oxygen_host_exchange": ("rate", "relaxation of oxygen in the host tissue"),
        "hypoxia_pressure": ("pressure", "oxygen below which the cycle stands still"),
        "necrosis_pressure": ("pressure", "oxygen below which cells die of necrosis"),
        "necrosis_rate": ("rate", "necrosis below its pressure"),
        "necrotic_clearance_time": ("time", "mean life of necrotic debris"),
    },
    "site": {
        "lesion_count": ("dimensionless", "lesions in one animal"),
        "lesion_median_volume": ("volume", "median volume of a lesion at the first dose"),
        "lesion_volume_sd": (
            "dimensionless",
            "lesion volumes: standard deviation of the logarithm",
        ),
    },
}
PARAMETERS["line"] = PARAMETERS["cell"] | {
    "culture_doubling_time": ("time", "doubling time in culture")
}
PARAMETERS["model"] = PARAMETERS["cell"] | PARAMETERS["tumor"]
PARAMETERS["site"] |= {
    name: PARAMETERS["tumor"][name]
    for name in ("vessel_exchange", "vessel_exchange_cv", "vessel_correlation_length", "voxel_edge")
}
STATUSES = ("measured", "derived", "calibrated", "assumed")
FOLDERS = {"drug": "drugs", "mouse": "mice", "model": "models", "site": "sites"}
