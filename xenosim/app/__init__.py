"""The page: a door for those who do not code. It starts the verbs of the command line as processes
of their own, and asks one more for instant answers by radial twins.
"""
