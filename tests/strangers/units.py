"""Which functions of a program belong to which question: a method, and the helpers that it calls."""

from __future__ import annotations

import ast

Function = ast.FunctionDef

# Question -> where its code begins: (class or "", function).
ENTRIES = {
    "q4_1": ("SimpleRNN", "__init__"),
    "q4_2": ("SimpleRNN", "forward"),
    "q4_3": ("SimpleRNN", "backward"),
    "q4_4": ("SimpleRNN", "update_parameters"),
    "q4_5": ("LSTMCell", "__init__"),
    "q4_6": ("LSTMCell", "forward"),
    "q5_1": ("", "generate_sequence_data"),
}


def units(tree: ast.Module, question: str) -> list[Function]:
    """The entry and, transitively, the module's functions and methods that it names."""
    owner, name = ENTRIES[question]
    known = _functions(tree)
    found = [known[owner, name]]
    for unit in found:
        for called in _named(unit):
            for key in ((owner, called), ("", called)):
                more = known.get(key)
                if more is not None and more not in found and key[1] not in _entry_names():
                    found.append(more)
    return found


def _entry_names() -> set[str]:
    return {name for _, name in ENTRIES.values()}


def _functions(tree: ast.Module) -> dict[tuple[str, str], Function]:
    found: dict[tuple[str, str], Function] = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            found["", node.name] = node
        elif isinstance(node, ast.ClassDef):
            methods = [each for each in node.body if isinstance(each, ast.FunctionDef)]
            found |= {(node.name, each.name): each for each in methods}
    return found


def _named(unit: Function) -> set[str]:
    """Every name and attribute that a function reads."""
    names = {node.id for node in ast.walk(unit) if isinstance(node, ast.Name)}
    return names | {node.attr for node in ast.walk(unit) if isinstance(node, ast.Attribute)}
