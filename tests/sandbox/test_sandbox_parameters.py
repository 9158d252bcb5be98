"""Arrays are found wherever a student keeps them, and written back in place where possible."""

from __future__ import annotations

import ctypes
from array import array
from collections import ChainMap, UserDict, deque
from dataclasses import dataclass, field
from enum import Enum
from functools import partial
from types import MappingProxyType, SimpleNamespace
from typing import Any, ClassVar, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
import pytest

from grader.sandbox.worker import parameters
from grader.sandbox.worker.array_search import MAX_ARRAYS


class Name(Enum):
    FORGET = 1
    INPUT = 2


class Gate(NamedTuple):
    W: Any
    b: Any


def read(obj: Any, kept_up: tuple[str, ...] = ()) -> dict[str, Any]:
    return parameters.read(parameters.leaves(obj, parameters.reach_of(obj), kept_up))


def written(obj: Any, path: str, value: Any) -> None:
    found = parameters.leaves(obj, parameters.reach_of(obj))
    leaf = next(leaf for leaf in found if leaf.path == path)
    parameters.write(obj, leaf, value)


class Linear:
    def __init__(self, rows: int, columns: int) -> None:
        self.W = np.ones((rows, columns))

    def __call__(self, x: Any) -> Any:
        return x @ self.W


class Slotted:
    __slots__ = ("W", "later")

    def __init__(self) -> None:
        self.W = np.ones(3)


class Child(Slotted):
    __slots__ = ("b",)

    def __init__(self) -> None:
        super().__init__()
        self.b = np.ones(2)


@dataclass
class Data:
    W: Any = field(default_factory=lambda: np.ones(3))
    inner: Any = field(default_factory=lambda: Gate(np.ones((2, 2)), np.zeros(2)))


class Private:
    shared = np.ones(4)

    def __init__(self) -> None:
        self.__W = np.ones(2)
        self.size = 3
        self.rate = 0.1
        self.names = ["a"]
        self.sizes = [2, 3]
        self.counts = np.arange(3)
        self.scalar = np.array(1.0)
        self.empty = np.zeros((0, 3))
        self.act = np.tanh
        self.module = np
        self.me = self


def holder(**attributes: Any) -> Any:
    return SimpleNamespace(**attributes)


CASES = {
    "attribute": (holder(W=np.ones(2)), ["W"]),
    "dict": (holder(p={"W": np.ones(2), 3: np.ones(1)}), ["p['W']", "p[3]"]),
    "list and tuple": (holder(p=[np.ones(2), (np.ones(1),)]), ["p[0]", "p[1][0]"]),
    "deque": (holder(p=deque([np.ones(2)])), ["p[0]"]),
    "objects with __call__": (holder(g=[Linear(2, 3), Linear(1, 1)]), ["g[0].W", "g[1].W"]),
    "slots over the MRO": (Child(), ["b", "W"]),
    "dataclass and namedtuple": (Data(), ["W", "inner.W", "inner.b"]),
    "private, class attribute, no scalars": (Private(), ["_Private__W", "shared"]),
    "float16, float32, longdouble": (
        holder(a=np.ones(1, "f2"), b=np.ones(1, "f4"), c=np.ones(1, np.longdouble)),
        ["a", "b", "c"],
    ),
    "lists of floats": (holder(W=[[0.1, 0.2], [0.3, 0.4]], b=[0, 0], n=[1, 2]), ["W", "b"]),
    "ragged list": (holder(W=[[0.1, 0.2], [0.3]]), ["W[0]", "W[1]"]),
    "object array of numbers": (holder(W=np.array([1, 0.5], dtype=object)), ["W"]),
    "nearest first": (
        holder(deep={"a": {"b": np.ones(1)}}, near=np.ones(1)),
        ["near", "deep['a']['b']"],
    ),
}


@pytest.mark.parametrize(("obj", "paths"), CASES.values(), ids=CASES)
def test_arrays_are_found(obj: Any, paths: list[str]) -> None:
    assert list(read(obj)) == paths


@pytest.mark.parametrize(("obj", "paths"), CASES.values(), ids=CASES)
def test_what_is_written_is_read_back_in_the_same_dtype(obj: Any, paths: list[str]) -> None:
    before = read(obj)
    for path in paths:
        written(obj, path, np.full(before[path].shape, 7.0))
    after = read(obj)
    for path in paths:
        assert np.all(after[path] == 7.0)
        assert after[path].dtype == before[path].dtype


def test_of_arrays_that_share_memory_each_number_is_named_once() -> None:
    fused = np.ones((4, 6))
    stacked = np.zeros((6, 2))
    obj = holder(
        W_x=fused[:2],
        W_h=fused[2:],
        fused=fused,
        T=fused.T,
        alias=fused,
        last=stacked[5],
        hs=stacked,
    )
    assert set(read(obj)) == {"W_x", "W_h", "hs"}
    assert set(read(obj, ("fused",))) == {"fused", "hs"}


def test_interleaved_views_of_a_hidden_owner_are_two_arrays() -> None:
    hidden = np.arange(8.0)
    assert list(read(holder(even=hidden[::2], odd=hidden[1::2]))) == ["even", "odd"]


def test_writing_happens_in_place_and_rebinds_where_it_must() -> None:
    weights = np.ones((2, 2), np.float32)
    frozen = np.ones(2)
    frozen.flags.writeable = False
    rows = [[1.0, 2.0], [3.0, 4.0]]
    obj = holder(W=weights, frozen=frozen, rows=rows, params={"b": np.ones(2)})
    written(obj, "W", np.zeros((2, 2)))
    written(obj, "frozen", np.zeros(2))
    written(obj, "rows", np.zeros((2, 2)))
    written(obj, "params['b']", np.zeros(3))
    assert not weights.any()
    assert frozen.all()
    assert not obj.frozen.any()
    assert obj.rows is rows
    assert rows == [[0.0, 0.0], [0.0, 0.0]]
    assert obj.params["b"].shape == (3,)


def test_a_tuple_can_only_be_written_in_place() -> None:
    obj = holder(p=(np.ones(2),))
    written(obj, "p[0]", np.zeros(2))
    assert not obj.p[0].any()
    written(obj, "p[0]", np.zeros(3))
    assert obj.p[0].shape == (3,)


def test_properties_count_only_where_nothing_is_stored() -> None:
    class Stored:
        def __init__(self) -> None:
            self._p = {"W": np.ones(2)}

        @property
        def W(self) -> Any:
            return self._p["W"]

    hidden = {"W": np.ones(2)}

    class Computed:
        @property
        def W(self) -> Any:
            return hidden["W"]

        @property
        def broken(self) -> Any:
            raise ValueError

    assert list(read(Stored())) == ["_p['W']"]
    assert list(read(Computed())) == ["W"]
    written(Computed(), "W", np.zeros(2))
    assert not hidden["W"].any()


class Coded:
    """A descriptor that decodes what it stores: each look gives a new array, read-only."""

    def __set_name__(self, _owner: Any, name: str) -> None:
        self.name = f"coded {name}"

    def __get__(self, obj: Any, _owner: Any = None) -> Any:
        return self if obj is None else np.frombuffer(obj.__dict__[self.name])

    def __set__(self, obj: Any, value: Any) -> None:
        obj.__dict__[self.name] = np.asarray(value, np.float64).tobytes()


def test_descriptors_are_written_by_their_own_ways() -> None:
    class Encoded:
        W = Coded()

    obj = Encoded()
    obj.W = np.ones(3)
    assert list(read(obj)) == ["W"]
    written(obj, "W", np.zeros(3))
    np.testing.assert_array_equal(obj.W, np.zeros(3))


def test_where_a_fresh_object_is_looked_at_is_where_it_is_later() -> None:
    class Lazy:
        @property
        def W(self) -> Any:
            if "_W" not in vars(self):
                self._W = np.ones(3)
            return self._W

    obj = Lazy()
    reach = parameters.reach_of(obj)
    assert reach is parameters.Reach.COMPUTED
    assert [leaf.path for leaf in parameters.leaves(obj, reach)] == ["W"]
    assert "_W" in vars(obj)
    assert [leaf.path for leaf in parameters.leaves(obj, reach)] == ["W"]


def test_containers_of_the_standard_library_are_looked_into() -> None:
    maps = ChainMap({"W": np.ones(2)}, {"b": np.ones(1)})
    frozen = MappingProxyType({"W": np.ones(2)})
    found = read(
        holder(
            maps=maps, user=UserDict(U=np.ones(3)), frozen=frozen, bound=partial(min, np.ones(4))
        )
    )
    assert set(found) == {
        "frozen['W']", "maps['W']", "maps['b']", "user.data['U']", "bound.args[0]",
    }  # fmt: skip
    obj = holder(frozen=frozen)
    written(obj, "frozen['W']", np.zeros(2))
    assert not frozen["W"].any()
    written(obj, "frozen['W']", np.zeros(3))
    assert obj.frozen["W"].shape == (3,)


def test_of_a_chainmap_counts_what_its_tables_give_together() -> None:
    obj = holder(p=ChainMap({"W": np.ones(2)}, {"W": np.zeros(2), "b": np.zeros(1)}))
    assert {path: list(array) for path, array in read(obj).items()} == {
        "p['W']": [1.0, 1.0],
        "p['b']": [0.0],
    }
    written(obj, "p['b']", np.zeros(3))
    assert list(obj.p.maps[0]) == ["W", "b"]


def test_the_newest_of_nested_histories_has_a_path_of_its_own() -> None:
    cell, head = Linear(3, 2), Linear(2, 1)
    obj = holder(versions=[SimpleNamespace(layers=[cell, head])])
    every = {leaf.path for leaf in parameters.everywhere(obj)}
    assert every == {f"versions[{v}].layers[{n}].W" for v in (0, -1) for n in (0, 1, -1)}


def test_what_an_object_shows_under_a_name_counts_as_far_as_it_is_a_view() -> None:
    class Shows:
        def __init__(self) -> None:
            self.stack = np.arange(12.0).reshape(4, 3)
            self.elsewhere = [1, 2]

        @property
        def W_f(self) -> Any:
            return self.stack[:2].T

        @property
        def W_i(self) -> Any:
            return self.stack[2:].copy()

        @property
        def b_f(self) -> Any:
            raise RuntimeError

        def __getattr__(self, name: str) -> Any:
            if name != "b_c":
                raise AttributeError(name)
            return self.stack[3]

    obj = Shows()
    names = ("W_f", "W_i", "b_f", "b_c", "elsewhere", "nothing")
    found = parameters.shown(obj, names, parameters.leaves(obj))
    assert {name: array.tolist() for name, array in found.items()} == {
        "W_f": [[0, 3], [1, 4], [2, 5]],
        "b_c": [9, 10, 11],
    }


def test_memory_of_other_kinds_counts_as_arrays() -> None:
    class Record(ctypes.Structure):
        _fields_ = [("W", ctypes.c_double * 3), ("count", ctypes.c_int)]  # as ctypes wants it

    typed, record = array("d", [1.0, 2.0]), Record()
    obj = holder(typed=typed, record=record, words=array("i", [1, 2]))
    assert set(read(obj)) == {"typed", "record.W"}
    written(obj, "typed", np.array([3.0, 4.0]))
    written(obj, "record.W", np.arange(3.0))
    assert (list(typed), list(record.W)) == ([3.0, 4.0], [0.0, 1.0, 2.0])
    typed.append(5.0)  # nobody holds on to its memory


def test_bare_bytes_count_where_nothing_else_is_there_and_they_look_like_weights() -> None:
    weights = np.array([0.5, -0.25, 0.0])
    obj = holder(
        fixed=weights.tobytes(), room=bytearray(weights.tobytes()), text=b"sixteen letters."
    )
    assert set(read(obj)) == {"fixed", "room"}
    for name in ("fixed", "room"):
        written(obj, name, 2 * weights)
        np.testing.assert_array_equal(np.frombuffer(getattr(obj, name)), 2 * weights)
    assert set(read(holder(fixed=weights.tobytes(), W=weights))) == {"W"}


def test_arrays_of_objects_are_looked_into() -> None:
    table = np.empty((1, 2), dtype=object)
    table[0, 0], table[0, 1] = np.ones(2), np.zeros(3)
    obj = holder(table=table)
    assert list(read(obj)) == ["table[0, 0]", "table[0, 1]"]
    written(obj, "table[0, 0]", np.zeros(4))
    assert table[0, 0].shape == (4,)


def test_keys_without_a_text_of_their_own_are_told_apart() -> None:
    gates = {
        Name.FORGET: np.ones(1),
        Name.INPUT: np.ones(2),
        object(): np.ones(3),
        object(): np.ones(4),
        ("W", "f"): np.ones(5),
    }
    assert list(read(holder(gates=gates))) == [
        "gates[Name.FORGET]", "gates[Name.INPUT]", "gates[object.#2]", "gates[object.#3]", "gates['W', 'f']",
    ]  # fmt: skip


def test_a_registry_gives_each_object_its_own_entry() -> None:
    class Registered:
        by_id: ClassVar[dict[int, Any]] = {}
        weak: ClassVar[Any] = WeakKeyDictionary()

        def __init__(self, start: float) -> None:
            self.by_id[id(self)] = {"W": np.full(2, start)}
            self.weak[self] = [np.full(3, start)]

        def forward(self) -> Any:
            return self.by_id[id(self)], self.weak[self]

    one, other = Registered(1.0), Registered(2.0)
    assert {path: float(value[0]) for path, value in read(other).items()} == {
        "by_id[self]['W']": 2.0
    }
    written(other, "by_id[self]['W']", np.zeros(2))
    assert one.by_id[id(one)]["W"].any()
    assert not other.by_id[id(other)]["W"].any()


def test_closures_in_containers_and_in_closures_are_the_last_resort() -> None:
    def gate() -> Any:
        W = np.ones(2)
        return lambda: W

    def cell() -> Any:
        forget, take = gate(), gate()
        return lambda: (forget, take)

    obj = holder(functions=(cell(),))
    assert list(read(obj)) == ["functions[0].forget.W", "functions[0].take.W"]
    written(obj, "functions[0].take.W", np.zeros(2))
    forget, take = obj.functions[0]()
    assert forget().any()
    assert not take().any()
    assert list(read(holder(functions=(cell(),), W=np.ones(1)))) == ["W"]


def test_values_that_never_change_are_replaced_in_what_holds_them() -> None:
    fixed = np.ones(2)
    fixed.setflags(write=False)
    obj = holder(layers=[(Gate(W=fixed, b=np.zeros(1)), "gate")])
    written(obj, "layers[0][0].W", np.zeros(2))
    assert type(obj.layers[0][0]) is Gate
    assert (obj.layers[0][0].W.tolist(), obj.layers[0][1]) == ([0.0, 0.0], "gate")
    assert fixed.all()


def test_room_for_gradients_is_not_where_the_weights_are() -> None:
    class Held:
        def __init__(self) -> None:
            self.memory = bytearray(np.ones(2).tobytes())
            self.gradient = np.zeros(2)

        @property
        def W(self) -> Any:
            return np.frombuffer(self.memory)

    assert list(read(Held())) == ["W"]
    assert list(read(holder(W=np.zeros(2)))) == ["W"]  # zeros alone are what there is


def test_size_depth_and_count_are_capped() -> None:
    deep: Any = np.ones(1)
    for _ in range(20):
        deep = [deep]
    huge = np.lib.stride_tricks.as_strided(np.zeros(1), (1 << 40,), (0,))
    assert read(holder(deep=deep)) == {}
    assert len(read(holder(many=[np.ones(1) for _ in range(5000)]))) == MAX_ARRAYS
    assert list(read(holder(W=np.ones(2), huge=huge))) == ["W"]


def test_parameters_that_are_one_array_are_parted_on_demand_only() -> None:
    both, block = np.ones((2, 2)), np.ones((4, 4))
    obj = holder(
        U_f=both, U_c=both.T, W_f=block[:2], W_i=block[2:], b=[np.zeros(2)] * 2,
        gates=[Linear(2, 2)] * 2,
    )  # fmt: skip
    assert list(read(obj)) == ["U_f", "W_f", "W_i", "b[0]", "gates[0].W"]
    parameters.part(obj)
    parted = ["U_f", "U_c", "W_f", "W_i", "b[0]", "b[1]", "gates[0].W", "gates[1].W"]
    assert list(read(obj)) == parted
    written(obj, "U_c", np.full((2, 2), 7.0))
    assert np.all(obj.U_f == 1.0)


def test_what_methods_move_together_stays_one() -> None:
    class Moving:
        def __init__(self) -> None:
            self.U_f = self.U_c = np.ones((2, 2))

        def update_parameters(self, rate: float) -> None:
            self.U_f -= rate

    obj = Moving()
    parameters.part(obj)
    assert list(read(obj)) == ["U_f"]
