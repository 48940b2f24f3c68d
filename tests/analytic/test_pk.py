"""Plasma and occupancy against scipy's integrator, and the check table of the parameter set."""

from dataclasses import replace

import mpmath
import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.linalg import expm

from xenosim.errors import ParameterError
from xenosim.parameters.load import load_set
from xenosim.pharmacology.dose import Dose, Route
from xenosim.pharmacology.exposure import TargetExposure
from xenosim.pharmacology.pk import DrugPK, disposition, plasma_profile
from xenosim.pharmacology.regimen import parse_regimen
from xenosim.pharmacology.target import binding
from xenosim.study.tissues import drug_pk


def written_out(pk: DrugPK) -> tuple[np.ndarray, dict[str, int], int]:
    """Matrix A of dy/dt = A y + u, amounts per kg, as MODEL.md P1 has it; index of each depot, and
    of the central compartment.
    """
    routes = sorted(pk.ka)
    central, outer = len(routes), [(q, v) for q, v in ((pk.q2, pk.v2), (pk.q3, pk.v3)) if q > 0]
    a = np.zeros((central + 1 + len(outer),) * 2)
    a[central, central] = -(pk.cl + sum(q for q, _ in outer)) / pk.v1
    for index, (q, v) in enumerate(outer, start=central + 1):
        a[central, index] = q / v
        a[index, central], a[index, index] = q / pk.v1, -q / v
    for index, route in enumerate(routes):
        a[index, index], a[central, index] = -pk.ka[route], pk.ka[route]
    return a, {route: index for index, route in enumerate(routes)}, central


def numeric_concentration(regimen: str, times: np.ndarray) -> np.ndarray:
    pk = drug_pk(load_set("ixazomib"))
    matrix, depots, central = written_out(pk)
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


OFFSETS = [0.0, 1e-15, -1e-12, 1e-9, -1e-8, 1e-6, 1e-3, 0.1, 3.0]


@pytest.mark.parametrize("offset", OFFSETS)
def test_p1_absorption_as_fast_as_elimination_is_exact(offset: float) -> None:
    """One compartment: C = F D/V ka (exp(-k t) - exp(-ka t))/(ka - k), with ka = k F D/V k t exp(-k
    t); the closed form in 50 digits.
    """
    mpmath.mp.dps = 50
    k = 0.3
    ka = k * (1.0 + offset)
    profile = plasma_profile(one_compartment(k, ka), [Dose(0.0, 10.0, "ixazomib", Route.PO)])
    times = np.array([1e-6, 0.1, 1.0, 3.0, 10.0, 40.0, 300.0])
    rate, fast = mpmath.mpf(2.0 * k) / 2, mpmath.mpf(ka)
    exact = []
    for t in map(mpmath.mpf, times.tolist()):
        fed = t * mpmath.exp(-rate * t)
        if fast != rate:
            fed = (mpmath.exp(-rate * t) - mpmath.exp(-fast * t)) / (fast - rate)
        exact.append(float(10 * mpmath.mpf(0.8) / 400 * 10**6 / 2 * fast * fed))
    np.testing.assert_allclose(profile.concentration(times), exact, rtol=1e-13)


def precise(pk: DrugPK, doses: list[Dose], times: np.ndarray) -> np.ndarray:
    """Concentrations [nM] by the exponential of the matrix in 40 digits."""
    mpmath.mp.dps = 40
    a, depots, central = written_out(pk)
    whole = mpmath.matrix(a.tolist())
    found = np.zeros(times.size)
    for i, time in enumerate(times.tolist()):
        for dose in doses:
            if dose.time_h > time:
                continue
            amount = mpmath.mpf(dose.amount_mg_per_kg) / pk.molar_mass * 10**6
            start = mpmath.zeros(len(a), 1)
            given = central if dose.route is Route.IV else depots[dose.route]
            start[given] = amount if dose.route is Route.IV else amount * pk.f[dose.route]
            state = mpmath.expm(whole * mpmath.mpf(time - dose.time_h), method="pade") * start
            found[i] += float(state[central] / pk.v1)
    return found


@pytest.mark.parametrize("case", range(12))
def test_p1_random_and_degenerate_parameters_keep_ten_digits(case: int) -> None:
    """Every third case has equal exchange rates of both outer compartments, every second one a
    depot that empties at the rate of a phase, to the last digit or nearly.
    """
    rng = np.random.default_rng(case)
    cl, v1, q2, v2, q3, v3, ka = np.exp(rng.normal(0.0, 1.5, 7)).tolist()
    if case % 3 == 0:
        v3 = v2 / q2 * q3
    pk = DrugPK(cl, v1, q2, v2, q3, v3, {"PO": ka}, {"PO": 0.7}, 400.0, 1.0)
    if case % 2 == 0:
        near = [0.0, 1e-14, -1e-9, 1e-5][case // 2 % 4]
        phase = disposition(pk).rates[case % 3]
        pk = pk._replace(ka={"PO": phase * (1.0 + near)})
    doses = [Dose(0.0, 10.0, "x", Route.PO), Dose(1.7, 3.0, "x", Route.IV)]
    times = np.array([0.01, 0.6, 1.8, 6.0, 25.0])
    exact = precise(pk, doses, times)
    np.testing.assert_allclose(plasma_profile(pk, doses).concentration(times), exact, rtol=1e-10)


def test_p1_two_depots_and_a_phase_of_one_rate() -> None:
    pk = one_compartment(0.3, 0.3)._replace(ka={"IP": 0.3, "PO": 0.3}, f={"IP": 1.0, "PO": 0.8})
    doses = [Dose(0.0, 10.0, "x", Route.PO), Dose(2.0, 5.0, "x", Route.IP)]
    times = np.array([0.5, 1.0, 5.0, 20.0])
    found = plasma_profile(pk, doses).concentration(times)
    np.testing.assert_allclose(found, precise(pk, doses, times), rtol=1e-12)


def test_p1_a_drug_without_elimination_stays() -> None:
    pk = one_compartment(0.0, 1.0)
    doses = [Dose(0.0, 4.0, "x", Route.IV, duration_h=2.0)]
    found = plasma_profile(pk, doses).concentration(np.array([1.0, 2.0, 1e4]))
    np.testing.assert_allclose(found, [2500.0, 5000.0, 5000.0], rtol=1e-14)


@pytest.mark.parametrize("route", [Route.PO, Route.IV])
def test_p1_steady_state_where_rates_meet(route: Route) -> None:
    """A thousand doses of a drug whose depot empties as fast as it is eliminated; an infusion."""
    pk, hours = one_compartment(0.3, 0.3), 3.0 if route is Route.IV else 0.0
    steady = Dose(0.0, 4.0, "x", route, duration_h=hours, ss=1, steady_state_ii_h=12.0)
    many = [Dose(12.0 * k, 4.0, "x", route, duration_h=hours) for k in range(1000)]
    times = np.array([0.0, 0.5, 3.0, 11.9])
    found = plasma_profile(pk, [steady]).concentration(times)
    later = plasma_profile(pk, many).concentration(times + 12.0 * 999)
    np.testing.assert_allclose(found, later, rtol=1e-11)


def test_p1_a_solver_of_differential_equations_agrees() -> None:
    pk = DrugPK(1.0, 0.5, 0.5, 1.0, 2.0, 4.0, {"PO": 0.5}, {"PO": 1.0}, 400.0, 1.0)
    assert pk.q2 / pk.v2 == pk.q3 / pk.v3 == pk.ka["PO"]
    a, depots, central = written_out(pk)
    start = np.zeros(len(a))
    start[depots["PO"]] = 10.0 / 400.0 * 1e6
    times = np.array([0.2, 2.0, 9.0, 30.0])
    solved = solve_ivp(
        lambda _, y: a @ y, (0.0, 30.0), start, "DOP853", times, rtol=1e-12, atol=1e-9
    )
    found = plasma_profile(pk, [Dose(0.0, 10.0, "x", Route.PO)]).concentration(times)
    np.testing.assert_allclose(found, solved.y[central] / pk.v1, rtol=1e-8)
    np.testing.assert_allclose(
        found, [(expm(a * t) @ start)[central] / pk.v1 for t in times], rtol=1e-10
    )


def test_p1_a_reset_leaves_what_comes_after_it() -> None:
    pk = drug_pk(load_set("ixazomib"))
    before = [
        Dose(0.0, 4.0, "ixazomib", Route.SC),
        Dose(10.0, 4.0, "ixazomib", Route.IV, duration_h=30.0),
    ]
    anew = Dose(24.0, 7.0, "ixazomib", Route.PO)
    times = np.array([24.0, 24.5, 26.0, 50.0])
    found = plasma_profile(pk, [*before, replace(anew, reset=True)])
    alone = plasma_profile(pk, [anew])
    np.testing.assert_array_equal(found.concentration(times), alone.concentration(times))
    untouched = plasma_profile(pk, before).concentration(np.array([23.9]))
    assert found.concentration(np.array([23.9])) == pytest.approx(untouched, rel=1e-12)
    empty = plasma_profile(pk, [*before, Dose(24.0, 0.0, "ixazomib", Route.IV, reset=True)])
    assert not empty.concentration(times).any()


def one_compartment(k: float, ka: float) -> DrugPK:
    """A volume of 2 L/kg, a rate of elimination [1/h] and one of absorption [1/h], F 0.8."""
    return DrugPK(2.0 * k, 2.0, 0.0, 0.0, 0.0, 0.0, {"PO": ka}, {"PO": 0.8}, 400.0, 1.0)
