"""The endpoints: every module here is found by itself (:mod:`xenosim.analysis.registry`)."""
