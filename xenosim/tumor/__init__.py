"""A tumor: living cells in a space.

Read in this order:

1. :mod:`.spec`: what a tumor is made of, and what follows for its resolution.
2. :mod:`.space`: what every tumor offers, whatever its space.
3. :mod:`.living`: what every tumor shares, and the phases of one step.
4. :mod:`.tumor`: the tumor on a lattice, phase by phase.
5. How the lattice works: :mod:`.lattice` (what a site holds), :mod:`.lines` (straight lines over
   it), :mod:`.sowing` (founders), :mod:`.distance` (depth), :mod:`.division` (room and pushes),
   :mod:`.gaps` (clearance and closing), :mod:`.order` (turns), :mod:`.regions` (quarters that
   divide at the same time), :mod:`.domain` (a lattice that grows with its tumor).
6. What lies around the cells: :mod:`.tissue` (vessels), :mod:`.oxygen`, :mod:`.diffusion`.
7. Users of a tumor: :mod:`.growth` (calibration of its growth), :mod:`.volumes` (what it holds,
   site by site), :mod:`.keeping` (how its state is taken).

Another space is a subclass of :class:`.living.LivingTumor` that writes its abstract methods.
"""
