"""Why gradients are wrong."""
