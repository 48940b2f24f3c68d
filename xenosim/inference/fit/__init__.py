"""A study's model fitted to a laboratory's own data.

``free``: what is fitted; ``data``, ``tables``, ``petab``: what was measured; ``animals`` and
``simulate``: what the model says of it at one point; ``emulate`` and ``likelihood``: at any point;
``posterior``: all of it in order; ``agreement``, ``said``, ``figures`` and ``kept``: what came out.
"""
