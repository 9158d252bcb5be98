"""What a form is called in a sentence, where it is no code that reads alike in both languages."""

from __future__ import annotations

import re

from grader.language import Message, say

_PHRASES = (
    say("the forward direction"),
    say("the backward direction"),
    say("the encoder"),
    say("the decoder"),
    say("the inputs in reverse order"),
    say("the inputs one step late"),
    say("the inputs, not the states of the layer below"),
    say("the states of the layer below, one step late"),
    say("the last state of the layer below, at all steps"),
    say("the states of the layer below, in reverse order"),
    say("the last state of the other direction"),
    say("the last state of the layer below"),
    say("the forward direction's states alone"),
    say("the backward direction's states alone"),
    say("the states of both directions at different steps"),
    say("the states of several layers, not of the top one alone"),
    say("the last step of d_outputs alone, @ W_hy.T"),
    say("the first step of d_outputs alone, @ W_hy.T"),
    say("d_outputs @ the other half of W_hy, transposed"),
    say("what the forward direction hands back before its first step"),
    say("what came into the layer above, before its slope and its way through time"),
    say("the right one at the last step alone"),
    say("(1 - h**2) of other states"),
    say("(1 - h_{{t-1}}**2), at t = 1 that of the last step,"),
    say("da_1 @ W_hh_decoder.T at the first step of the encoder"),
    say("da_1 @ W_hh_decoder.T at every step of the encoder"),
    say("the mean of da @ W_hh_decoder.T over the decoder's steps"),
    say("the sum of da @ W_hh_decoder.T over the decoder's steps"),
    say("the step before, at t = 1 the last one"),
    say("the step after, at the last step its own"),
    say("the last step alone"),
)
_CALLED = {str(phrase): phrase for phrase in _PHRASES}


def called(what: str) -> Message | str:
    """A form's name as it stands in a sentence."""
    if what in _CALLED:
        return _CALLED[what]
    if found := re.fullmatch(r"layer (\d+)", what):
        return say("layer {number}", number=found[1])
    if found := re.fullmatch(r"the states of layer (\d+)", what):
        return say("the states of layer {number}", number=found[1])
    return what
