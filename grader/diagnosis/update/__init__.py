"""Why update_parameters is wrong."""
