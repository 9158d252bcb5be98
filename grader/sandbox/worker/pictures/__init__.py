"""A student's figures: what goes wrong while drawing, which are kept, and their pixels."""
