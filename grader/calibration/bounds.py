"""How sure a count of failures makes us of a rate."""

from __future__ import annotations

import math

CONFIDENCE = 0.95


def upper_bound(failures: int, trials: int, confidence: float = CONFIDENCE) -> float:
    """Largest failure rate that the count does not rule out: Clopper and Pearson (1934), one-sided.

    Without a failure it is 1 - (1 - confidence)^(1/trials), about 3/trials at 95 %.
    """
    if not 0 <= failures <= trials or trials < 1:
        raise ValueError(f"{failures} failures in {trials} trials")
    if failures == trials:
        return 1.0
    low, high = failures / trials, 1.0
    for _ in range(60):  # halving to beyond float precision
        rate = (low + high) / 2
        if _at_most(failures, trials, rate) > 1.0 - confidence:
            low = rate
        else:
            high = rate
    return high


def _at_most(failures: int, trials: int, rate: float) -> float:
    """P(X <= failures) for X ~ Binomial(trials, rate), 0 < rate < 1."""
    return math.fsum(math.exp(_log_probability(k, trials, rate)) for k in range(failures + 1))


def _log_probability(k: int, trials: int, rate: float) -> float:
    ways = math.lgamma(trials + 1) - math.lgamma(k + 1) - math.lgamma(trials - k + 1)
    return ways + k * math.log(rate) + (trials - k) * math.log1p(-rate)
