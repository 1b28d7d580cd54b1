"""Figures over several visits, and how they are written."""

import math
from fractions import Fraction
from functools import cache
from statistics import NormalDist
from types import SimpleNamespace as Record


def half_up(exact, scale):
    return math.floor(exact * scale + Fraction(1, 2))


def shown(share, bands=()):
    """Per cent with one decimal, half up, but never up to 100 or into a band that the share does not reach."""
    tenths = half_up(share, 1000)
    limits = [Fraction(1)] + [Fraction(b["from"], 10_000) for b in bands]
    if any(share < limit <= Fraction(tenths, 1000) for limit in limits):
        tenths -= 1
    return f"{'-' if tenths < 0 else ''}{abs(tenths) // 10}.{abs(tenths) % 10}"


def figure(share, bands=()):
    if share is None:
        return None
    return {"fraction": f"{share.numerator}/{share.denominator}", "basis_points": half_up(share, 10_000), "shown": shown(share, bands)}


def present(**fields):
    """An object without the fields that are absent."""
    return {name: value for name, value in fields.items() if value is not None}


def mean_of(scores):
    return sum(scores, Fraction(0)) / len(scores)


def deviations(scores):
    mean = mean_of(scores)
    return sum((x - mean) ** 2 for x in scores)


def deviation(squares, df):
    return Record(s=math.sqrt(squares / df), df=df) if df else None


def own_spread(scores):
    return deviation(deviations(scores), len(scores) - 1) if scores else None


def pooled_spread(groups):
    groups = [g for g in groups if len(g) >= 2]
    return deviation(sum(deviations(g) for g in groups), sum(len(g) - 1 for g in groups))


def student(t, df):
    """P(|T| <= t) for a whole number of degrees of freedom: the finite sums of sines and cosines."""
    angle = math.atan(t / math.sqrt(df))
    sine, cosine = math.sin(angle), math.cos(angle)
    first, term, added = df % 2, (cosine if df % 2 else 1.0), 0.0
    for k in range(first + 2, df + 2, 2):
        added += term
        term *= cosine * cosine * (k - 1) / k
    if df % 2 == 0:
        return sine * added
    return 2 / math.pi * (angle + (sine * added if df > 1 else 0))


@cache
def t_quantile(df):
    """The t that leaves 2.5 % on either side."""
    low, high = 0.0, 20.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if student(middle, df) < 0.95 else (low, middle)
    return (low + high) / 2


def margin(spread, n):
    return t_quantile(spread.df) * spread.s / math.sqrt(n)


def interval(mean, half):
    """Cut at 0 and at 1; a mean above 1 stays inside."""
    return max(float(mean) - half, 0.0), max(min(float(mean) + half, 1.0), float(mean))


def wilson(k, n):
    z = NormalDist().inv_cdf(0.975)
    p = k / n
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return max(centre - half, 0.0), min(centre + half, 1.0)


def estimate(scores, ours):
    """Mean and interval: with fewer than 12 visits by the spread of our branches, where they have one."""
    pooled = len(scores) < 12 and ours is not None
    spread = ours if pooled else own_spread(scores)
    mean, half = mean_of(scores), margin(spread, len(scores))
    low, high = interval(mean, half)
    return Record(mean=mean, low=low, high=high, margin=half, spread=spread, method="pooled" if pooled else "own")
