"""A case of a question: its claim, its price and its name together, in one decorator.

Wraps otter's `test_case`, so that the question files stay plain otter test files. The wrapped
function gets candidates for the names it asks for, wherever they run; what it raises becomes an
`Outcome` in `env["outcomes"]`, where the examiner finds the verdict that otter has no room for.
"""

from __future__ import annotations

import inspect
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from types import MethodType
from typing import Any

import numpy as np

from grader import contract
from grader.checks.states import NoOutputs
from grader.checks.whole_outputs import with_whole_outputs
from grader.diagnosis.claims import Diagnosis
from grader.faults import (
    CauseKnown,
    CheckFailed,
    Crashed,
    Diverged,
    KitFault,
    NeedsReview,
    NotDefined,
    PerhapsOurs,
    ReturnedNothing,
    StudentFault,
)
from grader.language import LANGUAGES, Message, default_language, render, say
from grader.questions.otter_import import test_case
from grader.records import Claim, Exhibit, Verdict
from grader.sandbox import candidate, local
from grader.sandbox.program_text import ProgramText

# They ask nothing of the form in which forward's outputs come: q4_2 does.
WHATEVER_FORM = {"q4_1", "q4_3", "q4_4", "q5_2"}
WITHOUT_OUTPUTS = {"q4_1", "q4_3", "q4_4"}  # what they ask has an answer though none come back
PUBLIC_SEED = b"ml-6 public cases: the same for everybody"


class CaseFailed(Exception):
    """What otter sees of a failed case; its text is what the student reads."""


@dataclass(frozen=True, slots=True)
class CaseOutcome:
    """What the examiner keeps of one case."""

    verdict: Verdict
    message: Message | None = None
    diagnosis: str = ""
    claims: tuple[Claim, ...] = ()
    review: Message | None = None
    printed: str = ""
    hint: Message | None = None


Environment = dict[str, Any]
Check = Callable[..., None]


def case(name: str, *, points: float, claim: Message, hidden: bool = False) -> Any:
    """Decorate a check `f(SimpleRNN, rng, ...)`; it passes unless it raises a `StudentFault`.

    Parameters are looked up in otter's environment: the names that the assignment asks for come
    as candidates; `rng` is a generator seeded per submission and case (fixed for public cases);
    `exhibits` is a list to which a check may add what people should look at.
    """

    def decorate(check: Check) -> Any:
        check.claim = claim  # type: ignore[attr-defined]  # read by `explain` and the pages
        parameters = tuple(inspect.signature(check).parameters)
        question = str(check.__globals__.get("name", "")).removesuffix("_hidden")

        def judged(env: Environment) -> None:
            outcome = _contained(
                lambda: _judge(env, question, name, check, parameters, hidden=hidden)
            )
            _examiners(env, "outcomes", dict, {})[name] = outcome
            if outcome.verdict is not Verdict.PASSED:
                raise CaseFailed(_shown(env, outcome)) from None

        judged.claim = claim  # type: ignore[attr-defined]  # as above, on what otter keeps
        # otter asks for it before each run; worked out once, it need not be again.
        judged.__signature__ = inspect.signature(judged)  # type: ignore[attr-defined]  # as above
        return test_case(name=name, points=points, hidden=hidden)(judged)

    return decorate


hidden_case = partial(case, hidden=True)


def _contained(judge: Callable[[], CaseOutcome]) -> CaseOutcome:
    """What `judge` gives; whatever escapes it is the kit's own fault."""
    try:
        # A student's numbers may overflow whatever is computed from them: NaN agrees with nothing.
        with np.errstate(all="ignore"):
            return judge()
    except Exception as ours:  # noqa: BLE001  # see above
        return CaseOutcome(Verdict.KIT_FAULT, say("The kit itself failed: {why}", why=_why(ours)))


def _judge(
    env: Environment,
    question: str,
    name: str,
    check: Check,
    parameters: tuple[str, ...],
    *,
    hidden: bool,
) -> CaseOutcome:
    arguments: dict[str, Any] = {}
    try:
        with _captured(env) as printed:
            arguments.update(_arguments(env, f"{question}/{name}", parameters, hidden=hidden))
            check(**arguments)
    except NeedsReview as review:
        return CaseOutcome(Verdict.PASSED, review=review.reason, printed=_public(printed, hidden))
    except StudentFault as fault:
        found = _diagnosis(env, f"{question}/{name}", arguments, fault)
        return CaseOutcome(
            fault.verdict,
            # The guarded message gives no advice, which an earlier fault would make pointless.
            fault.guarded if hidden or (found and found.follows) else fault.message,
            hint=found.message if found else _hint(env, fault),
            diagnosis=found.name if found else "",
            claims=found.claims if found else (),
            review=fault.guarded if isinstance(fault, PerhapsOurs) else None,
            printed=_public(printed, hidden),
        )
    return CaseOutcome(Verdict.PASSED, printed=_public(printed, hidden))


def _hint(env: Environment, fault: StudentFault) -> Message | None:
    """What the program's own text says about a name that is missing, or about a lost result."""
    if isinstance(fault, ReturnedNothing):
        return say(
            "Write the `return` as the last line of {name}, below its loop.", name=fault.name
        )
    program = _examiners(env, "program", ProgramText, None)
    return program.meant_by(fault.name) if program and isinstance(fault, NotDefined) else None


def _diagnosis(
    env: Environment, place: str, arguments: Mapping[str, Any], fault: StudentFault
) -> Diagnosis | None:
    """What the check itself knows, else what experiments and known misconceptions say."""
    looked_at = CheckFailed | Crashed | Diverged | NoOutputs | ReturnedNothing
    if not (isinstance(fault, looked_at) or fault.diagnosis):
        return None
    # Loaded when an answer is wrong: who has only begun does not wait for it.
    from grader.diagnosis.diagnose import (  # noqa: PLC0415
        behind_learning,
        behind_outputs,
        behind_update,
        diagnose,
    )
    from grader.diagnosis.match import named  # noqa: PLC0415

    question, _, name = place.partition("/")
    if contract.TRAINING in arguments and isinstance(fault, CheckFailed | Diverged):
        if not _is_due(env.get(contract.RNN), contract.RNN):
            return _nameless(env)
        network = {**arguments, contract.RNN: _argument(env, place, contract.RNN)}
        if (behind := behind_learning(place, fault, network)) is not None:
            return behind
    behind = behind_outputs(question, fault)
    if question == "q4_4" and isinstance(fault, Crashed):
        behind = behind_update(arguments)
    if behind is not None:
        return behind
    if fault.diagnosis:
        return named(fault.diagnosis)
    looked_into = isinstance(fault, CheckFailed) and not isinstance(fault, CauseKnown)
    return diagnose(question, name, arguments, _wrong(fault)) if looked_into else None


def _wrong(fault: StudentFault) -> tuple[str, ...]:
    """The parameters that a check found wrong, where its message names them."""
    names = fault.message.values.get("names", ())
    return tuple(map(str, names)) if isinstance(names, tuple) else ()


def _nameless(env: Environment) -> Diagnosis:
    """No SimpleRNN was seen in training where there is none."""
    missing = NotDefined(contract.RNN)
    return Diagnosis("", _hint(env, missing) or missing.message)


def _arguments(
    env: Environment, place: str, parameters: tuple[str, ...], *, hidden: bool
) -> Mapping[str, Any]:
    found = {parameter: _argument(env, place, parameter) for parameter in parameters}
    question = place.partition("/")[0]
    if contract.RNN in found and question in WHATEVER_FORM:
        by_book = question in WITHOUT_OUTPUTS
        found[contract.RNN] = with_whole_outputs(found[contract.RNN], by_book=by_book)
    if hidden and "exhibits" in found:
        found["exhibits"] = _Aside(found["exhibits"])
    return found


class _Aside:
    """A list of exhibits for a hidden case: what it shows is kept from the student."""

    def __init__(self, exhibits: list[Exhibit]) -> None:
        self._exhibits = exhibits

    def append(self, exhibit: Exhibit) -> None:
        self._exhibits.append(replace(exhibit, hidden=True))


def _argument(env: Environment, place: str, parameter: str) -> Any:
    if parameter == "rng":
        kept: bytes = _examiners(env, "seed", bytes, PUBLIC_SEED)
        seed = sha256(kept + place.encode()).digest()
        return np.random.default_rng(np.frombuffer(seed, np.uint8).astype(np.uint32))
    if parameter == "exhibits":
        return _examiners(env, "exhibits", list, [])
    if parameter not in contract.ALL_NAMES:
        raise KitFault(f"case {place} asks for {parameter!r}, which no environment has")
    if parameter not in env or not _is_due(env[parameter], parameter):
        raise NotDefined(parameter)
    return _candidate(env, parameter)


def _is_due(value: Any, name: str) -> bool:
    """Whether a notebook's own object is a class where one is due, and a function elsewhere."""
    if isinstance(value, candidate.ClassProxy | candidate.FunctionProxy):
        return True
    return callable(value) and isinstance(value, type) is (name in contract.ALL_CLASSES)


def _examiners(env: Environment, key: str, kind: type, otherwise: Any) -> Any:
    """What the examiner put into otter's environment under this key, if it did.

    In a notebook the environment is the student's own namespace, where `seed = 42` or a list
    called `outcomes` mean something else; there nothing is written either.
    """
    return env[key] if isinstance(env.get(key), kind) else otherwise


def _candidate(env: Environment, name: str) -> Any:
    """The candidate itself, or a local one around a notebook's own object, made once."""
    # The training is watched at its SimpleRNN: with a new class it is a new candidate.
    values = (env[name], env.get(contract.RNN) if name == contract.TRAINING else None)
    kept = env.setdefault("_candidates", {})
    if name not in kept or any(a is not b for a, b in zip(kept[name][0], values, strict=True)):
        kept[name] = (values, local.wrap(env[name], name))
    return kept[name][1]


@contextmanager
def _captured(env: Environment) -> Iterator[list[str]]:
    """Collect what the student's code prints meanwhile, where the environment can tell."""
    printed: list[str] = []
    take = _examiners(env, "printed", MethodType, lambda: "")
    take()
    try:
        yield printed
    finally:
        printed.append(take())


def _public(printed: list[str], hidden: bool) -> str:  # noqa: FBT001  # one private caller
    return "" if hidden else "".join(printed)


def _why(fault: Exception) -> str:
    return "".join(traceback.format_exception(fault))


def _shown(env: Environment, outcome: CaseOutcome) -> str:
    language = _examiners(env, "language", str, "")
    language = language if language in LANGUAGES else default_language()
    words = [render(each, language) for each in (outcome.message, outcome.hint) if each]
    return "\n".join(words) or outcome.verdict.value
