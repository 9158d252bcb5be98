"""What is said about a failed case: what experiments measured, else what a known mistake does.

Several faults are told one by one: the first words are for the one that comes first in the
computation and has to do with the case, the others are counted. A question whose failure follows
from an earlier one says so.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from grader import contract
from grader.checks.experiment import parts
from grader.checks.experiment.courses import most_updates
from grader.checks.memo import once
from grader.checks.part4.rnn_backward import wrong_gradients
from grader.checks.states import NoOutputs
from grader.diagnosis import known_names, match
from grader.diagnosis.backward import backward_rules as backward
from grader.diagnosis.backward import backward_words
from grader.diagnosis.cell import cell_rules as cell
from grader.diagnosis.cell import cell_words
from grader.diagnosis.claims import Diagnosis, Flaw, claim, first_of
from grader.diagnosis.experiments.patterns import Reading, Readings
from grader.diagnosis.forward import forward_rules as forward
from grader.diagnosis.forward import forward_words
from grader.diagnosis.update import update_rules as update
from grader.diagnosis.update import update_words
from grader.faults import CauseKnown, CheckFailed, Diverged, ReturnedNothing, StudentFault
from grader.language import Message, say
from grader.protocol import CandidateClass
from grader.records import Fact


@dataclass(frozen=True)
class Examination:
    """A method that is experimented with: whose it is, how, and its words."""

    candidate: str
    method: str
    examine: Callable[[CandidateClass], Readings]
    words: Callable[[Reading, Sequence[str]], Message]


LOG = logging.getLogger(__name__)

SUBJECTS = {
    "q4_2": Examination("SimpleRNN", "forward", forward.examine, forward_words.words),
    "q4_3": Examination("SimpleRNN", "backward", backward.examine, backward_words.words),
    "q4_4": Examination("SimpleRNN", "update_parameters", update.examine, update_words.words),
    "q4_6": Examination("LSTMCell", "forward", cell.examine, cell_words.words),
}
# What a later question builds on.
CHAIN = ("q4_2", "q4_3", "q4_4")
EARLIER = {"q4_3": ("q4_2",), "q4_4": ("q4_2",), "q5_2": CHAIN, "q5_3": CHAIN}
LAST = {
    "q5_2",
    "q5_3",
}  # builds on everything; the others only suffer from what cannot be looked through
# Faults of the student's own experiment that its check tells for certain, whatever was learned.
OWN_CAUSES = {
    "target-inside-the-window",
    "predictions-are-the-targets",
    "forecast-is-the-input-shifted",
    "units-differ",
}
# With these no training moves anything, whatever the experiment is like.
UNTRAINED = {"moves_nothing", "stays_zero", "no_effect", "not_given"}
FEW_UPDATES = 50
# What fails in the student's own training where the network does not learn.
LEARNED = {"q5_3/losses", "q5_3/baselines", "q5_3/longer_helps", "q5_3/trains"}
BLOCKING = {
    "random",
    "not_finite",
    "parameters_half",
    "parameters_overlap",
    "samples_mixed",
    "goes_on",
    "follow_one",
    "deaf",
    "depends_on_start",
    "weights_cached",
    # h_(t-1) takes no part as it should, so that no way back in time is right
    "no_recurrence",
    "remembers",
    "steps_back",
    "starts_anew",
}
# Hidden states that come back wrong from a right run: what works on them may follow from that,
KEPT = {"same_state_everywhere", "states_late", "states_early", "states_reversed"}
# where no experiment names another cause.
VAGUE = {"array_off", "chain_off", "chain_off_at", "counted_unevenly"}
# What backward gives where update_parameters can show nothing of its own.
NO_GRADIENT = {"stays_zero", "no_effect", "not_given", "lost_small", "gradient_not_finite"}
GRADIENTS = {
    "dW_hy": ("W_hy",),
    "db_y": ("b_y",),
    "dW_xh": ("W_xh",),
    "dW_hh": ("W_hh",),
    "db_h": ("b_h",),
}
# The arrays that a case is about; other cases are about all.
ABOUT: dict[str, dict[str, tuple[str, ...]]] = {
    "q4_2": {"hidden_states": ("hidden_states",), "stable": ("overflow",)},
    "q4_6": {
        "stable": ("overflow",),
        "stateless": ("calls", "cell"),
        # What is shown of the student's own new cell state.
        **dict.fromkeys(("hidden_state", "output_gate"), ("o", "new_hidden_state", "cell")),
    },
    "q4_3": {
        **GRADIENTS,
        "output_layer": ("W_hy", "b_y"),
        "input_weights": ("W_xh",),
        "recurrent_weights": ("W_hh",),
        "hidden_bias": ("b_h",),
    },
}


def diagnose(
    question: str, case: str, candidates: Mapping[str, Any], wrong: Sequence[str] = ()
) -> Diagnosis | None:
    """What is behind a failed case, if anything is certain. Never raises for what a student did.

    wrong: the parameters that the case itself found wrong, where it names them.
    """
    if (earlier := _earlier(question, candidates, BLOCKING)) is not None:
        return earlier
    subject = SUBJECTS.get(question)
    candidate = candidates.get(subject.candidate) if subject else None
    if candidate is not None:
        found = faults(question, candidate)
        if question == "q4_3" and faults("q4_2", candidate):
            found = _charged(found, candidate)
        if {one.claim.kind for one in found} <= VAGUE:
            earlier = _earlier(question, candidates, KEPT)
            if found and earlier is not None:
                return earlier
        if found:
            about = ABOUT.get(question, {}).get(case, ())
            told = _told(found, wrong or about) or _told(found, about)
            return _witnessed(told, found, match.diagnose(question, candidates))
    if question == "q4_4" and (behind := behind_update(candidates)) is not None:
        return behind
    return match.diagnose(question, candidates) or _of_optional(question, case, candidates)


def _of_optional(question: str, case: str, candidates: Mapping[str, Any]) -> Diagnosis | None:
    """What experiments show of an optional question; the equations that they hold it to stay here."""
    asked = contract.BY_NAME.get(question)
    if asked not in contract.OPTIONAL_QUESTIONS:
        return None
    try:
        # Loaded for those alone who have begun an optional question, and never at a student's.
        from grader.diagnosis.optional import optional_rules  # noqa: PLC0415
    except ImportError:
        return None
    return optional_rules.diagnose(
        question, case, [candidates[name] for name in asked.subjects if name in candidates]
    )


def behind_learning(
    place: str, fault: StudentFault, candidates: Mapping[str, Any]
) -> Diagnosis | None:
    """The fault of the network behind a training that does not learn, if experiments show one."""
    question = place.partition("/")[0]
    knows = isinstance(fault, CauseKnown) or fault.diagnosis in OWN_CAUSES
    follows = isinstance(fault, Diverged) or (isinstance(fault, CheckFailed) and place in LEARNED)
    if knows or not follows:
        return None
    if question == "q5_3":
        return _behind_own_run(candidates)
    return _earlier(question, candidates, BLOCKING)


def _behind_own_run(candidates: Mapping[str, Any]) -> Diagnosis | None:
    """What may be behind a failure of the student's own experiment, which may itself be weak."""
    wrong = [one for one in CHAIN if _first_of(one, candidates, None)]
    for question in wrong:
        if (certain := _first_of(question, candidates, UNTRAINED)) is not None:
            return certain
    if not wrong:
        return None
    first, subject = _first_of(wrong[0], candidates, None), SUBJECTS[wrong[0]]
    training = candidates.get(contract.TRAINING)
    updates = most_updates(parts.run(training).seen) if training is not None else 0
    run = say("the experiment itself")
    if 0 < updates < FEW_UPDATES:
        run = say(
            "the experiment itself, which updates no network more than {updates} times",
            updates=updates,
        )
    message = say(
        "An earlier fault may be behind this, or {run}. Mend the fault first, then look here again: {method} ({question}). {first}",
        run=run,
        method=subject.method,
        question=wrong[0],
        first=faults(wrong[0], candidates[subject.candidate])[0].words,
    )
    return replace(first, message=message) if first else None


def _charged(found: list[Flaw], candidate: CandidateClass) -> list[Flaw]:
    """Without gradients that are right by the book: of a wrong forward they may be wrong."""
    try:
        wrong = wrong_gradients(candidate)
    except StudentFault:
        return found
    return [one for one in found if not wrong or wrong & set(one.arrays)]


def behind_update(candidates: Mapping[str, Any]) -> Diagnosis | None:
    """The fault of backward that leaves update_parameters without a gradient it can use."""
    return _first_of("q4_3", candidates, NO_GRADIENT)


def _witnessed(
    told: Diagnosis | None, found: Sequence[Flaw], known: Diagnosis | None
) -> Diagnosis | None:
    """With the name of the known mistake that makes the very same record, if nothing else is off.

    Not where experiments know that mistake too: they would have told it, and told something else.
    """
    if told is None or told.name or len(found) > 1 or known is None or not known.name:
        return told
    if known.name in known_names.TOLD:
        return told
    message = say("{first} {more}", first=told.message, more=known.message)
    return Diagnosis(known.name, message, told.claims)


def faults(question: str, candidate: CandidateClass) -> list[Flaw]:
    """What experiments show of the question's method; kept in the candidate's memo."""
    return once(candidate, ("faults", question), partial(_examined, SUBJECTS[question], candidate))


def _examined(subject: Examination, candidate: CandidateClass) -> list[Flaw]:
    try:
        with np.errstate(all="ignore"):
            readings = subject.examine(candidate)
    except StudentFault:
        return []  # what cannot be run was told by the check itself
    except Exception:
        # A diagnosis decides no mark, so a fault of its own must not cost one: it is logged.
        LOG.exception("the experiments on %s failed", subject.method)
        return []
    return [
        Flaw(
            claim(reading.kind, arrays=arrays, **reading.facts),
            subject.words(_rounded(reading), arrays),
            arrays,
            known_names.known_as(reading, arrays),
        )
        for reading, arrays in readings
    ]


def _rounded(reading: Reading) -> Reading:
    """With two digits of each number: in more, a program could hide what it saw of hidden inputs."""
    facts: dict[str, Fact] = {
        name: _plain(_two_digits(fact)) if isinstance(fact, float) else fact
        for name, fact in reading.facts.items()
    }
    return replace(reading, facts=facts)


def _plain(number: float) -> float | int:
    """2.0 is told as 2."""
    return int(number) if number.is_integer() else number


def _two_digits(number: float) -> float:
    """1.772 becomes 1.8; what is close to 1 keeps two digits of its distance, as 0.999 does."""
    near = float(f"{number:.2g}")
    return near if abs(near) != 1 else round(near + float(f"{number - near:.2g}"), 9)


def _told(found: Sequence[Flaw], about: Sequence[str]) -> Diagnosis | None:
    """The first fault that has to do with these arrays (with any, where none is named)."""
    touching = [one for one in found if set(one.arrays) & set(about or one.arrays)]
    if not touching:
        return None
    first, *others = touching
    message = first_of(first.words, len(others))
    return Diagnosis(first.name, message, tuple(one.claim for one in touching))


def _earlier(
    question: str, candidates: Mapping[str, Any], kinds: Collection[str]
) -> Diagnosis | None:
    """The fault of an earlier question that this one builds on; of the last ones any fault."""
    for before in EARLIER.get(question, ()):
        found = _first_of(before, candidates, None if question in LAST else kinds)
        if found is not None:
            return found
    return None


def _first_of(
    question: str, candidates: Mapping[str, Any], kinds: Collection[str] | None
) -> Diagnosis | None:
    """The first fault of these kinds that this question has, as one that another builds on."""
    subject = SUBJECTS[question]
    candidate = candidates.get(subject.candidate)
    every = faults(question, candidate) if candidate is not None else []
    found = [one for one in every if kinds is None or one.claim.kind in kinds]
    if not found:
        return None
    message = say(
        "Something before it in the chain is wrong, and this builds on it; look here again once that is mended: {method} ({question}). {first}",
        method=subject.method,
        question=question,
        first=found[0].words,
    )
    claims = tuple(one.claim for one in found)
    return Diagnosis(found[0].name, message, claims, follows=True)


def behind_outputs(question: str, fault: StudentFault) -> Diagnosis | None:
    """Of a later question that has nothing to work on, since no outputs come back from forward."""
    nothing = isinstance(fault, ReturnedNothing) and fault.name == "SimpleRNN.forward"
    if question not in EARLIER or not (nothing or isinstance(fault, NoOutputs)):
        return None
    what = say(
        "This follows from forward (q4_2): only with the outputs that it should return can anything be "
        "told here. Look here again once that is mended."
    )
    return Diagnosis("", what, follows=True)
