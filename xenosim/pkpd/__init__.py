"""Models of whole tumors, fitted beside the agents: what the agents add to them."""
