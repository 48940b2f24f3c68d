"""Body weight of one animal (MODEL.md P8)."""

from __future__ import annotations

from typing import Any

import numpy as np

from xenosim.parameters.load import ParameterSet

#: What changes in the body weight of an animal.
STATE = ("start_g", "loss_fraction", "age_days")


class BodyWeight:
    """Body weight of one animal: growth, and loss driven by normal-tissue inhibition above a
    threshold, with recovery (P8).

    dL/dt = k_loss max(o - o_thr, 0) (1 - L) - k_rec L, L the fraction of the carcass lost.
    """

    def __init__(self, mouse: ParameterSet, noise: np.random.Generator) -> None:
        self.start_g = mouse.value("body_weight") * float(
            np.exp(mouse.value("body_weight_cv") * noise.standard_normal())
        )
        self.growth_per_day = mouse.value("body_weight_growth_per_day")
        self.loss_rate, self.recovery = (
            mouse.value("weight_loss_rate"),
            mouse.value("weight_recovery_rate"),
        )
        self.threshold = mouse.value("weight_loss_threshold")
        self.tumor_density = mouse.value("tumor_mass_density")
        self.loss_fraction = 0.0
        #: Days of growth before day 0 [day]; not zero for an animal that was taken from another
        #: study.
        self.age_days = 0.0

    def advance(self, inhibition: float, dt_h: float) -> None:
        """One step under a normal-tissue ``inhibition`` [-]; exact for a constant drive."""
        drive = self.loss_rate * max(inhibition - self.threshold, 0.0)
        rate = drive + self.recovery
        self.loss_fraction = drive / rate + (self.loss_fraction - drive / rate) * float(
            np.exp(-rate * dt_h)
        )

    def true_g(self, day: float, tumor_mm3: float) -> float:
        """Weight with the tumor [g]."""
        return (
            self.start_g
            * (1.0 + self.growth_per_day * (day + self.age_days))
            * (1.0 - self.loss_fraction)
            + self.tumor_density * tumor_mm3
        )

    def state(self) -> dict[str, float]:
        """What changes, as plain numbers."""
        return {name: getattr(self, name) for name in STATE}

    def set_state(self, state: dict[str, Any]) -> None:
        """Be the body of ``state``."""
        for name in STATE:
            setattr(self, name, state[name])
