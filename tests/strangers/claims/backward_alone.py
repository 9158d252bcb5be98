"""What a claim about backward says on its own, whatever else is wrong."""

from __future__ import annotations

import numpy as np

from tests.strangers.bases import Array, Views
from tests.strangers.claims import Facts, formula
from tests.strangers.claims.backward_bench import CLOSE, SMALL, Bench, Model
from tests.strangers.program import by_hand, rnn_shapes


def _lags(bench: Bench) -> Array:
    T = bench.sizes[0]
    return np.subtract.outer(np.arange(T), np.arange(T))


def _depth(bench: Bench, facts: Facts, _names: list[str]) -> bool:
    k = facts["steps"]
    long = Bench(bench.module, bench.base, (k + 4, 1, k + 4, 4, 2), 901) if k >= 3 else bench
    lags = _lags(long)
    inside = (lags >= 0) & (lags <= k)
    return bool(long.here[inside].all() and not long.here[~inside].any())


def _in_time(bench: Bench, _facts: Facts, _names: list[str]) -> bool:
    lags = _lags(bench)
    return bool(bench.here[lags < 0].any() and not bench.here[lags > 0].any())


def _mixed(bench: Bench, _facts: Facts, _names: list[str]) -> bool:
    others = bench.own_dz.copy()
    for b in range(bench.sizes[1]):
        others[:, b, :, :, b] = 0.0
    return bool(np.abs(others).max() > CLOSE * bench.scale["W_xh"])


def _chain(bench: Bench, facts: Facts, _names: list[str]) -> bool:
    wrong = np.zeros_like(bench.here)
    for key in bench.keys:
        right = bench.dz(key, Model())
        got = bench.own_dz[key]
        assert right is not None
        off = np.abs(got - right).max(axis=(1, 2)) > CLOSE * bench.scale["W_xh"]
        wrong[key[0]] |= off
    lags = _lags(bench)
    first = facts["lag"]
    return bool(not wrong[(lags >= 0) & (lags < first)].any() and wrong[lags == first].any())


def _are_off(bench: Bench, _facts: Facts, names: list[str]) -> bool:
    return all(not bench.fits(name, Model()) for name in names)


def _constant(bench: Bench, _facts: Facts, names: list[str]) -> bool:
    T, B, _, _, O = bench.sizes  # noqa: E741  # as above
    left = bench.gradients(np.zeros((T, B, O)))
    return all(float(np.abs(left[name]).max()) > 0 for name in names)


def _state_added(bench: Bench, facts: Facts, _names: list[str]) -> bool:
    """From rows of dW_xh, where d_outputs is 0."""
    T, B, _, H, O = bench.sizes  # noqa: E741  # as above
    dz = bench.gradients(np.zeros((T, B, O)))["W_xh"].reshape(T, B, H)
    carried = np.concatenate([dz[1:] @ bench.values["W_hh"].T, np.zeros((1, B, H))])
    dh = dz / (1 - bench.states[1:] ** 2)
    return _near(dh - carried, bench.states[1:] if facts["state"] == "h_t" else bench.states[:-1])


def _decay(bench: Bench, facts: Facts, names: list[str]) -> bool:
    T, B, _, _, O = bench.sizes  # noqa: E741  # as above
    left = bench.gradients(np.zeros((T, B, O)))
    for name in names:
        text = str(facts["form"]).replace("parameter", name).replace("theta", name)
        wanted = formula.value(text, dict(bench.values))
        wanted = (
            bench.values[name] if wanted is None or wanted.shape != left[name].shape else wanted
        )
        if not np.allclose(left[name], float(facts["number"]) * wanted, rtol=1e-2, atol=1e-9):
            return False
    return True


def _not_linear(bench: Bench, _facts: Facts, names: list[str]) -> bool:
    T, B, _, _, O = bench.sizes  # noqa: E741  # as above
    rng = np.random.default_rng(3)
    one, two = SMALL * rng.normal(size=(2, T, B, O))
    parts, whole = [bench.gradients(one), bench.gradients(two)], bench.gradients(one + two)
    return all(
        float(np.abs(parts[0][n] + parts[1][n] - whole[n]).max())
        > CLOSE * float(np.abs(whole[n]).max())
        for n in names
    )


def _rounds(bench: Bench) -> tuple[Views, Views, Views]:
    """Gradients of a first round, of a second on the same object, and of the second alone."""
    T, B, _, _, O = bench.sizes  # noqa: E741  # as above
    rng = np.random.default_rng(4)
    d1, d2 = SMALL * rng.normal(size=(2, T, B, O))
    net = bench.net()
    net.forward(bench.x)
    first = net.gradients(d1)
    net.forward(bench.x)
    return first, net.gradients(d2), bench.gradients(d2)


def _accumulates(bench: Bench, _facts: Facts, names: list[str]) -> bool:
    first, second, alone = _rounds(bench)
    return all(
        _near(second[n], first[n] + alone[n]) and not _near(second[n], alone[n]) for n in names
    )


def _left_over(bench: Bench, _facts: Facts, names: list[str]) -> bool:
    _, second, alone = _rounds(bench)
    return all(not _near(second[n], alone[n]) for n in names)


def _stale(bench: Bench, _facts: Facts, names: list[str]) -> bool:
    T, B, _, _, O = bench.sizes  # noqa: E741  # as above
    rng = np.random.default_rng(5)
    d = SMALL * rng.normal(size=(T, B, O))
    other = rng.normal(size=bench.x.shape)
    net = bench.net()
    net.forward(bench.x)
    net.forward(other)
    found, old = net.gradients(d), bench.gradients(d)
    return all(_near(found[n], old[n]) for n in names if n != "b_y")


def _no_effect(bench: Bench, _facts: Facts, names: list[str]) -> bool:
    one, *rest = bench.keys
    return all(_near(bench.got[k][n], bench.got[one][n]) for n in names for k in rest)


def _depends_on_start(bench: Bench, _facts: Facts, names: list[str]) -> bool:
    T, B, _, _, O = bench.sizes  # noqa: E741  # as above
    d = SMALL * np.random.default_rng(6).normal(size=(T, B, O))
    one, two = bench.gradients(d), bench.gradients(d)
    return all(not _near(one[n], two[n]) for n in names)


def _one_everywhere(bench: Bench, facts: Facts, names: list[str]) -> bool:
    T = bench.sizes[0]
    step = facts.get("step", T - 1)
    for n in names:
        for t, b, o in bench.keys:
            wanted = np.zeros_like(bench.got[t, b, o][n])
            if t == step:
                wanted = sum((bench.right((s, b, o))[n] for s in range(T)), wanted)
            if not np.all(np.abs(bench.got[t, b, o][n] - wanted) <= CLOSE * bench.scale[n] * T):
                return False
    return True


def _sources_ignored(bench: Bench, facts: Facts, _names: list[str]) -> bool:
    """Rows of dW_xh, which inputs that are one-hot in time give to the steps."""
    return not bench.own_dz[:, :, :, list(facts["steps"])].any()


def _outputs_ignored(bench: Bench, facts: Facts, names: list[str]) -> bool:
    return not any(
        bench.got[k][n].any() for k in bench.keys if k[0] in facts["steps"] for n in names
    )


def _not_given(bench: Bench, _facts: Facts, names: list[str]) -> bool:
    shapes = rnn_shapes(bench.sizes)
    first = bench.got[bench.keys[0]]
    return all(name not in first or first[name].shape != shapes[name] for name in names)


def _near(one: Array, other: Array) -> bool:
    size = max(float(np.abs(other).max(initial=0.0)), 1e-15)
    return one.shape == other.shape and bool(np.abs(one - other).max(initial=0.0) <= CLOSE * size)


def _other_matrix(bench: Bench, facts: Facts, _names: list[str]) -> bool:
    """One step back dz is a matrix times dz of the step after, times 1 - h^2; not W_hh.T."""
    if facts["form"] in {"1", "W_hh"}:  # the model would have fitted
        return False
    T, B, _, H, _ = bench.sizes
    own = np.stack([bench.own_dz[:, b, :, :, b] for b in range(B)], axis=1)
    slopes = 1 - bench.states[1:] ** 2
    before = np.concatenate([own[t, :, :, t].reshape(-1, H) for t in range(1, T)])
    after = np.concatenate(
        [(own[t, :, :, t - 1] / slopes[t - 1][:, None]).reshape(-1, H) for t in range(1, T)]
    )
    matrix = np.linalg.lstsq(before, after, rcond=None)[0]
    near = np.abs(before @ matrix - after).max() <= CLOSE * np.abs(after).max()
    return bool(near and not np.allclose(matrix, bench.values["W_hh"].T, atol=CLOSE))


def _summed_first(bench: Bench, _facts: Facts, names: list[str]) -> bool:
    lefts = {"W_hh": bench.states[:-1], "W_xh": bench.x, "W_hy": bench.states[1:]}
    for name in names:
        for key in bench.keys:
            dz = bench.dz(key, Model())
            assert dz is not None
            right = dz.sum(axis=1)
            if name == "W_hy":
                right = np.zeros((len(dz), bench.sizes[4]))
                right[key[0], key[2]] = 1.0
            due, got = lefts[name].sum(axis=1).T @ right, bench.got[key][name]
            limit = CLOSE * bench.scale[name]
            B = bench.sizes[1]
            if min(np.abs(times * got - due).max() for times in (1, B, B * B)) > limit:
                return False
    return True


def _reshaped(bench: Bench, _facts: Facts, names: list[str]) -> bool:
    """At random inputs: the table of left factors in the other shape, not turned, times dz."""
    x, d, hidden, found, dz = _whole_round(bench)
    before = np.concatenate([np.zeros_like(hidden[:1]), hidden[:-1]])
    sides = {"W_xh": (x, dz), "W_hh": (before, dz), "W_hy": (hidden, d)}
    for name in names:
        left, right = sides[name]
        wanted = []
        for order in ((0, 1, 2), (1, 0, 2)):
            table = left.transpose(order).reshape(-1, left.shape[2])
            flat = right.transpose(order).reshape(len(table), -1)
            wanted.append(table.reshape(table.shape[::-1]) @ flat)
        if not any(_near(found[name], one) for one in wanted):
            return False
    return True


def _sides(bench: Bench) -> tuple[Views, dict[str, tuple[Array, Array]]]:
    """The program's gradients at random inputs, and left and right factors of the true ones."""
    x, d, hidden, found, dz = _whole_round(bench)
    before = np.concatenate([np.zeros_like(hidden[:1]), hidden[:-1]])
    return found, {"W_xh": (x, dz), "W_hh": (before, dz), "W_hy": (hidden, d)}


def _reshaped_after(bench: Bench, _facts: Facts, names: list[str]) -> bool:
    found, sides = _sides(bench)
    due = {n: np.einsum("tbi,tbj->ji", *sides[n]).reshape(found[n].shape) for n in names}
    return all(_near(found[name], due[name]) for name in names)


def _paired_otherwise(bench: Bench, facts: Facts, names: list[str]) -> bool:
    found, sides = _sides(bench)
    for name in names:
        left, right = sides[name]
        if facts["first"] == "batch":
            left = left.swapaxes(0, 1)
        else:
            right = right.swapaxes(0, 1)
        rows = left.reshape(-1, left.shape[2])
        if not _near(found[name], rows.T @ right.reshape(len(rows), -1)):
            return False
    return True


def _of_the_stack(bench: Bench, facts: Facts, names: list[str]) -> bool:
    found, sides = _sides(bench)
    below = {"W_xh": "W_hh", "W_hh": "W_xh"}[facts["above"]]
    stack = np.vstack([np.einsum("tbi,tbj->ij", *sides[n]) for n in (facts["above"], below)])
    first = facts["first"]
    return all(_near(found[n], stack[first : first + len(found[n])]) for n in names)


def _left_through(bench: Bench, facts: Facts, names: list[str]) -> bool:
    found, sides = _sides(bench)
    form = facts["form"]
    function = next(
        function
        for start, function in (
            ("tanh", np.tanh),
            ("1 - ", lambda h: 1 - h**2),
            ("the argument", np.arctanh),
            ("h_", np.square),
        )
        if form.startswith(start)
    )
    return all(
        _near(found[n], np.einsum("tbi,tbj->ij", function(sides[n][0]), sides[n][1])) for n in names
    )


def _summed_both(bench: Bench, _facts: Facts, names: list[str]) -> bool:
    found, sides = _sides(bench)
    sums = {n: [side.sum(axis=(0, 1)) for side in sides[n]] for n in names}
    return all(_near(found[n], np.outer(*sums[n])) for n in names)


def _outputs_counted(bench: Bench, facts: Facts, names: list[str]) -> bool:
    """Impulse by impulse: so many times what the true one gives."""
    numbers = [float(number) for number in facts["numbers"]]
    for key in bench.keys:
        t, b, o = key
        dz = bench.dz(key, Model())
        assert dz is not None
        d = np.zeros((len(dz), dz.shape[1], bench.sizes[4]))
        d[t, b, o] = 1.0
        sides = {
            "W_xh": (bench.x, dz),
            "W_hh": (bench.states[:-1], dz),
            "W_hy": (bench.states[1:], d),
            "b_h": (np.ones((*dz.shape[:2], 1)), dz),
            "b_y": (np.ones((*dz.shape[:2], 1)), d),
        }
        for name in names:
            due = numbers[t] * np.einsum("tbi,tbj->ij", *sides[name])
            got = bench.got[key][name]
            if np.abs(got - due.reshape(got.shape)).max() > 1e-2 * bench.scale[name]:
                return False
    return True


def _whole_round(bench: Bench) -> tuple[Array, Array, Array, Views, Array]:
    """Random inputs and d_outputs, states, the program's gradients, and the right dz (T, B, H)."""
    T, B, I, H, O = bench.sizes  # noqa: E741  # as above
    rng = np.random.default_rng(8)
    x, d = rng.normal(size=(T, B, I)), SMALL * rng.normal(size=(T, B, O))
    net = bench.net()
    _, hidden = net.forward(x)
    found = net.gradients(d)
    dz, carried = np.zeros((T, B, H)), np.zeros((B, H))
    for t in reversed(range(T)):
        dz[t] = (d[t] @ bench.values["W_hy"].T + carried) * (1 - hidden[t] ** 2)
        carried = dz[t] @ bench.values["W_hh"].T
    return x, d, hidden, found, dz


def _beside_output(bench: Bench, facts: Facts, names: list[str]) -> bool:
    for name in names:
        left = bench.x if name == "W_xh" else bench.states[facts["offset"] :]
        for key in bench.keys:
            dz = bench.dz(key, Model())
            assert dz is not None
            wanted = np.outer(left[key[:2]], dz.sum(axis=(0, 1)))
            if np.abs(bench.got[key][name] - wanted).max() > CLOSE * bench.scale[name]:
                return False
    return True


def _left_of_one(bench: Bench, facts: Facts, names: list[str]) -> bool:
    x, d, hidden, found, dz = _whole_round(bench)
    before = np.concatenate([np.zeros_like(hidden[:1]), hidden[:-1]])
    sides = {"W_xh": (x, dz), "W_hh": (before, dz), "W_hy": (hidden, d)}
    return all(
        _near(found[n], sides[n][0][:, facts["sample"]].T @ sides[n][1].sum(axis=1)) for n in names
    )


def _one_input(bench: Bench, facts: Facts, _names: list[str]) -> bool:
    """Rows of dW_xh of this step's inputs alone, which add up to db_h."""
    rows = bench.own_dz.reshape(len(bench.keys), *bench.own_dz.shape[3:])
    others = np.delete(rows, facts["step"], axis=1)
    sums = np.array([bench.got[key]["b_h"] for key in bench.keys])
    same = np.abs(rows.sum(axis=(1, 2)) - sums).max() <= CLOSE * bench.scale["b_h"]
    return bool(same and np.abs(others).max() <= CLOSE * bench.scale["W_xh"])


def _parameters_given(bench: Bench, _facts: Facts, names: list[str]) -> bool:
    T, B, _, _, O = bench.sizes  # noqa: E741  # as above
    net = bench.net()
    net.forward(bench.x)
    found = net.gradients(SMALL * np.random.default_rng(9).normal(size=(T, B, O)))
    now = net.now()
    return all(
        np.any(now[name] != bench.values[name]) and _near(found[name], now[name]) for name in names
    )


def _lost_small(bench: Bench, _facts: Facts, names: list[str]) -> bool:
    T, B, _, _, O = bench.sizes  # noqa: E741  # as above
    d = np.random.default_rng(6).normal(size=(T, B, O))
    small, large = bench.gradients(1e-6 * d), bench.gradients(100 * d)
    return all(not small[name].any() and large[name].any() for name in names)


def _wrong_at(bench: Bench, facts: Facts, names: list[str]) -> bool:
    """Right in general, and off in all these arrays where this size is 1."""
    sizes = list(bench.sizes)
    sizes["TBIHO".index(facts["size"])] = 1
    one = Bench(bench.module, bench.base, (*sizes,), 903)
    d = SMALL * np.random.default_rng(7).normal(size=(sizes[0], sizes[1], sizes[4]))
    net = one.net()
    _, hidden = net.forward(one.x)
    got, due = net.gradients(d), by_hand(one.values, one.x, hidden, d)
    return all(bench.fits(n, Model()) and not _near(got[n], due[n]) for n in names)


def _not_finite(bench: Bench, facts: Facts, names: list[str]) -> bool:
    """NaN or infinity for these steps' impulses alone; without zeros none; where dh < 0 alone."""
    T, B, _, _, O = bench.sizes  # noqa: E741  # as above
    sound = {k: all(np.isfinite(bench.got[k][n]).all() for n in names) for k in bench.keys}
    if facts.get("of") == "zero":
        found = bench.gradients(SMALL * np.random.default_rng(10).uniform(1, 2, (T, B, O)))
        return not all(sound.values()) and all(np.isfinite(found[n]).all() for n in names)
    if "length" in facts:
        return not any(sound.values())
    if facts.get("of") == "negative":
        first = [k for k in bench.keys if k[0] == 0]
        negative = {k: bench.values["W_hy"][:, k[2]] < 0 for k in first}
        return all(
            np.array_equal(
                ~np.isfinite(bench.got[k][n]).reshape(-1, len(bench.values["b_h"])).all(axis=0),
                negative[k],
            )
            for k in first
            for n in names
        )
    return all(fine == (k[0] not in facts["steps"]) for k, fine in sound.items())


def _one_step_everywhere(bench: Bench, facts: Facts, names: list[str]) -> bool:
    step = facts["step"]
    special = tuple((s, f"1 - hh[{step + 1}]^2") for s in range(bench.sizes[0]))
    beside = {n: step + (n == "W_hy") for n in names}
    models = {n: Model(special=special, pairs=lambda *_, k=beside[n]: k) for n in names}
    return all(bench.fits(n, models[n]) for n in names)


def _numbers_moved(bench: Bench, _facts: Facts, names: list[str]) -> bool:
    for key in bench.keys:
        right = bench.right(key)
        got, due = (
            np.sort(np.concatenate([part[n].ravel() for n in names]))
            for part in (bench.got[key], right)
        )
        if not _near(got, due):
            return False
    return all(not bench.fits(n, Model()) for n in names)


def _not_in_proportion(bench: Bench, _facts: Facts, names: list[str]) -> bool:
    T, B, _, _, O = bench.sizes  # noqa: E741  # as above
    d = np.random.default_rng(11).normal(size=(T, B, O))
    small, large = bench.gradients(1e-4 * d), bench.gradients(0.1 * d)
    return all(not _near(large[n], 1e3 * small[n]) for n in names)


def _made_of_carry(bench: Bench, facts: Facts, names: list[str]) -> bool:
    for key in bench.keys:
        dz = bench.dz(key, Model())
        assert dz is not None
        carry = dz @ bench.values["W_hh"].T
        if facts["what"] == "received":
            carry = np.concatenate([carry[1:], np.zeros_like(carry[:1])])
        lefts = {"W_xh": bench.x, "W_hh": bench.states[:-1], "b_h": np.ones((*dz.shape[:2], 1))}
        for n in names:
            due = np.einsum("tbi,tbj->ij", lefts[n], carry).reshape(bench.got[key][n].shape)
            if np.abs(bench.got[key][n] - due).max() > CLOSE * bench.scale[n]:
                return False
    return True


def _own_step(bench: Bench) -> tuple[Array, Array, Array]:
    """At every output's own step (N, H): dz as it came, 1 - h^2, and the dh that is due."""
    places = [(t, b) for t, b, _ in bench.keys]
    got = np.array([bench.own_dz[key][key[:2]] for key in bench.keys])
    slopes = np.array([1 - bench.states[t + 1, b] ** 2 for t, b in places])
    due = np.array([bench.values["W_hy"][:, o] for *_, o in bench.keys])
    return got, slopes, due


def _handed_to_itself(bench: Bench, _facts: Facts, _names: list[str]) -> bool:
    got, slopes, due = _own_step(bench)
    return _near(got, slopes * (due + due @ bench.values["W_hh"].T))


def _output_weights_other(bench: Bench, _facts: Facts, _names: list[str]) -> bool:
    """For each output one dh at all steps, which is not that row of W_hy."""
    got, slopes, due = _own_step(bench)
    of = np.array([o for *_, o in bench.keys])
    means = np.array([(got / slopes)[of == o].mean(axis=0) for o in of])
    return _near(got / slopes, means) and not _near(means, due)


def _units_centred(bench: Bench, facts: Facts, _names: list[str]) -> bool:
    got, slopes, due = _own_step(bench)
    if facts["what"] == "dh":
        return _near(got, slopes * (due - due.mean(axis=1, keepdims=True)))
    return _near(got, slopes * due - (slopes * due).mean(axis=1, keepdims=True))


def _units_mixed(bench: Bench, _facts: Facts, _names: list[str]) -> bool:
    got, slopes, due = _own_step(bench)
    matrix = np.linalg.lstsq(slopes * due, got, rcond=None)[0]
    return _near(got, slopes * due @ matrix) and not _near(got, slopes * due)


def _normed(bench: Bench, _facts: Facts, names: list[str]) -> bool:
    T, B, _, _, O = bench.sizes  # noqa: E741  # as above
    d = SMALL * np.random.default_rng(12).normal(size=(T, B, O))
    one, two = bench.gradients(d), bench.gradients(2 * d)
    return all(not _near(two[n], 2 * one[n]) for n in names)


def _with_another(bench: Bench, facts: Facts, names: list[str]) -> bool:
    for key in bench.keys:
        right = bench.right(key)
        for n in names:
            off = bench.got[key][n] - right[n] - right[facts["other"]]
            if np.abs(off).max() > CLOSE * bench.scale[n]:
                return False
    return True


def _reordered(bench: Bench, _facts: Facts, names: list[str]) -> bool:
    return all(_numbers_moved(bench, {}, [n]) for n in names)


def _units_stopped(bench: Bench, facts: Facts, _names: list[str]) -> bool:
    return not bench.own_dz[..., list(facts["units"])].any()


def _caches(bench: Bench, facts: Facts, _names: list[str]) -> bool:
    """Step 0, to which nothing comes back, shows in the row of the input that comes with it."""
    B, O = bench.sizes[1], bench.sizes[4]  # noqa: E741  # as above
    other = facts["with_steps"][0]
    for b, o in np.ndindex(B, O):
        due = bench.values["W_hy"][:, o] * (1 - bench.states[other + 1, b] ** 2)
        if np.abs(bench.own_dz[0, b, o, other, b] - due).max() > CLOSE * bench.scale["W_xh"]:
            return False
    return True


def _skips(bench: Bench, _facts: Facts, _names: list[str]) -> bool:
    lags = _lags(bench)
    return bool(bench.here[lags == 2].all() and not bench.here[lags == 1].any())


def _outputs_act(bench: Bench, facts: Facts, names: list[str]) -> bool:
    """Where the sums are known: gradients of the right backward for d_outputs so put together."""
    T, B, _, _, O = bench.sizes  # noqa: E741  # as above
    d = SMALL * np.random.default_rng(13).normal(size=(T, B, O))
    put_in = {
        "centred": d - d.mean(axis=0),
        "sum_so_far": np.cumsum(d, axis=0),
        "sum_from_here": np.cumsum(d[::-1], axis=0)[::-1],
        "mean": np.broadcast_to(d.mean(axis=0), d.shape),
    }
    if facts["how"] == "other":
        return _are_off(bench, facts, names)
    right = by_hand(bench.values, bench.x, bench.states[1:], put_in[facts["how"]])
    found = bench.gradients(d)
    return all(_near(found[n], right[n]) for n in names)


ALONE = {
    "handed_to_itself": _handed_to_itself,
    "outputs_act": _outputs_act,
    "carry_skips": _skips,
    "with_another": _with_another,
    "reordered": _reordered,
    "units_stopped": _units_stopped,
    "output_weights_other": _output_weights_other,
    "caches_of_steps": _caches,
    "made_of_carry": _made_of_carry,
    "units_centred": _units_centred,
    "units_mixed": _units_mixed,
    "normed_on_the_way": _normed,
    "not_in_proportion": _not_in_proportion,
    "cut_on_the_way": _not_in_proportion,
    "numbers_moved": _numbers_moved,
    "one_step_everywhere": _one_step_everywhere,
    "gradient_not_finite": _not_finite,
    "reshaped": _reshaped,
    "reshaped_after": _reshaped_after,
    "paired_otherwise": _paired_otherwise,
    "of_the_stack": _of_the_stack,
    "left_through": _left_through,
    "summed_both": _summed_both,
    "outputs_counted": _outputs_counted,
    "left_of_one": _left_of_one,
    "beside_output": _beside_output,
    "input_always": _one_input,
    "parameters_given": _parameters_given,
    "recurrent_matrix": _other_matrix,
    "goes_on": _mixed,
    "summed_first": _summed_first,
    "lost_small": _lost_small,
    "step_counted": _are_off,
    "outputs_summed": _are_off,
    "wrong_at": _wrong_at,
    "bptt_depth": _depth,
    "forward_in_time": _in_time,
    "samples_mixed": _mixed,
    "samples_centred": _mixed,
    "chain_off": _chain,
    "array_off": _are_off,
    "chain_off_at": _are_off,
    "counted_unevenly": _are_off,
    "constant_term": _constant,
    "state_handed_back": _constant,
    "state_added": _state_added,
    "starts_not_zero": _constant,
    "derivative_added": _constant,
    "decay_added": _decay,
    "not_linear": _not_linear,
    "accumulates": _accumulates,
    "left_over": _left_over,
    "stale": _stale,
    "no_effect": _no_effect,
    "depends_on_start": _depends_on_start,
    "not_given": _not_given,
    "inputs_ignored": _sources_ignored,
    "outputs_ignored": _outputs_ignored,
    "steps_skipped": lambda b, f, n: _sources_ignored(b, f, n) and _outputs_ignored(b, f, n),
    "last_output_everywhere": _one_everywhere,
    "output_everywhere": _one_everywhere,
}
