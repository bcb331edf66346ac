"""Makes golden.json: what scipy says of samples, for statistics.test.ts. Needs python3-scipy; the tests do not."""

import json
import pathlib
import random

import scipy
from scipy import stats

random.seed(20261122)


def sample(count, ties):
    return [random.randint(0, 9) if ties else random.lognormvariate(0, 0.5) for _ in range(count)]


def rank_case(first, second, ties):
    a, b = sample(first, ties), [value * 1.2 for value in sample(second, ties)]
    if ties:
        b = [round(value) for value in b]
    exact = not ties and min(first, second) <= 8 and first * second <= 400
    found = stats.mannwhitneyu(a, b, alternative="two-sided", method="exact" if exact else "asymptotic")
    return {"first": a, "second": b, "u": found.statistic, "p": found.pvalue, "method": "exact" if exact else "normal"}


def trend_case(count, ties, slope):
    xs = list(range(count)) if ties else sorted(random.uniform(0, 30) for _ in range(count))
    ys = [round(slope * x + random.gauss(0, 2)) if ties else slope * x + random.gauss(0, 2) for x in xs]
    line = stats.theilslopes(ys, xs, 0.95, method="separate")
    tau = stats.kendalltau(xs, ys, method="asymptotic")
    return {
        "xs": xs,
        "ys": ys,
        "slope": line.slope,
        "intercept": line.intercept,
        "low": line.low_slope,
        "high": line.high_slope,
        # Without the continuity correction, and for values that are independent.
        "tau_p": tau.pvalue,
    }


golden = {
    "made_by": f"scipy {scipy.__version__}",
    "ranks": [
        rank_case(first, second, ties)
        for first, second, ties in [(8, 42, False), (3, 4, False), (42, 8, False), (8, 8, False), (20, 30, False),
                                    (9, 9, False), (8, 51, False), (8, 42, True), (5, 5, True), (60, 40, True)]
    ],
    "trends": [
        trend_case(count, ties, slope)
        for count, ties, slope in [(15, False, 0.0), (30, False, 0.1), (30, True, 0.05), (50, True, 0.0), (60, False, -0.2)]
    ],
    "normal": [{"z": z, "p": 2 * stats.norm.sf(z)} for z in [0, 0.1, 1, 1.959963984540054, 3.29, 5, 8, 12]],
}
pathlib.Path(__file__).with_name("golden.json").write_text(json.dumps(golden) + "\n")
