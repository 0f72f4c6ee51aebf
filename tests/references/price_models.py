"""The price models second by second, as they are defined, in plain NumPy; and what has a series or a distribution.

sigma is always the standard deviation of a second's whole log return.
"""

from math import exp, sqrt

import numpy as np
from scipy import stats

from quantlib_digitals import option
from reference import reference

PATHS = 4_000_000
CHUNK = 20_000
MINUTE = 60
SPOT = 84_000
SEED = 7_919

JUMP = {"name": "jump", "intensity": 0.02, "mean": -0.0003, "deviation": 0.001}
STUDENT = {"name": "student", "degrees": 3}
HESTON = {"name": "heston", "reversion": 0.02, "volatility": 0.15, "correlation": -0.6}
RETURNS = [-9e-4, -4e-4, -3e-4, -2e-4, -1e-4, -1e-4, 0, 0, 1e-4, 1e-4, 2e-4, 3e-4, 5e-4, 6e-4]
BOOTSTRAP = {"name": "bootstrap", "returns": RETURNS}


def gbm_walk(generator, sigma, paths, _model):
    while True:
        yield sigma * generator.standard_normal(paths) - sigma**2 / 2


def jump_walk(generator, sigma, paths, model):
    """Merton's: the drift makes the expected price the spot."""
    intensity, mean, spread = model["intensity"], model["mean"], model["deviation"]
    diffusion = sqrt(sigma**2 - intensity * (mean**2 + spread**2))
    drift = -(diffusion**2) / 2 - intensity * (exp(mean + spread**2 / 2) - 1)
    while True:
        jumps = generator.poisson(intensity, paths)
        sizes = mean * jumps + spread * np.sqrt(jumps) * generator.standard_normal(paths)
        yield drift + diffusion * generator.standard_normal(paths) + sizes


def student_walk(generator, sigma, paths, model):
    degrees = model["degrees"]
    while True:
        yield sigma * sqrt((degrees - 2) / degrees) * generator.standard_t(degrees, paths) - sigma**2 / 2


def heston_walk(generator, sigma, paths, model):
    """Steps of a second; a variance below zero counts as zero wherever it is used, and goes on from where it is."""
    reversion, volatility, correlation = model["reversion"], model["volatility"], model["correlation"]
    variance = np.ones(paths)
    while True:
        held = np.maximum(variance, 0)
        own = generator.standard_normal(paths)
        across = correlation * own + sqrt(1 - correlation**2) * generator.standard_normal(paths)
        yield sigma * np.sqrt(held) * across - sigma**2 * held / 2
        variance = variance + reversion * (1 - held) + volatility * np.sqrt(held) * own


def bootstrap_walk(generator, sigma, paths, model):
    returns = np.array(model["returns"])
    scaled = sigma * (returns - returns.mean()) / returns.std()
    drift = -np.log(np.mean(np.exp(scaled)))
    while True:
        yield generator.choice(scaled, paths) + drift


WALKS = {
    "gbm": gbm_walk, "jump": jump_walk, "student": student_walk, "heston": heston_walk, "bootstrap": bootstrap_walk,
}


def simulated(number, model, sigma, seconds, strikes, seen_mean=None, seen_count=0):
    """Shares of the paths whose mean of the settlement minute is above each strike; whole seconds."""
    generator = np.random.Generator(np.random.PCG64([SEED, number]))
    averaged = min(MINUTE - seen_count, seconds)
    hits = np.zeros(len(strikes))
    for _ in range(PATHS // CHUNK):
        walk = WALKS[model["name"]](generator, sigma, CHUNK, model)
        level, total = np.zeros(CHUNK), np.zeros(CHUNK)
        for second in range(1, seconds + 1):
            level += next(walk)
            if second > seconds - averaged:
                total += np.exp(level)
        means = (SPOT * total + (seen_mean or 0) * seen_count) / MINUTE
        hits += [np.count_nonzero(means > strike) for strike in strikes]
    shares = hits / PATHS
    given = {"spot": SPOT, "strikes": strikes, "sigma": sigma, "seconds": seconds, "model": model}
    if seen_count > 0:
        given.update(seenMean=seen_mean, seenCount=seen_count)
    values = dict(zip(map(str, strikes), shares))
    errors = dict(zip(map(str, strikes), np.sqrt(shares * (1 - shares) / PATHS)))
    name = f"{model['name']} in {seconds} s, {seen_count} seen, sigma {sigma}"
    origin = f"plain simulation, {PATHS} paths, PCG64 seed [{SEED}, {number}]"
    return reference("monte_carlo", name, given, values, origin, ["NumPy"], errors)


def simulations():
    wide, near = [83_900, 83_980, 84_050, 84_120], [83_985, 84_000, 84_006, 84_030]
    yield simulated(1, {"name": "gbm"}, 2e-4, 90, wide)
    yield simulated(2, JUMP, 2e-4, 120, wide)
    yield simulated(3, JUMP, 2e-4, 30, near, 84_010, 30)
    yield simulated(4, STUDENT, 2e-4, 120, wide)
    yield simulated(5, STUDENT, 2e-4, 20, near, 83_999.5, 40)
    yield simulated(6, HESTON, 2e-4, 120, wide)
    yield simulated(7, {**HESTON, "volatility": 0.05, "correlation": 0.7}, 2e-4, 40, near, 84_003, 20)
    yield simulated(8, BOOTSTRAP, 2e-4, 80, wide)
    # So volatile that a wrong drift shows.
    far, jumps = [76_000, 83_000, 88_000, 95_000], {"name": "jump", "intensity": 0.02, "mean": 0.02, "deviation": 0.05}
    for number, model in enumerate([{"name": "gbm"}, jumps, STUDENT, HESTON, BOOTSTRAP], 9):
        yield simulated(number, model, 0.01, 75, far)


def last_value(name, model, sigma, above, origin, by):
    """A second to go and 59 values seen at the spot: the mean exceeds K where the last price exceeds 60 K - 59 spot."""
    strikes = [SPOT - 0.7, SPOT - 0.2, SPOT, SPOT + 0.1, SPOT + 0.5, SPOT + 1.2]
    values = {f"{strike:.10g}": above(60 * strike - 59 * SPOT) for strike in strikes}
    given = {
        "spot": SPOT, "strikes": strikes, "sigma": sigma, "seconds": 1, "seenMean": SPOT, "seenCount": 59,
        "model": model,
    }
    return reference("monte_carlo", name, given, values, origin, by)


def merton(model, sigma):
    """Merton's series: a digital of Black and Scholes for each number of jumps within the second."""
    intensity, mean, spread = model["intensity"], model["mean"], model["deviation"]
    diffusion = sqrt(sigma**2 - intensity * (mean**2 + spread**2))
    drift = -intensity * (exp(mean + spread**2 / 2) - 1)

    def above(price):
        return sum(
            stats.poisson.pmf(jumps, intensity)
            * option(
                SPOT * exp(drift + jumps * (mean + spread**2 / 2)), price, sqrt(diffusion**2 + jumps * spread**2), 1
            ).NPV()
            for jumps in range(30)
        )

    return above


def last_values():
    jump = {"name": "jump", "intensity": 0.4, "mean": -0.0001, "deviation": 0.0002}
    origin = "Merton's series of cash-or-nothing options"
    yield last_value("jump, last value", jump, 2e-4, merton(jump, 2e-4), origin, ["QuantLib", "SciPy"])
    for degrees in (2.5, 6):
        scale = 2e-4 * sqrt((degrees - 2) / degrees)

        def above(price, degrees=degrees, scale=scale):
            return stats.t.sf((np.log(price / SPOT) + 2e-4**2 / 2) / scale, degrees)

        model = {"name": "student", "degrees": degrees}
        yield last_value(f"student with {degrees} degrees, last value", model, 2e-4, above, "stats.t.sf", ["SciPy"])


def references():
    yield from simulations()
    yield from last_values()
