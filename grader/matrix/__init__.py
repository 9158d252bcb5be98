"""The kill matrix: every known misconception and every correct variant, graded, case by case.

It measures the two promises: each misconception loses the cases that `misconceptions.toml` names
and no other, and no correct variant loses anything. All sources here are our own, so they run in
this process, without a sandbox and without a clock.
"""
