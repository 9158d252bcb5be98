"""Options that a constructor passes on."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.diagnosis.repair.edits import Edit, Ground, placed


def edits(ground: Ground) -> Iterator[Edit]:
    """A slip of one word, so it is tried before the code that asks for the option is doubted."""
    for node in placed(ground.unit.node):
        if isinstance(node, ast.keyword) and isinstance(node.value, ast.Constant):
            value = node.value.value
            if isinstance(value, bool):
                yield ground.put("option", 0.5, node.value, str(not value))
