"""What each parameter means: its dimension (see :mod:`xenosim.units`). A name that is not here is refused."""

from __future__ import annotations

PARAMETERS: dict[str, dict[str, str]] = {
    "drug": {
        "molar_mass": "molar_mass", "salt_factor": "fraction", "cl": "clearance", "q2": "clearance", "q3": "clearance",
        "v1": "volume_per_kg", "v2": "volume_per_kg", "v3": "volume_per_kg", "ka_po": "rate", "ka_sc": "rate", "ka_ip": "rate",
        "f_po": "fraction", "f_sc": "fraction", "f_ip": "fraction", "fu": "fraction", "fu_medium": "fraction",
        "kd": "concentration", "koff": "rate", "kinact_ki": "per_nM_h", "kd_crbn": "concentration",
    },
    "mouse": {
        "body_weight": "mass", "body_weight_growth_per_day": "rate_per_day", "cv_clearance": "fraction",
        "cv_volume": "fraction", "cv_bioavailability": "fraction", "cv_growth": "fraction", "cv_engraftment": "fraction",
        "beta5_blood": "concentration", "exchange_blood": "rate", "recovery_half_life_blood": "time",
        "beta5_normal": "concentration", "exchange_normal": "rate", "weight_loss_rate": "rate",
        "weight_recovery_rate": "rate", "weight_loss_threshold": "fraction", "weight_loss_removal": "fraction",
        "caliper_error_sd": "fraction", "caliper_limit": "length_mm",
    },
    "cell": {
        "beta5_sites": "concentration", "beta5_turnover_half_life": "time", "capacity_rate": "rate",
        "bounce_back": "dimensionless", "synthesis_rate": "rate", "load_clearance": "rate", "load_mean": "dimensionless",
        "load_cv": "fraction", "stress_half_load": "dimensionless", "stress_rate": "rate", "chaperone_rate": "rate",
        "chaperone_gain": "dimensionless", "noxa_rate": "rate", "myc": "dimensionless", "noxa_gain": "dimensionless",
        "noxa_floor": "fraction", "dr5_rate": "rate", "dr5": "dimensionless", "commitment_rate": "rate",
        "commitment_decay": "rate", "threshold_mean": "dimensionless", "threshold_cv": "fraction",
        "nfkb_inhibition_gain": "fraction", "nfkb_ikzf_gain": "fraction", "nfkb_sign": "dimensionless",
        "jnk_gain": "fraction", "ikzf_threshold_gain": "fraction", "ikzf_rate": "rate",
        "ikzf_degradation": "dimensionless", "ikzf_activity_half": "fraction", "lenalidomide_load_gain": "fraction",
        "ikzf_cycle_gain": "fraction", "cycle_stress_gain": "dimensionless", "cycle_cv": "fraction",
        "cycle_inheritance": "fraction", "clearance_time_min": "time", "clearance_time_max": "time",
    },
    "tumor": {
        "doubling_time": "duration_days", "cell_loss_factor": "fraction", "mechanical_depth": "length",
        "cell_density": "density", "vessel_exchange": "rate", "vessel_exchange_cv": "fraction",
        "vessel_correlation_length": "length", "voxel_edge": "length", "vacancy_closure_time": "time",
        "growth_start_fraction": "fraction",
    },
}  # fmt: skip
PARAMETERS["model"] = PARAMETERS["cell"] | PARAMETERS["tumor"]
STATUSES = ("measured", "derived", "calibrated", "assumed")
FOLDERS = {"drug": "drugs", "mouse": "mice", "model": "models"}
