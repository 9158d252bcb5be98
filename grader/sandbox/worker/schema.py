"""What examiner and worker say to each other: a closed msgspec schema.

msgspec refuses whatever is not declared here. Every field of a reply is the student's word.
"""

from __future__ import annotations

from typing import Literal

import msgspec


class Node(msgspec.Struct, array_like=True, gc=False):
    """A tagged value; msgspec refuses what is not in the union below."""


class Array(Node, tag="a"):
    """A numpy.ndarray whose bytes stand in the body."""

    dtype: str
    shape: tuple[int, ...]


class Objects(Node, tag="o"):
    """A numpy.ndarray of dtype object that holds numbers."""

    shape: tuple[int, ...]
    items: list[Value]


class Big(Node, tag="b"):
    """An int beyond 64 bits, two's complement, little-endian."""

    octets: bytes


class Numbers(Node, tag="n"):
    """A list (or tuple) of floats or of ints, kept as one array because it is long."""

    array: Array
    is_tuple: bool


class Items(Node, tag="l"):
    """A list."""

    items: list[Value]


class Group(Node, tag="t"):
    """A tuple."""

    items: list[Value]


class Table(Node, tag="d"):
    """A dict."""

    keys: list[str | int]
    values: list[Value]


class Image(Node, tag="p"):
    """A figure, rendered as PNG (uint8 array)."""

    png: Array
    axes: int
    lines: int


class Other(Node, tag="x"):
    """A value that cannot travel."""

    type_name: str


Value = (
    None | bool | int | float | str | Array | Objects | Big | Numbers | Items | Group | Table
    | Image | Other
)  # fmt: skip


class Load(Node, tag="load"):
    """Run a source (UTF-8 bytes in the body) up to `until` (a line; 0: all of it)."""

    source: Array
    seconds: float
    until: int
    classes: dict[str, tuple[str, ...]]  # what the assignment asks for: methods by class
    functions: tuple[str, ...]
    bonus: Array | None = None  # a second source, run after the first
    optional: tuple[str, ...] = ()  # which of the names the second source may define


class Invoke(Node, tag="call"):
    """Call a function."""

    name: str
    arguments: list[Value]
    echo: bool = False  # return [the result, *the arguments] as the call has left them


class Method(Node, tag="m"):
    """One step of `Steps`: call a method."""

    method: str
    arguments: list[Value]
    echo: bool = False  # as of `Invoke`


class Put(Node, tag="w"):
    """One step of `Steps`: write arrays by path. They travel as one vector, end to end."""

    paths: list[str]
    shapes: list[tuple[int, ...]]
    vector: Array


class Construct(Node, tag="new"):
    """Make an object of a class under a number chosen by the examiner, and write its arrays."""

    name: str
    handle: int
    arguments: list[Value]
    put: Put | None


class Get(Node, tag="r"):
    """One step of `Steps`: read all arrays; first part those that are one, see `parameters.part`.

    every: by every path, see `parameters.everywhere`. kept_up: see `parameters.leaves`.
    shown: read what is under these names instead, see `parameters.shown`.
    """

    apart: bool = False
    every: bool = False
    kept_up: list[str] = []
    shown: list[str] = []


class Steps(Node, tag="steps"):
    """Steps on one object; the objects named in `dropped` are no longer needed."""

    handle: int
    steps: list[Method | Put | Get]
    dropped: list[int]


ROUND = ("backward", "update_parameters", "forward")


class Train(Node, tag="train"):
    """Rounds of training on one object; the fields are those of `checks.protocol.Rounds`."""

    handle: int
    d_outputs: Array
    inputs: Array
    targets: Array
    weights: Array
    rate: float
    updates: bool
    bound: float


class Observe(Node, tag="watch"):
    """Call a function while the class is watched."""

    name: str
    watched: str


class Replacement(Node, tag="edit"):
    """New source (UTF-8 bytes in the body) of one function, on the lines where the old one stood."""

    owner: str  # the class whose method it is; "": it stands at module level
    name: str
    source: Array


class Patch(Node, tag="patch"):
    """For each of `edits`: put it in place, carry out the steps on a new object, take it back."""

    subject: str  # the class of the object
    sizes: list[int]  # what its constructor gets
    edits: list[list[Replacement]]
    steps: list[Method | Put | Get]
    seconds: float  # for each edit


class Look(Node, tag="look"):
    """Carry out the steps on a new object; ask for shapes of expressions as a function returns."""

    subject: str  # the class of the object
    sizes: list[int]  # what its constructor gets
    steps: list[Method | Put | Get]
    name: str  # of the function, which begins between these lines of the file
    first: int
    last: int
    texts: list[str]
    seconds: float


Request = Load | Construct | Invoke | Steps | Train | Observe | Patch | Look


class Ready(Node, tag="ready"):
    """First frame of a worker: what it confined itself with."""

    layers: list[str]


class Fault(Node, tag="fault"):
    """What went wrong in the student's code. Every field is the student's word."""

    kind: Literal["raised", "syntax", "late", "missing", "too_much", "not_writable"]
    exception: str = ""  # the type's own name
    builtin: str = ""  # name of the nearest built-in type
    text: str = ""
    line: int = 0  # in the student's file; 0: unknown
    step: int = 0  # which of `Steps`, or of `ROUND`; of `Construct` 1 where it is `put`
    bonus: bool = False  # the file is the second one
    ours: bool = False  # our own code stopped, with none of the student's running


class Defined(Node, tag="def"):
    """A name of the assignment that the source defines."""

    name: str
    is_class: bool
    stubs: list[str]  # methods (or the function itself) left as handed out
    missing: list[str]  # methods


class Loaded(Node, tag="loaded"):
    """Reply to `Load`."""

    defined: list[Defined]
    fault: Fault | None
    printed: str
    bonus_fault: Fault | None = None


class Done(Node, tag="done"):
    """Reply to `Construct`, `Invoke`, `Steps`: one value per step that ran. To `Train`: two."""

    values: list[Value]
    changed: list[int]  # arguments of the last call that were changed in place
    fault: Fault | None
    printed: str
    seconds: list[float] = []  # of the student's own code, for each `Method` of `Steps`


class Seen(Node, tag="seen"):
    """Reply to `Observe`; the fields are those of `checks.protocol.Observation`."""

    returned: Value
    seconds: float
    calls: tuple[int, int, int]
    weights_moved: bool
    lengths_trained: list[int]
    lengths_evaluated: list[int]
    errors: tuple[float, float]
    squared_errors: list[Array]
    block_calls: tuple[int, int]
    windows: tuple[int, int]
    trained_span: tuple[float, float]
    evaluations: list[tuple[Array, Array]]
    trained_columns: list[Array]  # of each window 0: never trained on, 1: later only, 2: before
    series: list[Array]
    figures: list[Image]
    drawing: Fault | None  # the first thing that could not be drawn
    in_drawing: bool  # `fault` comes out of drawing
    fault: Fault | None
    printed: str
    learned: list[str] = []  # digests of the weights with which networks ended
    weights_change: float = 0.0
    courses: list[Array] = []
    # Of each window 1: the one a step earlier was trained on before, 2: the one a step later, 3: both.
    neighbours: list[Array] = []
    trained: list[Array] = []


class Patched(Node, tag="patched"):
    """Reply to `Patch`: what the steps gave, edit by edit."""

    results: list[Done]
    printed: str


class Shapes(Node, tag="shapes"):
    """Reply to `Look`: a shape for each expression (see `patches`); none if it was never called."""

    shapes: list[tuple[int, ...]]
    printed: str


Reply = Ready | Loaded | Done | Seen | Patched | Shapes
