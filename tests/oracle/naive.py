"""The reference model: MODEL.md written again in plain Python, one Mesa agent per cell on a Mesa
grid.

It shares the random numbers (Philox) and the parameter containers with xenosim, and no rule.
Everything is slow and literal: when the fast model and this one differ, one of them does not do
what MODEL.md says.
"""

from __future__ import annotations

import itertools
import math
import time

import mesa
import numpy as np
from mesa.discrete_space import CellAgent, OrthogonalVonNeumannGrid
from scipy import ndimage, sparse
from scipy.sparse.linalg import spsolve

from xenosim.cell.rng import Stream, block, normals
from xenosim.tumor.spec import TumorSpec
from xenosim.tumor.tissue import zone_exchange
from xenosim.tumor.tumor import Tumor

NEVER = 2**31 - 1
#: Hours between updates of the distance and of the gaps: the rim, where all growth is, grows by
#: half a site, within these bounds.
SPACE_HOURS = 4.0, 12.0


def uniform(word: int) -> float:
    """A word as a number in (0, 1)."""
    return (word + 0.5) / 2**32


def words(seed: int, stream: int, step: int, key: int) -> tuple[int, ...]:
    """Four random words of one decision."""
    return tuple(int(w) for w in block(np.uint64(seed), int(stream), step, np.uint64(key)))


def pade(x: float) -> float:
    """exp(-x), the (2, 2) Pade approximant."""
    return (x * x - 6 * x + 12) / (x * x + 6 * x + 12)


class NaiveCell(CellAgent):
    """One tumor cell."""

    def __init__(self, model: NaiveTumor, site: tuple[int, int, int]) -> None:
        super().__init__(model)
        self.cell = model.grid[site]
        self.state, self.clone, self.event_step = "proliferating", 0, NEVER
        self.capacity, self.commitment, self.ikzf = 1.0, 0.0, 1.0
        self.uid = 0
        self.load = self.stress = self.chaperone = self.noxa = self.dr5 = self.clock = 0.0
        self.load_ratio = self.threshold = self.cycle_h = self.resting_stress = 0.0

    @property
    def site(self) -> tuple[int, int, int]:
        """(z, y, x)."""
        return self.cell.coordinate

    def mix(self) -> None:
        """Load and threshold forget where they were: every quarter of the time that takes, or
        every day, at a turn that the lower half of the lineage id gives (P5).
        """
        m, t = self.model, self.model.spec.traits
        if t.mixing_rate == 0:
            return
        hours = min(0.25 / t.mixing_rate, 24)
        every = max(round(hours / m.spec.dt_h), 1)
        if self.uid % 2**32 * every // 2**32 != m.time_step % every:
            return
        kept = math.exp(-t.mixing_rate * every * m.spec.dt_h)
        a, b, *_ = map(uniform, words(m.seed_, Stream.MIXING, m.time_step, self.uid))
        radius = math.sqrt(-2 * math.log(a)) * math.sqrt(1 - kept**2)
        noise = radius * math.cos(2 * math.pi * b), radius * math.sin(2 * math.pi * b)
        load = kept * math.log(self.load_ratio / t.load_median) + t.load_sd * noise[0]
        self.load_ratio = t.load_median * math.exp(load)
        threshold = kept * math.log(self.threshold / t.threshold_median)
        self.threshold = t.threshold_median * math.exp(threshold + t.threshold_sd * noise[1])
        if m.has_met_drug:
            self.resting_stress = self.rest()[1]
        else:
            self.be_at_rest()

    def rest(self) -> tuple[float, float]:
        """Load and stress at rest: 0 = kU (rho - U/(1+U)) - ka U, and S = h(U/H), H = 1 + aH S."""
        p, rho = self.model.spec.params, self.load_ratio
        k, ka = p.synthesis_rate, p.load_clearance
        b_ = k + ka - k * rho
        load = (-b_ + math.sqrt(b_ * b_ + 4 * ka * k * rho)) / (2 * ka)
        stress = 0.0
        for _ in range(300):
            free = load / (1 + p.chaperone_gain * stress)
            stress = 0.5 * stress + 0.5 * free**2 / (p.stress_half_load**2 + free**2)
        return load, stress

    def be_at_rest(self) -> None:
        """All that follows from the load in a cell that has never met a drug."""
        p = self.model.spec.params
        self.load, stress = self.rest()
        self.stress = self.resting_stress = stress
        self.chaperone = 1 + p.chaperone_gain * stress
        self.noxa, self.dr5 = p.myc * (1 + p.noxa_gain * stress), p.dr5 * stress

    def advance(self) -> None:
        """One hour of proteostasis, stress, death signals and cycle (P3-P5)."""
        m, p, dt = self.model, self.model.spec.params, self.model.spec.dt_h
        breathes = m.can_cycle(self)
        kill, kill_cycling, pace = m.direct
        if not m.exposed:
            self.clock += dt / self.cycle_h * breathes
            return
        o, q = m.occupancy(self), m.cereblon
        target = 1 + p.bounce_back * 4 * o * (1 - o)
        self.capacity = target + (self.capacity - target) * math.exp(-p.capacity_rate * dt)
        r = self.capacity * (1 - o)
        self.load = self._load(r, self.load_ratio * (1 + p.lenalidomide_load_gain * q), dt)
        free = self.load / self.chaperone
        drive = free**2 / (p.stress_half_load**2 + free**2)
        self.stress = drive + (self.stress - drive) * math.exp(-p.stress_rate * dt)
        level = 1 + p.chaperone_gain * self.stress
        self.chaperone = level + (self.chaperone - level) * math.exp(-p.chaperone_rate * dt)
        removal = max(1 - o, p.noxa_floor)
        myc = p.myc * max(1 + p.myc_sign * p.myc_inhibition_gain * o, 0)
        noxa = myc * (1 + p.noxa_gain * self.stress) / removal
        self.noxa = noxa + (self.noxa - noxa) * pade(p.noxa_rate * removal * dt)
        self.dr5 = p.dr5 * self.stress + (self.dr5 - p.dr5 * self.stress) * math.exp(
            -p.dr5_rate * dt
        )
        loss = 1 + p.ikzf_degradation * q * r / (r + p.ikzf_activity_half)
        self.ikzf = 1 / loss + (self.ikzf - 1 / loss) * pade(p.ikzf_rate * loss * dt)
        low_ikzf = 1 - self.ikzf
        nfkb = max(1 - p.nfkb_sign * p.nfkb_inhibition_gain * o - p.nfkb_ikzf_gain * low_ikzf, 0)
        threshold = (
            self.threshold
            * nfkb
            * max(1 - p.jnk_gain * self.stress, 0)
            * (1 + p.mcl1_induction * self.stress)
            * (1 - p.ikzf_threshold_gain * low_ikzf)
        )
        arms = p.mitochondrial_arm * self.noxa + p.receptor_arm * self.dr5
        excess = max(self.stress * arms - threshold, 0)
        limit = p.commitment_rate * excess / p.commitment_decay
        self.commitment = limit + (self.commitment - limit) * math.exp(-p.commitment_decay * dt)
        brake = max(1 - p.cycle_stress_gain * max(self.stress - self.resting_stress, 0), 0)
        brake *= max(1 - p.cycle_inhibition_gain * max(1 - r, 0), 0)
        brake *= (1 - p.ikzf_cycle_gain * low_ikzf) * pace
        self.clock += dt / self.cycle_h * brake * breathes
        rate = kill + kill_cycling * (breathes and self.state == "proliferating")
        draw = uniform(words(m.seed_, Stream.DIRECT, m.time_step, self.uid)[0])
        if not self.is_dead() and draw < 1 - math.exp(-rate * dt):
            self.commitment = 1.0

    def _load(self, r: float, supply: float, dt: float) -> float:
        """Backward Euler of dU/dt = kU (supply - r U/(1+U)) - ka U: the root of a x^2 + b x - c by
        the textbook formula.
        """
        p = self.model.spec.params
        a = 1 + p.load_clearance * dt
        c = self.load + dt * p.synthesis_rate * supply
        b = a + dt * p.synthesis_rate * r - c
        return (-b + math.sqrt(b * b + 4 * a * c)) / (2 * a)

    def is_dead(self) -> bool:
        """Whether only the body is left."""
        return self.state in ("apoptotic", "necrotic")

    def due(self) -> bool:
        """Whether the cell's appointed step, of loss or of clearance, has come."""
        return self.event_step <= self.model.time_step

    def die(self) -> None:
        """Become apoptotic, to be cleared between the two times of the line; killed by drug,
        after three transits (P4).
        """
        m, t = self.model, self.model.spec.traits
        a, b, c, _ = map(uniform, words(m.seed_, Stream.CLEARANCE, m.time_step, self.uid))
        hours = t.clearance_min_h + a * (t.clearance_max_h - t.clearance_min_h)
        if self.commitment >= 1 and t.killed_clearance_h > 0:
            transit = t.killed_clearance_h / 3
            hours = -transit * math.log(a) - transit * math.log(b) - transit * math.log(c)
        self.state = "apoptotic"
        self.event_step = m.time_step + max(math.ceil(hours / m.spec.dt_h), 1)

    def suffocate(self, hours: float) -> None:
        """Die of necrosis, or not, in the time since oxygen was last looked at; the debris stays
        for long (P6).
        """
        m, oxygen = self.model, self.model.spec.oxygen
        death, clearance, *_ = words(m.seed_, Stream.NECROSIS, m.time_step, self.uid)
        if uniform(death) < 1 - math.exp(-oxygen.necrosis_rate * hours):
            self.state = "necrotic"
            self.event_step = m.time_step + max(
                math.ceil(-math.log(uniform(clearance)) * oxygen.debris / m.spec.dt_h), 1
            )


class NaiveTumor(mesa.Model):
    """A tumor on a Mesa grid; takes number, domain and zones (data) from a fast tumor that has not
    stepped yet.
    """

    #: From this many cells on the quarters of the center divide one after another.
    split_from = 2_000_000
    #: Whether a step before this one had drug in it.
    has_met_drug = False
    #: Rates of death of every cell and, on top, of a cycling one, and pace of the clock (P14).
    direct: tuple[float, float, float] = (0.0, 0.0, 1.0)

    def __init__(self, twin: Tumor) -> None:
        super().__init__(rng=1)  # nothing is drawn from it
        self.spec: TumorSpec = twin.spec
        self.seed_, self.time_step, self.exposed = twin.seed, 0, False
        shape = twin.lattice.row.shape
        self.grid = OrthogonalVonNeumannGrid(shape, torus=False, capacity=1, random=self.random)
        self.origin = shape[0] // 2
        z, y, x = twin.lattice.voxel_z, twin.lattice.voxel_y, twin.lattice.voxel_x
        self.zone = twin._zones[z[:, None, None] + y[None, :, None] + x[None, None, :]]
        self.voxels, self.first = (
            round(twin._zones.size ** (1 / 3)),
            math.floor((0.5 - self.origin) * self.spec.spacing_um / self.spec.perfusion.voxel_um),
        )
        self.exchange = zone_exchange(self.spec.perfusion)
        self.gaps: set[tuple[int, int, int]] = set()
        self.inhibition, self.cereblon = np.zeros((1, 1)), 0.0
        # Depth below the mean surface, which lies 0.4 cubes above the bottom of its clefts.
        self.depth_squared = (self.spec.depth_um / self.spec.spacing_um / self.edge() - 0.4) ** 2
        for i, site in enumerate(self.sphere(twin.n)):
            self._found(i, site)
        self.find_center()
        self.measure_distance()
        self.breathe()

    def sphere(self, n: int) -> list[tuple[int, ...]]:
        """The ``n`` sites nearest to the origin, of equally near ones the first, in the order of z,
        y, x.
        """
        sites = itertools.product(*map(range, self.grid.dimensions))
        return sorted(
            sorted(sites, key=lambda site: sum((axis - self.origin) ** 2 for axis in site))[:n]
        )

    def _found(self, i: int, site: tuple[int, int, int]) -> NaiveCell:
        t, cell = self.spec.traits, self.new_cell(site)
        a, b, age, lifetime = words(self.seed_, Stream.FOUNDER, 0, i)
        cell.uid = a * 2**32 + b
        z = normals(np.uint64(self.seed_), int(Stream.TRAITS), 0, np.uint64(cell.uid))
        cell.load_ratio = t.load_median * math.exp(t.load_sd * z[0])
        cell.threshold = t.threshold_median * math.exp(t.threshold_sd * z[1])
        cell.clock = -math.log2(1 - 0.5 * uniform(age))
        cell.event_step = self.loss_step(lifetime)
        if uniform(words(self.seed_, Stream.CLONE, 0, cell.uid)[0]) < t.resistant_fraction:
            cell.clone = 1
        cell.cycle_h = self.clone_cycle(cell) * math.exp(t.cycle_sd * z[2])
        cell.be_at_rest()
        return cell

    def loss_step(self, word: int) -> int:
        """Step of background loss of a cell born now."""
        rate = self.spec.traits.loss_per_h
        return (
            NEVER
            if rate <= 0
            else self.time_step
            + max(math.ceil(-math.log(uniform(word)) / rate / self.spec.dt_h), 1)
        )

    def occupancy(self, cell: NaiveCell) -> float:
        """Mean beta5 occupancy that a cell sees in this step."""
        zone = int(self.zone[cell.site]) if self.inhibition.shape[0] > 1 else 0
        return float(self.inhibition[zone, cell.clone])

    def expose(
        self,
        inhibition: np.ndarray | None = None,
        cereblon: float = 0.0,
        direct: tuple[float, float, float] = (0.0, 0.0, 1.0),
    ) -> None:
        """What the cells see from now on: occupancy by zone and clone, and of cereblon, and direct
        effects.
        """
        self.direct = direct
        self.inhibition, self.cereblon = (
            np.zeros((1, 256)) if inhibition is None else inhibition,
            cereblon,
        )
        self.exposed |= bool(self.inhibition.any()) or cereblon > 0 or direct != (0, 0, 1)

    def advance_cells(self) -> None:
        """The clock ticks and every cell ages: all that happens in a dish without deaths and
        divisions.
        """
        self.time_step += 1
        self.agents.do("mix")
        self.agents.do("advance")
        self.has_met_drug |= self.exposed

    def step(self) -> None:
        """One step in the order of MODEL.md."""
        self.advance_cells()
        if self.time_step % 24 == 0:
            self.find_center()
        leaving = self.agents.select(lambda c: c.is_dead() and c.due())
        dying = self.agents.select(lambda c: not c.is_dead() and (c.commitment >= 1 or c.due()))
        dying.do("die")
        self.gaps.update(leaving.get("site"))
        leaving.do("remove")
        if self.time_step % self.space_steps() == 0:
            self.close_gaps()
            self.measure_distance()
        self.divide()
        if self.time_step % self.space_steps() == 0 and len(self.agents):
            self.breathe()
            if self.spec.oxygen:
                anoxic = self.agents.select(
                    lambda c: not c.is_dead() and self.pressure_at(c) < self.spec.oxygen.necrosis
                )
                anoxic.do("suffocate", self.space_steps() * self.spec.dt_h)

    # -- oxygen
    # ------------------------------------------------------------
    def voxel_of(self, site: tuple[int, int, int]) -> tuple[int, ...]:
        """Voxel that holds the middle of a site."""
        edge = self.spec.perfusion.voxel_um
        return tuple(
            math.floor((axis - self.origin + 0.5) * self.spec.spacing_um / edge) - self.first
            for axis in site
        )

    def breathe(self) -> None:
        """Pressure of oxygen in every voxel: all balances at once, by elimination; four relaxation
        lengths off, host tissue has its own (P6).
        """
        p, edge = self.spec.oxygen, self.spec.perfusion.voxel_um
        if p is None:
            return
        shape = (self.voxels,) * 3
        sites, tumor, living, g = np.zeros((4, *shape))
        for site in itertools.product(*map(range, self.grid.dimensions)):
            v = self.voxel_of(site)
            sites[v] += 1
            g[v] = self.exchange[self.zone[site]]
        for site in [*self.agents.get("site"), *self.gaps]:
            tumor[self.voxel_of(site)] += 1
        for cell in self.agents:
            living[self.voxel_of(cell.site)] += not cell.is_dead()
        tumor, living = tumor / sites, living / sites
        supply, host, flow = (
            p.supply * g * tumor,
            p.host_exchange * (1 - tumor),
            p.diffusion / edge**2,
        )
        far = math.ceil(4 * math.sqrt(p.diffusion / p.host_exchange) / edge)
        low, high = (
            np.argwhere(tumor > 0).min(axis=0) - far,
            np.argwhere(tumor > 0).max(axis=0) + far,
        )
        near = [
            v
            for v in itertools.product(*map(range, shape))
            if (low <= v).all() and (v <= high).all()
        ]
        number = {v: k for k, v in enumerate(near)}
        entries, right = [], np.zeros(len(near))
        for v, k in number.items():
            entries.append((k, k, p.uptake * living[v] + supply[v] + host[v] + 6 * flow))
            right[k] = supply[v] * p.blood + host[v] * p.host
            for step in ((-1, 0, 0), (1, 0, 0), (0, -1, 0), (0, 1, 0), (0, 0, -1), (0, 0, 1)):
                neighbour = number.get(tuple(c + s for c, s in zip(v, step, strict=True)))
                if neighbour is None:
                    right[k] += flow * p.host
                else:
                    entries.append((k, neighbour, -flow))
        i, j, values = zip(*entries, strict=True)
        solution = spsolve(sparse.csc_matrix((values, (i, j))), right)
        self.pressure = np.full(shape, p.host)
        for v, k in number.items():
            self.pressure[v] = solution[k]

    def pressure_at(self, cell: NaiveCell) -> float:
        """Oxygen of a cell [mmHg]."""
        return float(self.pressure[self.voxel_of(cell.site)])

    def can_cycle(self, cell: NaiveCell) -> bool:
        """Whether there is oxygen for the cycle."""
        return self.spec.oxygen is None or self.pressure_at(cell) >= self.spec.oxygen.hypoxia

    # -- space
    # ------------------------------------------------------------
    def is_tumor(self) -> np.ndarray:
        """Where there is a cell or a gap, shape of the grid."""
        tumor = np.zeros(self.grid.dimensions, bool)
        for site in [*self.agents.get("site"), *self.gaps]:
            tumor[site] = True
        return tumor

    def space_steps(self) -> int:
        """Steps between updates of the distance and of the gaps."""
        growth = math.log(2) / self.spec.traits.cycle_h - self.spec.traits.loss_per_h
        half_cube = (
            self.edge() * self.spec.spacing_um / (2 * self.spec.depth_um * growth)
            if growth > 0
            else math.inf
        )
        return max(
            round(sorted([SPACE_HOURS[0], half_cube, SPACE_HOURS[1]])[1] / self.spec.dt_h), 1
        )

    def edge(self) -> int:
        """Edge of a cube of sites: 1, 2, 4, ..., the largest of which at least eleven make up the
        mechanical depth.
        """
        edge = 1
        while self.spec.depth_um / self.spec.spacing_um >= 22 * edge:
            edge *= 2
        return edge

    def measure_distance(self) -> None:
        """Squared distance of cubes to host tissue, as far as it matters: cubes where less than
        half of the window is tumor.
        """
        edge, width = self.edge(), 5 if self.edge() == 1 else 3
        sites = self.is_tumor()
        room = [-side % edge for side in sites.shape]
        sites = np.pad(sites, [(0, r) for r in room])
        nz, ny, nx = (side // edge for side in sites.shape)
        cubes = sites.reshape(nz, edge, ny, edge, nx, edge).sum(axis=(1, 3, 5))
        host = (
            ndimage.convolve(cubes, np.ones((width, width, width), int), mode="constant")
            <= (width * edge) ** 3 // 2
        )
        squared = np.round(ndimage.distance_transform_edt(~host) ** 2)
        reach = math.ceil(self.spec.depth_um / self.spec.spacing_um / edge) + 2
        self.squared = np.minimum(squared, reach**2)

    def depth_at(self, site: tuple[int, int, int]) -> float:
        """Squared distance of the cube of a site to host tissue."""
        z, y, x = (axis // self.edge() for axis in site)
        return float(self.squared[z, y, x])

    def find_center(self) -> None:
        """Center of mass, to a whole site; gaps outside the box of the cells become host tissue."""
        sites = self.agents.get("site")
        if sites:
            axes = list(zip(*sites, strict=True))
            self.center = [round(sum(axis) / len(sites)) for axis in axes]
            self.gaps = {
                gap
                for gap in self.gaps
                if all(min(a) <= g <= max(a) for g, a in zip(gap, axes, strict=True))
            }

    def close_gaps(self) -> None:
        """Each gap closes with the probability of the time between updates: everything outward on
        its radial line moves inward.
        """
        probability = 1 - math.exp(-self.space_steps() * self.spec.dt_h / self.spec.closure_h)
        for gap in sorted(self.gaps):
            z, y, x = (axis - self.origin + 2048 for axis in gap)
            key = (z * 4096 + y) * 4096 + x
            if (
                uniform(words(self.seed_, Stream.VACANCY, self.time_step, key)[0]) < probability
                and gap in self.gaps
            ):
                self.collapse(gap)

    def collapse(self, gap: tuple[int, int, int]) -> None:
        """Close one gap: the radial line moves in, and where it meets no cell it goes on at the
        outermost of those beside it.
        """
        start, direction = gap, self.outward(gap)
        here, k = gap, 1
        while True:
            there = point([65536 * axis + 32768 for axis in start], direction, k)
            self.gaps.discard(here)
            if not all(
                0 <= axis < side for axis, side in zip(there, self.grid.dimensions, strict=True)
            ):
                return
            if self.occupant(there) is None:
                across = [axis for axis, d in enumerate(direction) if abs(d) == 1][0]
                steps = [s for s in itertools.product((-1, 0, 1), repeat=3) if s[across] == 0]
                beside = [tuple(a + s for a, s in zip(there, step, strict=True)) for step in steps]
                cells = [
                    b for b in beside if self.quarter(b) == self.quarter(gap) and self.has_cell(b)
                ]
                if cells:
                    there = max(
                        cells,
                        key=lambda site: sum(
                            (a - c) ** 2 for a, c in zip(site, self.center, strict=True)
                        ),
                    )
                    start, direction, k = there, self.outward(there), 0
            was_gap = there in self.gaps
            occupant = self.occupant(there)
            if occupant is not None:
                occupant.cell = self.grid[here]
            elif was_gap:
                self.gaps.add(here)
            here, k = there, k + 1

    def outward(self, site: tuple[int, int, int]) -> list[float]:
        """Direction from the center, its largest component 1."""
        offset = [axis - c for axis, c in zip(site, self.center, strict=True)]
        largest = max(map(abs, offset))
        return [d / largest for d in offset] if largest >= 0.5 else [1.0, 0.0, 0.0]

    def has_cell(self, site: tuple[int, ...]) -> bool:
        """Whether a cell is on a site, which may lie beyond the grid."""
        return (
            all(0 <= axis < side for axis, side in zip(site, self.grid.dimensions, strict=True))
            and self.occupant(site) is not None
        )

    def occupant(self, site: tuple[int, int, int]) -> NaiveCell | None:
        """The cell on a site."""
        agents = self.grid[site].agents
        return agents[0] if agents else None

    def divide(self) -> None:
        """Every cell that finished its cycle divides, in the order of its draw, if its line meets a
        free site (P5, P7).

        Deep cells that met no gap try again: all lines together cross as many sites as one would at
        1e5 cells per mm3.
        """
        waiting = [c for c in self.agents if not c.is_dead() and c.clock >= 1]
        for cell in waiting:
            cell.clock, cell.state = cell.clock - 1, "quiescent"
        tries = max(round((1e5 / self.spec.resolution) ** (1 / 3)), 1)
        draws = {
            cell: words(self.seed_, Stream.DIVIDE, self.time_step, cell.uid) for cell in waiting
        }
        # Directions are those before the first division of the step.
        normals = {cell: self.normal(cell) for cell in waiting}
        quarters, later = len(self.agents) >= self.split_from, []
        for cell in sorted(
            waiting, key=lambda c: (quarters and self.quarter(c.site), *self.turn(c))
        ):
            lines = [normals[cell], draws[cell], tries if self.is_deep(cell) else 1]
            if not self.push(cell, *lines, stay=quarters):
                later.append((cell, lines))
        for cell, lines in later:
            self.push(cell, *lines, stay=False)

    def push(
        self, cell: NaiveCell, normal: list[float], draw: tuple[int, ...], tries: int, stay: bool
    ) -> bool:
        """Divide if some line meets a free site. False: a line would leave the quarter, in which
        the cell must ``stay``, to find out.
        """
        for attempt in range(tries):
            path = self.free_path(
                cell, *self.line(normal, draw if attempt == 0 else further(draw, attempt)), stay
            )
            if path is None:
                return False
            if path:
                cell.state = "proliferating"
                self.gaps.discard(path[-1])
                for here, there in zip(path[-2::-1], path[:0:-1], strict=True):
                    self.occupant(here).cell = self.grid[there]
                self.bear(cell, path[0])
                return True
        return True

    def quarter(self, site: tuple[int, int, int]) -> tuple[bool, bool]:
        """Quarter of a site: on which sides of the center its plane and its row lie."""
        return site[0] >= self.center[0], site[1] >= self.center[1]

    def turn(self, cell: NaiveCell) -> tuple[list[int], int]:
        """When a cell divides: the space is halved along z, y and x in turn down to blocks of 16
        sites, and of two halves one comes first, by a bit of a draw; cells of a block in random
        order.
        """
        block = [(axis - self.origin + 512) // 16 for axis in cell.site]
        key = split_mix(self.seed_, self.time_step)
        flips = [key >> (17 - level) & 1 for level in range(18)]
        halves = [(block[level % 3] >> (5 - level // 3) & 1) ^ flips[level] for level in range(18)]
        return halves, split_mix(key, cell.uid) % 2**32

    def slope(self, site: tuple[int, int, int]) -> list[float]:
        """Fall of the squared distance between the cubes two before and two after that of a site,
        along each axis.
        """
        z, y, x = (axis // self.edge() for axis in site)
        s = self.squared
        return [
            s[z - 2, y, x] - s[z + 2, y, x],
            s[z, y - 2, x] - s[z, y + 2, x],
            s[z, y, x - 2] - s[z, y, x + 2],
        ]

    def normal(self, cell: NaiveCell) -> list[float]:
        """Direction of a push before jitter: down the squared distance, from the core away from the
        center.
        """
        normal = self.slope(cell.site)
        if not any(normal) and self.depth_at(cell.site) > 0:
            normal = [axis - c for axis, c in zip(cell.site, self.center, strict=True)]
        length = max(math.sqrt(sum(n * n for n in normal)), 1e-9)
        return [n / length for n in normal]

    def line(self, normal: list[float], draw: tuple[int, ...]) -> tuple[list[int], list[float]]:
        """Offset of the start [1/65536 site] and direction of a push, jittered."""
        jitter = [(word // 65536 + 0.5) / 65536 - 0.5 for word in draw[:3]]
        offset = [word % 65536 for word in draw[:3]]
        direction = [n + j for n, j in zip(normal, jitter, strict=True)]
        largest = max(map(abs, direction))
        return offset, [d / largest for d in direction]

    def is_deep(self, cell: NaiveCell) -> bool:
        """Whether a cell lies deeper than the mechanical depth."""
        return self.depth_at(cell.site) > self.depth_squared

    def free_path(
        self, cell: NaiveCell, offset: list[int], direction: list[float], stay: bool
    ) -> list[tuple[int, int, int]] | None:
        """Sites along a line up to the first without a cell; empty if there is none within reach,
        or only host tissue for a deep cell; none at all if the line has to ``stay`` in the quarter
        of the cell and leaves it before.
        """
        start = [65536 * axis + shift for axis, shift in zip(cell.site, offset, strict=True)]
        depth = self.spec.depth_um / self.spec.spacing_um
        reach = depth if self.is_deep(cell) else 3 * depth
        stretch, path = math.sqrt(sum(d * d for d in direction)), []
        for k in range(1, math.floor(reach / stretch + 1e-12) + 1):
            path.append(point(start, direction, k))
            if stay and self.quarter(path[-1]) != self.quarter(cell.site):
                return None
            if self.occupant(path[-1]) is None:
                return path if path[-1] in self.gaps or not self.is_deep(cell) else []
        return []

    def new_cell(self, site: tuple[int, int, int]) -> NaiveCell:
        """A cell on a site."""
        return NaiveCell(self, site)

    def bear(self, mother: NaiveCell, site: tuple[int, int, int]) -> NaiveCell:
        """The daughter of ``mother`` on ``site``: everything inherited, a new lineage, cycle length
        with noise.
        """
        t, daughter = self.spec.traits, self.new_cell(site)
        for name in COLUMNS:
            setattr(daughter, name, getattr(mother, name))
        a, b, *_ = words(self.seed_, Stream.LINEAGE, self.time_step, mother.uid)
        daughter.uid = a * 2**32 + b
        w = words(self.seed_, Stream.BIRTH, self.time_step, daughter.uid)
        noise = math.sqrt(-2 * math.log(uniform(w[0]))) * math.cos(2 * math.pi * uniform(w[1]))
        keep = t.cycle_inheritance
        ln_ratio = (
            keep * math.log(mother.cycle_h / self.clone_cycle(mother))
            + math.sqrt(1 - keep**2) * t.cycle_sd * noise
        )
        daughter.event_step = self.loss_step(w[2])
        if uniform(w[3]) < (t.reversion_rate if mother.clone else t.mutation_rate):
            daughter.clone = 1 - mother.clone
        daughter.cycle_h = self.clone_cycle(daughter) * math.exp(ln_ratio)
        return daughter

    def clone_cycle(self, cell: NaiveCell) -> float:
        """Typical cycle of a cell's clone: resistance makes it longer (P5)."""
        t = self.spec.traits
        return t.cycle_h + t.cycle_cost * t.cycle_h * (cell.clone == 1)


COLUMNS = tuple(
    "state clone capacity load stress chaperone noxa dr5 commitment ikzf clock load_ratio threshold"
    " cycle_h resting_stress".split()
)


def further(draw: tuple[int, ...], attempt: int) -> tuple[int, ...]:
    """Words of a further try: SplitMix64 started at the first two words of the draw."""
    a, b = (split_mix(draw[0] * 2**32 + draw[1], 2 * attempt + k) for k in (0, 1))
    return a >> 32, a % 2**32, b >> 32


def split_mix(start: int, k: int) -> int:
    """The k-th number of the SplitMix64 sequence, as published."""
    z = (start + k * 0x9E3779B97F4A7C15) % 2**64
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB % 2**64
    return z ^ (z >> 31)


def point(start: list[int], direction: list[float], k: int) -> tuple[int, int, int]:
    """The k-th site on a line that starts at ``start`` [1/65536 site]; its direction is rounded to
    the same unit.
    """
    z, y, x = (
        (s + k * math.floor(d * 65536 + 0.5)) // 65536
        for s, d in zip(start, direction, strict=True)
    )
    return z, y, x


def time_per_update(cells: int = 400, steps: int = 10) -> float:
    """Seconds per cell update of this model under drug."""
    from xenosim.testing import small_spec

    model = NaiveTumor(Tumor(small_spec(), cells / 1e3, 1))
    model.expose(np.full((1, 1), 0.5))
    start, updates = time.perf_counter(), 0
    for _ in range(steps):
        updates += len(model.agents)
        model.step()
    return (time.perf_counter() - start) / updates


if __name__ == "__main__":
    print(f"{1.0 / time_per_update():.3g} cell updates per second")
