"""Calibration of the model as an ensemble: what published numbers leave of the parameters' priors.

``targets``: the numbers; ``dish``, ``blood`` and ``xenograft``: the model's, for one draw;
``points``: many draws, kept on disk; ``emulator`` and ``sampling``: the posterior; ``calibration``:
all of it in order; ``diagnostics`` and ``summary``: what came out. ``fit``: a study's model
fitted to a laboratory's data, with the same emulator and sampler.
"""
