"""Scores, intervals, the likelihood of GARCH(1,1), and a smile read between its strikes."""

import numpy as np
from scipy import stats

from reference import reference

BOTH = ["NumPy", "SciPy"]


def wilson():
    for yes, trials in [(0, 5), (1, 1), (3, 10), (8, 10), (25, 25), (137, 400), (1, 1_000), (4_999, 10_000)]:
        interval = stats.binomtest(yes, trials).proportion_ci(method="wilson")
        values = {"low": interval.low, "high": interval.high}
        origin = 'stats.binomtest(yes, n).proportion_ci(method="wilson")'
        yield reference("wilson", f"{yes} of {trials}", {"yes": yes, "n": trials}, values, origin, ["SciPy"])


def scores():
    generator = np.random.Generator(np.random.PCG64(11))
    for count in (12, 150):
        forecasts = np.round(generator.random(count), 3)
        truths = np.round(np.clip(forecasts + generator.normal(0, 0.15, count), 0.02, 0.98), 3)
        outcomes = generator.random(count) < truths
        values = {
            "brier": np.mean((forecasts - outcomes) ** 2),
            "log_loss": -np.mean(stats.bernoulli.logpmf(outcomes, forecasts)),
            "sharpness": np.var(forecasts),
            "uncertainty": np.var(outcomes),
        }
        given = {"probabilities": forecasts.tolist(), "outcomes": outcomes.astype(int).tolist()}
        yield reference("scores", f"{count} forecasts", given, values, "means of NumPy, stats.bernoulli.logpmf", BOTH)


def garch():
    generator = np.random.Generator(np.random.PCG64(12))
    returns = np.round(2e-4 * generator.standard_t(5, 150), 8)
    unknown = [40, 41, 100]
    for omega, alpha, beta in [(2e-9, 0.1, 0.85), (4e-9, 0.05, 0.9), (1e-8, 0.3, 0.4)]:
        first = float(np.round(np.mean(returns**2), 12))
        variances = np.empty(len(returns))
        variances[0] = first
        for k in range(1, len(returns)):
            # A return that is not known counts as its expectation.
            square = variances[k - 1] if k - 1 in unknown else returns[k - 1] ** 2
            variances[k] = omega + alpha * square + beta * variances[k - 1]
        known = np.delete(np.arange(len(returns)), unknown)
        value = np.sum(stats.norm.logpdf(returns[known], scale=np.sqrt(variances[known])))
        given = {
            "parameters": {"omega": omega, "alpha": alpha, "beta": beta},
            "first": first,
            "returns": [None if k in unknown else value for k, value in enumerate(returns.tolist())],
        }
        name = f"omega {omega}, alpha {alpha}, beta {beta}"
        yield reference("garch", name, given, {"log_likelihood": value}, "sum of stats.norm.logpdf", BOTH)


def smiles():
    strikes = [80_000, 82_000, 83_500, 84_500, 86_000, 90_000]
    volatilities = [0.61, 0.55, 0.52, 0.51, 0.53, 0.6]
    for forward in (81_000, 83_500, 84_020.5, 85_111, 89_999):
        value = np.interp(np.log(forward), np.log(strikes), volatilities)
        given = {"strikes": strikes, "volatilities": volatilities, "forward": forward}
        origin = "numpy.interp over the logarithm of the strike"
        yield reference("smile", f"forward {forward}", given, {"volatility": value}, origin, ["NumPy"])


def references():
    yield from wilson()
    yield from scores()
    yield from garch()
    yield from smiles()
