"""The stages of a network: what is right in each, at points of known parameters."""
