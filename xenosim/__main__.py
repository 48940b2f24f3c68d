"""``python -m xenosim``."""

from xenosim.cli.main import main

main()
