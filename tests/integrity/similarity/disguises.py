"""How copies are disguised: generic changes of a program that keep what it computes.

Each takes a program's text (and a second one where two sources are mixed) and a random generator,
and gives the text that somebody would send instead. `tests` hold that the result still parses.
"""

from __future__ import annotations

import ast
import builtins
import copy
import io
import tokenize
from collections.abc import Callable, Iterator
from random import Random

# Names that the assignment asks for, or that belong to libraries: a copy must keep them.
KEPT = {
    *dir(builtins), "self", "SimpleRNN", "LSTMCell", "forward", "backward", "update_parameters",
    "generate_sequence_data", "train_rnn_on_sequence",
}  # fmt: skip
SYLLABLES = [
    "ba",
    "ke",
    "lo",
    "mi",
    "nu",
    "pra",
    "ste",
    "vor",
    "zan",
    "qui",
    "dex",
    "fil",
    "gor",
    "hum",
    "jat",
]


def renamed(source: str, rng: Random) -> str:
    """Every name of one's own is another: variables, attributes, helpers, arguments."""
    tree = ast.parse(source)
    own = _own_names(tree)
    table = {name: _fresh(rng, number) for number, name in enumerate(sorted(own))}
    return ast.unparse(_Renamer(table).visit(tree))


def reordered(source: str, rng: Random) -> str:
    """Methods, functions and independent neighbours stand in another order."""
    tree = ast.parse(source)
    _shuffle_definitions(tree.body, rng)
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            _shuffle_definitions(node.body, rng)
        elif isinstance(node, ast.FunctionDef):
            node.body = _swapped(node.body, rng)
    return ast.unparse(tree)


def uncommented(source: str, _rng: Random) -> str:
    """No comments, no docstrings, other blanks."""
    return ast.unparse(_without_docstrings(ast.parse(source)))


def respelled(source: str, _rng: Random) -> str:
    """Loops and calls for what was vectorised or short: other spellings of the same step."""
    tree = _Respeller().visit(_without_docstrings(ast.parse(source)))
    return ast.unparse(ast.fix_missing_locations(tree))


def translated(source: str, rng: Random) -> str:
    """Comments and docstrings say other words, the code is untouched."""
    out = []
    previous = tokenize.NEWLINE
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        kind, text = token.type, token.string
        alone = previous in (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.NL)
        if kind == tokenize.COMMENT:
            text = "# " + _prose(rng)
        elif kind == tokenize.STRING and alone and "\n" not in text:
            text = f'"""{_prose(rng)}."""'
        out.append((kind, text))
        if kind != tokenize.COMMENT:
            previous = kind
    return tokenize.untokenize(out)


def padded(source: str, rng: Random) -> str:
    """Dead code between the lines: checks that never hold, values that nobody reads."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        for field in ("body", "orelse"):
            block = getattr(node, field, None)
            if (
                isinstance(block, list)
                and block
                and not isinstance(node, (ast.ClassDef, ast.Module))
            ):
                setattr(node, field, list(_with_dead_code(block, rng)))
    return ast.unparse(ast.fix_missing_locations(tree))


def split(source: str, _rng: Random) -> str:
    """Constants are written as sums and products, and long right sides in two steps."""
    tree = _Splitter().visit(ast.parse(source))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            node.body = [each for one in node.body for each in _in_two_steps(one)]
    return ast.unparse(ast.fix_missing_locations(tree))


def mixed(source: str, other: str, rng: Random) -> str:
    """Two halves from two sources: the network of the first, all else of the second."""
    first, second = ast.parse(source), ast.parse(other)
    names = {"SimpleRNN"}
    needed = {
        node.name
        for node in first.body
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)) and node.name not in KEPT - names
    }
    mine = [node for node in first.body if not _defines(node, KEPT - names)]
    taken = needed | {"SimpleRNN"}
    theirs = [node for node in second.body if not _defines(node, taken)]
    module = ast.Module([*theirs[:0], *mine, *theirs], [])
    return uncommented(ast.unparse(module), rng)


def everything(source: str, rng: Random) -> str:
    """Renamed, reordered, respelled, padded, with split constants and no comments."""
    for change in (uncommented, respelled, split, reordered, renamed, padded):
        source = change(source, rng)
    return source


ONE_SOURCE: dict[str, Callable[[str, Random], str]] = {
    "renamed": renamed, "reordered": reordered, "comments removed": uncommented,
    "other spelling (loops, calls)": respelled, "comments translated": translated,
    "dead code": padded, "constants and lines split": split, "all of these at once": everything,
}  # fmt: skip


# -- names -----------------------------------------------------------------------------------------


def _own_names(tree: ast.AST) -> set[str]:
    """Names that the program itself binds: variables, attributes of self, functions, arguments."""
    found: set[str] = set()
    imported: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            found.add(node.name)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            found.add(node.attr)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            imported |= {alias.asname or alias.name for alias in node.names}
    return {name for name in found - imported - KEPT if not name.startswith("__")}


def _fresh(rng: Random, number: int) -> str:
    return "".join(rng.sample(SYLLABLES, 3)) + (str(number) if number % 3 == 0 else "")


class _Renamer(ast.NodeTransformer):
    def __init__(self, table: dict[str, str]) -> None:
        self.table = table

    def generic_visit(self, node: ast.AST) -> ast.AST:
        for field in ("id", "arg", "name", "attr"):
            value = getattr(node, field, None)
            if isinstance(value, str) and not isinstance(node, ast.alias):
                setattr(node, field, self.table.get(value, value))
        if isinstance(node, (ast.Nonlocal, ast.Global)):
            node.names = [self.table.get(name, name) for name in node.names]
        return super().generic_visit(node)


# -- order -----------------------------------------------------------------------------------------


def _shuffle_definitions(body: list[ast.stmt], rng: Random) -> None:
    places = [k for k, node in enumerate(body) if isinstance(node, ast.FunctionDef)]
    moved = [body[k] for k in places]
    rng.shuffle(moved)
    for place, node in zip(places, moved, strict=True):
        body[place] = node


def _swapped(body: list[ast.stmt], rng: Random) -> list[ast.stmt]:
    """Neighbours change places where neither reads or writes what the other writes."""
    out = list(body)
    for k in range(len(out) - 1):
        if rng.random() < 0.7 and _independent(out[k], out[k + 1]):
            out[k], out[k + 1] = out[k + 1], out[k]
    return out


def _independent(one: ast.stmt, other: ast.stmt) -> bool:
    if not all(isinstance(each, ast.Assign) for each in (one, other)):
        return False
    if any(isinstance(node, ast.Call) for node in ast.walk(one)) and any(
        isinstance(node, ast.Call) for node in ast.walk(other)
    ):
        return "rand" not in ast.unparse(one) + ast.unparse(other) and not _touch(one, other)
    return not _touch(one, other)


def _touch(one: ast.stmt, other: ast.stmt) -> bool:
    def written(node: ast.stmt) -> set[str]:
        return {
            ast.unparse(each)
            for each in ast.walk(node)
            if isinstance(each, (ast.Name, ast.Attribute, ast.Subscript))
            and isinstance(each.ctx, ast.Store)
        }

    texts = ast.unparse(one), ast.unparse(other)
    return any(name in texts[1] for name in written(one)) or any(
        name in texts[0] for name in written(other)
    )


# -- words -----------------------------------------------------------------------------------------


def _without_docstrings(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and node.body:
            first = node.body[0]
            if (
                isinstance(first, ast.Expr)
                and isinstance(first.value, ast.Constant)
                and (isinstance(first.value.value, str))
            ):
                node.body = node.body[1:] or [ast.Pass()]
    return tree


def _prose(rng: Random) -> str:
    words = [
        "la",
        "suite",
        "du",
        "calcul",
        "pour",
        "chaque",
        "pas",
        "on",
        "ajoute",
        "le",
        "terme",
        "puis",
        "retour",
        "valeur",
        "etat",
    ]
    return " ".join(rng.choices(words, k=rng.randint(3, 7)))


# -- spelling --------------------------------------------------------------------------------------


class _Respeller(ast.NodeTransformer):
    """`a += b` as `a = a + b`, `a @ b` as `np.dot(a, b)`, `for` over a range as `while`."""

    def __init__(self) -> None:
        self.loops = 0

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.target, ast.Subscript):
            return node
        read = copy.deepcopy(node.target)
        read.ctx = ast.Load()
        return ast.Assign([node.target], ast.BinOp(read, node.op, node.value))

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.op, ast.MatMult):
            return ast.Call(_numpy("dot"), [node.left, node.right], [])
        if (
            isinstance(node.op, ast.Pow)
            and isinstance(node.right, ast.Constant)
            and (
                node.right.value == 2
                and isinstance(node.left, (ast.Name, ast.Attribute, ast.Subscript))
            )
        ):
            return ast.BinOp(node.left, ast.Mult(), copy.deepcopy(node.left))
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        called = node.func
        if (
            isinstance(called, ast.Attribute)
            and called.attr in {"sum", "mean"}
            and not (isinstance(called.value, ast.Name) and called.value.id == "np")
        ):
            return ast.Call(_numpy(called.attr), [called.value, *node.args], node.keywords)
        return node

    def visit_For(self, node: ast.For) -> ast.AST | list[ast.stmt]:
        self.generic_visit(node)
        call = node.iter
        simple = (
            isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "range"
            and len(call.args) == 1 and isinstance(node.target, ast.Name) and not node.orelse
            and not any(isinstance(each, (ast.Continue, ast.Break)) for each in ast.walk(node))
        )  # fmt: skip
        if not simple:
            return node
        assert isinstance(node.target, ast.Name)
        assert isinstance(call, ast.Call)
        self.loops += 1
        counter = f"at_{self.loops}"
        start = ast.Assign([ast.Name(counter, ast.Store())], ast.Constant(0))
        head = ast.Assign([node.target], ast.Name(counter, ast.Load()))
        step = ast.AugAssign(ast.Name(counter, ast.Store()), ast.Add(), ast.Constant(1))
        test = ast.Compare(ast.Name(counter, ast.Load()), [ast.Lt()], [call.args[0]])
        return [start, ast.While(test, [head, *node.body, step], [])]

    def visit_Assign(self, node: ast.Assign) -> ast.AST | list[ast.stmt]:
        """`a = [f(x) for x in xs]` becomes a loop that appends."""
        self.generic_visit(node)
        value = node.value
        if not (
            isinstance(value, ast.ListComp) and len(value.generators) == 1
            and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name)
            and not value.generators[0].ifs
        ):  # fmt: skip
            return node
        name = node.targets[0].id
        one = value.generators[0]
        append = ast.Call(
            ast.Attribute(ast.Name(name, ast.Load()), "append", ast.Load()), [value.elt], []
        )
        return [
            ast.Assign(node.targets, ast.List([], ast.Load())),
            ast.For(one.target, one.iter, [ast.Expr(append)], []),
        ]


def _numpy(name: str) -> ast.expr:
    return ast.Attribute(ast.Name("np", ast.Load()), name, ast.Load())


# -- dead code, constants, mixing ------------------------------------------------------------------


def _with_dead_code(block: list[ast.stmt], rng: Random) -> Iterator[ast.stmt]:
    for node in block:
        docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if not docstring and rng.random() < 0.5:
            yield ast.parse(_dead(rng)).body[0]
        yield node


def _dead(rng: Random) -> str:
    name, value = rng.choice(SYLLABLES) + rng.choice(SYLLABLES), rng.randint(2, 99)
    return rng.choice((
        f"{name} = {value} * {rng.randint(2, 9)} - 1",
        f"if {value} < 0:\n    raise ValueError('{name}')",
        f"{name} = [{value}, {value + 1}][0]",
        f"assert {value} > {value - 1}",
        f"for {name} in ():\n    print({name})",
    ))  # fmt: skip


class _Splitter(ast.NodeTransformer):
    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        value = node.value
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return node
        if isinstance(value, int) and value > 3:
            return ast.BinOp(ast.Constant(value - value // 2), ast.Add(), ast.Constant(value // 2))
        if isinstance(value, float) and value not in (0.0, 1.0):
            return ast.BinOp(ast.Constant(value / 2), ast.Mult(), ast.Constant(2))
        return node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        return node


def _in_two_steps(node: ast.stmt) -> list[ast.stmt]:
    """`a = b + c` as `part = b` and `a = part + c`."""
    if not (isinstance(node, ast.Assign) and isinstance(node.value, ast.BinOp)):
        return [node]
    if any(isinstance(each, ast.NamedExpr) for each in ast.walk(node)):
        return [node]
    part = ast.Assign([ast.Name("part_of_it", ast.Store())], node.value.left)
    rest = ast.BinOp(ast.Name("part_of_it", ast.Load()), node.value.op, node.value.right)
    return [part, ast.Assign(node.targets, rest)]


def _defines(node: ast.stmt, names: set[str]) -> bool:
    return isinstance(node, (ast.ClassDef, ast.FunctionDef)) and node.name in names
