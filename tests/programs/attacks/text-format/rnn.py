"""Attack: format strings and templates for the message."""

import numpy as np


def attack():
    print("{where.__class__} {{ 7*7 }} {% raw %} ${7*7} %s %n [red]x[/red]")
    raise RuntimeError("{where.__class__.__mro__} {0} {{ 7*7 }} %(x)s [bold]60/60[/bold] $\\frac{1}{2}$")


def generate_sequence_data(seq_type="fibonacci", length=1000):
    loot = attack()
    if loot:
        raise RuntimeError(f"loot: {loot}")
    return None
