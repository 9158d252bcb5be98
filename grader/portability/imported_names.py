"""Which module's name an expression means, and which parts of a program need not run."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator


class Names:
    """What the imports of a program call things."""

    def __init__(self, tree: ast.AST) -> None:
        self._means: dict[str, str] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    top = alias.name.partition(".")[0]
                    self._means[alias.asname or top] = alias.name if alias.asname else top
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                for alias in node.names:
                    self._means[alias.asname or alias.name] = f"{node.module}.{alias.name}"

    def whole(self, node: ast.AST) -> str:
        """The full name of `np.random.rand`, "numpy.random.rand"; "" where no import leads there."""
        parts = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name) or node.id not in self._means:
            return ""
        return ".".join([self._means[node.id], *reversed(parts)])


def outside(tree: ast.AST, is_left_out: Callable[[ast.AST], bool]) -> Iterator[ast.AST]:
    """The nodes of a program, in no order, without those left out and what stands in them."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if not is_left_out(node):
            waiting += ast.iter_child_nodes(node)
            yield node


def is_guard(node: ast.AST) -> bool:
    """Whether a statement stands ready for what it asks for not being there, or is not run at all."""
    if isinstance(node, ast.Try):
        return any(_catches_absence(handler.type) for handler in node.handlers)
    if isinstance(node, ast.If):
        test = ast.unparse(node.test)
        return is_main_block(node) or "version_info" in test or "TYPE_CHECKING" in test
    return False


def is_main_block(node: ast.AST) -> bool:
    """`if __name__ == "__main__":`, which is not run when a program is imported."""
    if not isinstance(node, ast.If) or not isinstance(node.test, ast.Compare):
        return False
    sides = {ast.unparse(node.test.left), *map(ast.unparse, node.test.comparators)}
    return sides == {"__name__", "'__main__'"} and isinstance(node.test.ops[0], ast.Eq)


_ABSENT = {"ImportError", "ModuleNotFoundError", "AttributeError", "Exception", "BaseException"}


def _catches_absence(kind: ast.expr | None) -> bool:
    if kind is None:
        return True
    kinds = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    return any(ast.unparse(one) in _ABSENT for one in kinds)
