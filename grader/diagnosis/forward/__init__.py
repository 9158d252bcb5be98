"""Why hidden states or outputs are wrong."""
