"""What does this line compute? Asked where the sandbox has shown which quantity it gives."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from grader.integrity.dossier.asking.found_roles import FoundRoles
from grader.integrity.dossier.asking.measured_figures import code
from grader.integrity.dossier.measuring.line_roles import LineRole
from grader.integrity.dossier.oral_question import Level, OralQuestion, QuestionDraft
from grader.integrity.dossier.own_program import OwnProgram
from grader.language import Message, say

EQUATIONS = {
    "forward/a": say("The pre-activation a_t = x_t W_xh + h_{{t-1}} W_hh + b_h, before tanh."),
    "forward/h": say("The new hidden state h_t = tanh(x_t W_xh + h_{{t-1}} W_hh + b_h)."),
    "forward/y": say(
        "The output y_t = h_t W_hy + b_y; no activation, since the task is regression."
    ),
    "forward/xW": say("The input's share of the pre-activation, x_t W_xh."),
    "forward/xW+b": say("The input's share of the pre-activation with its bias, x_t W_xh + b_h."),
    "forward/hW": say("The memory's share of the pre-activation, h_{{t-1}} W_hh."),
    "forward/xW+hW": say("The pre-activation without its bias, x_t W_xh + h_{{t-1}} W_hh."),
    "forward/hV": say("The output without its bias, h_t W_hy."),
    "backward/da": say("dL/da_t = dL/dh_t · (1 − h_t²): the gradient at the pre-activation."),
    "backward/dh": say("dL/dh_t, both ways together: dL/dy_t W_hyᵀ + dL/da_{{t+1}} W_hhᵀ."),
    "backward/dhy": say(
        "The share of dL/dh_t that comes from this step's own output, dL/dy_t W_hyᵀ."
    ),
    "backward/carry": say("What goes to the step before: dL/da_t W_hhᵀ, a share of dL/dh_{{t-1}}."),
    "backward/slope": say("The slope of tanh, 1 − h_t²."),
    "backward/dW_xh": say("dL/dW_xh: the sum over all t of x_tᵀ dL/da_t."),
    "backward/dW_hh": say(
        "dL/dW_hh: the sum over all t of h_{{t-1}}ᵀ dL/da_t; the first term is 0."
    ),
    "backward/db_h": say("dL/db_h: dL/da_t summed over time and batch."),
    "backward/dW_hy": say("dL/dW_hy: the sum over all t of h_tᵀ dL/dy_t."),
    "backward/db_y": say("dL/db_y: dL/dy_t summed over time and batch."),
    "cell/fc": say("f_t ⊙ c_{{t-1}}: what is kept of the old cell state."),
    "cell/ig": say("i_t ⊙ g_t: what is newly stored."),
    "cell/c": say("The new cell state c_t = f_t ⊙ c_{{t-1}} + i_t ⊙ g_t."),
    "cell/tanh c": say("tanh(c_t), which the output gate lets through in part."),
    "cell/h": say("The new hidden state h_t = o_t ⊙ tanh(c_t)."),
    "cell/g": say("The candidate g_t = tanh(x_t W_c + h_{{t-1}} U_c + b_c)."),
    "cell/zf": say("The forget gate before its sigmoid, x_t W_f + h_{{t-1}} U_f + b_f."),
    "cell/zi": say("The input gate before its sigmoid, x_t W_i + h_{{t-1}} U_i + b_i."),
    "cell/zo": say("The output gate before its sigmoid, x_t W_o + h_{{t-1}} U_o + b_o."),
    "cell/zg": say("The candidate before its tanh, x_t W_c + h_{{t-1}} U_c + b_c."),
}
STARTS = {
    "forward/h_0": say(
        "h_0, the state before the first step, which the assignment sets to 0: at step 1 nothing is remembered, and dW_hh gets nothing from it."
    ),
    "backward/first carry": say(
        "What comes to the last step from the one after it. There is none, so it is 0; anything else would be a gradient of no loss."
    ),
}
PROOF = say(
    "Tried: with the value held at 0 and at 1 the program gives what the equations give with this quantity held so."
)


def drafts(own: OwnProgram, roles: FoundRoles) -> Iterator[QuestionDraft]:
    for one in roles.alone:
        topic = one.role.partition("/")[0]
        if not own.has_one_meaning(topic, one.value.unit):
            continue
        if one.role in EQUATIONS:
            make = partial(_meaning, own, one, EQUATIONS[one.role])
            yield QuestionDraft(Level.READ, topic, "meaning", one.value.lines, make, weight=2.0)
        elif one.role in STARTS and not one.value.adds:
            make = partial(_start, own, one, STARTS[one.role])
            yield QuestionDraft(Level.EXPLAIN, topic, "start", one.value.lines, make)


def _meaning(own: OwnProgram, one: LineRole, equation: Message) -> OralQuestion:
    name = one.value.text
    text = say("What is {name} here? Give its symbol and its equation.", name=code(name))
    if one.value.adds:
        text = say(
            "What is added to {name} here, and why is it added? Give the equation.", name=code(name)
        )
    return OralQuestion(
        Level.READ,
        text,
        equation,
        weak=say("Reads the code aloud: “multiplies two matrices”."),
        strong=say("Names the quantity, writes its equation, and says which line uses it next."),
        excerpt=own.excerpt(one.value.lines),
        measured=(PROOF,),
    )


def _start(own: OwnProgram, one: LineRole, meaning: Message) -> OralQuestion:
    return OralQuestion(
        Level.EXPLAIN,
        say(
            "Which quantity of the equations does {name} begin as, and why with this value?",
            name=code(one.value.text),
        ),
        meaning,
        weak=say("“It has to be initialised”, “NumPy needs an array”."),
        strong=say("Says which step uses it first, and what another value would mean there."),
        excerpt=own.excerpt(one.value.lines),
        measured=(PROOF,),
    )
