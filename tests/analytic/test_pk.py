"""Plasma and occupancy against scipy's integrator, and the check table of the parameter set."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.linalg import expm

from xenosim.errors import ParameterError
from xenosim.parameters.load import load_set
from xenosim.pharmacology.dose import Dose, Route
from xenosim.pharmacology.exposure import TargetExposure
from xenosim.pharmacology.pk import DrugPK, plasma_profile, rate_matrix
from xenosim.pharmacology.regimen import parse_regimen
from xenosim.pharmacology.target import binding
from xenosim.study.tissues import drug_pk


def numeric_concentration(regimen: str, times: np.ndarray) -> np.ndarray:
    pk = drug_pk(load_set("ixazomib"))
    matrix, depots, central = rate_matrix(pk)
    doses = parse_regimen(regimen, default_drug="ixazomib")
    y, t, out = np.zeros(len(matrix)), 0.0, {}
    stops = sorted(
        {d.time_h for d in doses} | {d.time_h + d.duration_h for d in doses} | set(times)
    )
    for stop in stops:
        if stop > t:
            u = np.zeros(len(matrix))
            for d in doses:
                if d.duration_h and d.time_h <= t < d.time_h + d.duration_h:
                    u[central] += d.amount_mg_per_kg / pk.molar_mass * 1000 / d.duration_h
            y = solve_ivp(
                lambda _, s, u=u: matrix @ s + u,
                (t, stop),
                y,
                method="LSODA",
                rtol=1e-10,
                atol=1e-13,
            ).y[:, -1]
            t = stop
        for d in doses:
            if d.time_h == stop and not d.duration_h:
                amount = d.amount_mg_per_kg / pk.molar_mass * 1000
                index = central if d.route == "IV" else depots[d.route]
                y[index] += amount if d.route == "IV" else pk.f[d.route] * amount
        out[stop] = y[central] / pk.v1 * 1000
    return np.array([out[time] for time in times])


@pytest.mark.parametrize(
    "regimen",
    ["14 mg/kg IV QDx1", "10 mg/kg PO Q2Dx3", "4 mg/kg SC QDx4", "5 mg/kg IV over 2 h QDx2"],
)
def test_plasma_matches_numerical_solution(regimen: str) -> None:
    times = np.array([0.25, 1.0, 3.0, 25.0, 47.0, 71.5, 120.0])
    exact = plasma_profile(
        drug_pk(load_set("ixazomib")), parse_regimen(regimen, default_drug="ixazomib")
    ).concentration(times)
    np.testing.assert_allclose(exact, numeric_concentration(regimen, times), rtol=1e-6)


def test_steady_state_equals_many_doses() -> None:
    pk = drug_pk(load_set("ixazomib"))
    steady = plasma_profile(pk, [Dose(0.0, 4.0, "ixazomib", "SC", ss=1, steady_state_ii_h=24.0)])
    long = plasma_profile(pk, [Dose(24.0 * k, 4.0, "ixazomib", "SC") for k in range(101)])
    times = np.array([0.5, 3.0, 12.0, 23.0])
    np.testing.assert_allclose(
        steady.concentration(times), long.concentration(times + 2400.0), rtol=1e-6
    )


def test_occupancy_matches_numerical_solution() -> None:
    profile = plasma_profile(
        drug_pk(load_set("ixazomib")), parse_regimen("10 mg/kg PO QDx2", default_drug="ixazomib")
    )
    b = binding({"ixazomib": load_set("ixazomib")}, 1000.0, 0.0193)
    g, kon, koff, fu = 0.8, float(b.kon[0]), float(b.koff[0]), float(b.fu[0])

    def rate(t: float, o: np.ndarray) -> np.ndarray:
        cf = (g * float(profile.concentration(t)) + koff * 1000.0 * o) / (
            g / fu + kon * 1000.0 * (1 - o)
        )
        return kon * cf * (1 - o) - (koff + 0.0193) * o

    exposure = TargetExposure({"ixazomib": profile}, b, np.array([g]))
    state = np.zeros(1)
    for hour in range(36):
        mean = exposure.advance(hour, hour + 1)[0, 0]
        solution = solve_ivp(
            rate, (hour, hour + 1), state, method="Radau", rtol=1e-9, atol=1e-11, dense_output=True
        )
        state = solution.y[:, -1]
        assert exposure.occupancy[0, 0, 0] == pytest.approx(state[0], rel=1e-3)
        fine = np.linspace(hour, hour + 1, 4001)
        assert mean == pytest.approx(float(np.trapezoid(solution.sol(fine)[0], fine)), rel=2e-3)


@pytest.mark.parametrize(
    ("regimen", "expected"),
    [
        ("14 mg/kg IV QDx1", [99, 94, 91, 86, 79, 53, 16]),
        ("7 mg/kg IV QDx1", [99, 88, 84, 75, 66, 37, 9]),
        ("11 mg/kg PO QDx1", [96, 95, 87, 72, 62, 32, 7]),
        ("4 mg/kg SC QDx1", [97, 93, 78, 64, 53, 25, 5]),
    ],
)
def test_blood_inhibition_table(regimen: str, expected: list[int]) -> None:
    profile = plasma_profile(
        drug_pk(load_set("ixazomib")), parse_regimen(regimen, default_drug="ixazomib")
    )
    blood = TargetExposure(
        {"ixazomib": profile},
        binding({"ixazomib": load_set("ixazomib")}, 450.0, 0.0),
        np.array([100.0]),
    )
    start, got = 0.0, []
    for time in (1 / 12, 0.5, 1.5, 4.0, 8.0, 24.0, 48.0):
        blood.advance(start, time)
        got.append(100 * blood.occupancy[0, 0, 0])
        start = time
    np.testing.assert_allclose(got, expected, atol=1.0)


def test_competing_inhibitors_never_exceed_the_sites() -> None:
    drugs = {name: load_set(name) for name in ("bortezomib", "carfilzomib", "ixazomib")}
    doses = [Dose(0.0, 5.0, name, "IV") for name in drugs]
    profiles = {d.drug: plasma_profile(drug_pk(load_set(d.drug)), [d]) for d in doses}
    exposure = TargetExposure(profiles, binding(drugs, 1000.0, 0.02), np.array([0.2, 2.0, 100.0]))
    for hour in range(24):
        mean = exposure.advance(hour, hour + 1)
        assert 0 <= mean.min() and mean.max() <= 1 + 1e-6
        assert exposure.occupancy.min() >= 0 and exposure.occupancy.sum(axis=2).max() <= 1 + 1e-6


def test_no_drug_is_exactly_nothing() -> None:
    profile = plasma_profile(drug_pk(load_set("ixazomib")), [Dose(0.0, 0.0, "ixazomib", "IV")])
    exposure = TargetExposure(
        {"ixazomib": profile},
        binding({"ixazomib": load_set("ixazomib")}, 1000.0, 0.02),
        np.array([1.0]),
    )
    assert not any(exposure.advance(hour, hour + 1).any() for hour in range(5))


@pytest.mark.parametrize("what", ["plasma", "binding"])
def test_what_is_no_number_is_refused(what: str) -> None:
    profile, target = (
        plasma_profile(drug_pk(load_set("ixazomib")), [Dose(2.5, 7.0, "ixazomib", "IV")]),
        binding({"ixazomib": load_set("ixazomib")}, 1000.0, 0.02),
    )
    if what == "plasma":
        profile = replace(profile, amplitudes=profile.amplitudes * np.nan)
    else:
        target = target._replace(kon=target.kon * np.inf)
    exposure = TargetExposure({"ixazomib": profile}, target, np.array([1.0]))
    with pytest.raises(
        ParameterError, match="of ixazomib is no finite number between [0-9]+ and [0-9]+ h"
    ):
        for hour in range(5):
            exposure.advance(hour, hour + 1)


def test_shifted_doses_shift_the_response() -> None:
    early = plasma_profile(
        drug_pk(load_set("ixazomib")), parse_regimen("7 mg/kg IV BIW x1wk", default_drug="ixazomib")
    )
    late = plasma_profile(
        drug_pk(load_set("ixazomib")),
        [
            Dose(d.time_h + 36.0, 7.0, "ixazomib", "IV")
            for d in parse_regimen("7 mg/kg IV BIW x1wk", default_drug="ixazomib")
        ],
    )
    times = np.linspace(0.1, 150, 40)
    np.testing.assert_allclose(
        early.concentration(times), late.concentration(times + 36.0), rtol=1e-9
    )


@pytest.mark.parametrize("offset", [0.0, 1e-15, -1e-12, 1e-9, 1e-8, 1e-6, 1e-3])
def test_p1_absorption_as_fast_as_elimination_is_exact(offset: float) -> None:
    """One compartment with ka = CL/V: C = F D/V ka t exp(-ka t)."""
    k = 0.3
    pk = one_compartment(k, k * (1.0 + offset))
    profile = plasma_profile(pk, [Dose(0.0, 10.0, "ixazomib", Route.PO)])
    times = np.array([0.1, 1.0, 3.0, 10.0, 40.0])
    exact = 10.0 / 400.0 * 1000.0 / 2.0 * 1000.0 * 0.8 * k * times * np.exp(-k * times)
    tolerance = max(5e-6, 2.0 * abs(offset) * k * 40.0)
    np.testing.assert_allclose(profile.concentration(times), exact, rtol=tolerance)


@pytest.mark.parametrize("phase", [0, 1, 2])
def test_p1_absorption_equal_to_any_phase_of_three_compartments(phase: int) -> None:
    pk = one_compartment(0.3, 1.0)._replace(q2=1.5, v2=4.0, q3=0.2, v3=6.0)
    matrix, _, central = rate_matrix(pk)
    rates = -np.linalg.eigvals(matrix[central:, central:]).real
    pk = pk._replace(ka={"PO": float(np.sort(rates)[phase])})
    times = np.array([0.1, 1.0, 5.0, 20.0, 60.0])
    found = plasma_profile(pk, [Dose(0.0, 10.0, "ixazomib", Route.PO)]).concentration(times)
    a = np.array(rate_matrix(pk)[0])
    a[0, 0], a[1, 0] = -pk.ka["PO"], pk.ka["PO"]
    start = np.zeros(len(a))
    start[0] = 10.0 / 400.0 * 1000.0 * 0.8
    exact = [(expm(a * t) @ start)[1] / pk.v1 * 1000.0 for t in times]
    np.testing.assert_allclose(found, exact, rtol=5e-6)


def one_compartment(k: float, ka: float) -> DrugPK:
    """A volume of 2 L/kg, a rate of elimination [1/h] and one of absorption [1/h], F 0.8."""
    return DrugPK(2.0 * k, 2.0, 0.0, 0.0, 0.0, 0.0, {"PO": ka}, {"PO": 0.8}, 400.0, 1.0)
