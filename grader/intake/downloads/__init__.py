"""Downloads of learning platforms: recognised as such and read by their own rules."""
