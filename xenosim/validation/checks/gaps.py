"""Published rows that no check answers, with the reason."""

from __future__ import annotations

#: Rows about cells that the model cannot answer, with the reason; shown as such.
NOT_SIMULATED = {
    "S1-15": "a vendor's value, probably of proteasome activity and not of viability",
    "TGT-01": "only the beta5 site is modeled",
    "TGT-07": "only the beta5 site is modeled",
    "TGT-08": "LMP7 and beta5 are one site here",
    "TGT-09": "no immunoproteasome",
    "MYC-03": "MYC and the protein load are separate traits of a line",
    "LOAD-03": "no immunoglobulin: load is one number per cell",
    "LOAD-04": "no heat",
    "LOAD-05": "no heat",
    "POT-03": "the medians of panels are those of lines calibrated one by one",
    "NFK-05": "clinical",
}
#: Rows of the tables that are not about cells in a dish: animals, tissue, plasma, patients.
NOT_CELLS = (
    "TGT-04",
    "TGT-05",
    "TGT-06",
    "EXT-04",
    "VIV-",
    "MIC-",
    "LEN-06",
    "LEN-07",
    "LEN-08",
    "S2-",
    "S4-",
)
