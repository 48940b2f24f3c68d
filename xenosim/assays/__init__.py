"""The same cells in a dish."""
