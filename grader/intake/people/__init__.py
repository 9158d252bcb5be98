"""Who sent what: names, ids, the roster, attempts."""
