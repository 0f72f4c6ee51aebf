"""The mean of the settlement minute under geometric Brownian motion without drift, by conditional simulation.

The path's normals are split into one direction, that in which the mean of the path varies most, and the rest. Given the
rest, the mean rises with the one, so where it crosses the boundary is found by Newton's method and the probability is
normal, without further simulation. What remains to vary is of second order; its own main part, how far the rest strays
from its mean, has a known expectation and serves as control variate.
"""

from math import ceil

import numpy as np
from scipy.special import ndtr

from reference import reference

PATHS = 100_000
MINUTE = 60
SEED = 20_261_120
ORIGIN = f"conditional simulation with control variate, {PATHS} paths, PCG64 seed {SEED}"
BOTH = ["NumPy", "SciPy"]
NORMALS = np.random.Generator(np.random.PCG64(SEED)).standard_normal((PATHS, MINUTE))


def probabilities(boundary, spot, sigma, seconds, seen_sum=0.0, seen_count=0):
    """P(mean >= boundary) as a sample whose mean it is."""
    missing = MINUTE - seen_count
    count = min(missing, ceil(seconds))
    times = seconds - count + 1 + np.arange(count)
    # Of the values that neither were seen nor lie ahead nothing is known but the spot.
    needed = MINUTE * boundary - seen_sum - (missing - count) * spot
    if needed <= 0:
        return np.ones(PATHS)
    roots = np.sqrt(np.diff(times, prepend=0))
    direction = roots * np.arange(count, 0, -1)
    direction /= np.linalg.norm(direction)
    normals = NORMALS[:, :count]
    rest = np.cumsum((normals - np.outer(normals @ direction, direction)) * roots, axis=1)
    along = np.cumsum(direction * roots)
    levels = sigma * rest - sigma**2 / 2 * times
    # Prices relative to the spot, less 1: near it they keep the digits that the crossing needs.
    excess = needed / spot - count
    crossing = np.zeros(PATHS)
    for _ in range(30):
        moves = np.expm1(levels + sigma * crossing[:, None] * along)
        step = (moves.sum(axis=1) - excess) / (sigma * ((1 + moves) @ along))
        crossing -= step
        if np.max(np.abs(step)) < 1e-11:
            break
    else:
        raise ArithmeticError("The crossing was not found")
    sample = ndtr(-crossing)
    lower = np.tril(np.ones((count, count))) * roots
    spread = lower - np.outer(lower @ direction, direction)
    known = np.sum((spread - spread.mean(axis=0)) ** 2) / count
    control = rest.var(axis=1)
    if count < 2:
        return sample
    slope = np.cov(sample, control)[0, 1] / control.var()
    return sample - slope * (control - known)


def answer(sample):
    return np.mean(sample), np.std(sample) / np.sqrt(PATHS)


def deviation(sigma, seconds, seen_count):
    """Roughly the standard deviation of the mean's logarithm, where strikes are worth asking for."""
    count = min(MINUTE - seen_count, ceil(seconds))
    return sigma * np.sqrt(seconds - count + count / 3 + 0.5) * count / MINUTE


# Spot, sigma, seconds to the close, mean of the values seen and how many these are.
STATES = [
    (84_000, 2e-4, 900, None, 0),
    (84_000, 5e-4, 240.25, None, 0),
    (84_000, 1e-4, 60, None, 0),
    (84_000, 2e-4, 45, 84_011.5, 15),
    (84_000, 2e-4, 29.5, 83_995.25, 30),
    (84_000, 4e-4, 10, 84_003, 50),
    (84_000, 2e-4, 2, 84_000.5, 58),
    # Five values that never arrived.
    (84_000, 2e-4, 25, 84_004, 30),
    (2_400, 3e-4, 120, None, 0),
]
# Volatilities that no market comes near, where the closed form is known to leave the truth.
WILD_STATES = [(84_000, 0.03, 300, None, 0), (84_000, 0.03, 60, None, 0), (84_000, 0.05, 60, None, 0)]


def averages(model, states):
    for spot, sigma, seconds, seen_mean, seen_count in states:
        for distance in (-2.5, -1, 0, 0.5, 3):
            seen = 0 if seen_mean is None else seen_mean * seen_count
            centre = (seen + (MINUTE - seen_count) * spot) / MINUTE
            strike = round(centre * np.exp(distance * deviation(sigma, seconds, seen_count)), 2)
            value, error = answer(probabilities(strike, spot, sigma, seconds, seen, seen_count))
            given = {
                "spot": spot, "sigma": sigma, "secondsToClose": seconds, "seenSum": seen, "seenCount": seen_count,
                "strike": strike,
            }
            name = f"{strike} in {seconds} s, {seen_count} seen, sigma {sigma}, spot {spot}"
            yield reference(model, name, given, {"above": value}, ORIGIN, BOTH, {"above": error})


def ladder():
    """Buckets of 50 dollars with open ends; a bucket's first cent begins half a cent below it."""
    spot, sigma, seconds = 84_000, 2e-4, 300
    floors = [83_850 + 50 * k for k in range(7)]
    samples = [probabilities(floor - 0.005, spot, sigma, seconds) for floor in floors]
    parts = [1 - samples[0]] + [low - high for low, high in zip(samples, samples[1:])] + [samples[-1]]
    names = [f"below {floors[0]}"] + [f"from {floor}" for floor in floors]
    answers = {name: answer(part) for name, part in zip(names, parts)}
    given = {"spot": spot, "sigma": sigma, "secondsToClose": seconds, "floors": floors, "width": 50}
    values, errors = ({name: each[k] for name, each in answers.items()} for k in (0, 1))
    yield reference("ladder", "eight buckets", given, values, ORIGIN, BOTH, errors)


def slope(at, x, step):
    """The first derivative by five points."""
    return (at(x - 2 * step) - 8 * at(x - step) + 8 * at(x + step) - at(x + 2 * step)) / (12 * step)


def bend(at, x, step):
    """The second derivative by five points."""
    outer, inner = at(x - 2 * step) + at(x + 2 * step), at(x - step) + at(x + step)
    return (-outer + 16 * inner - 30 * at(x)) / (12 * step**2)


def greeks():
    """Finite differences of the simulated probability, from the same normals throughout."""
    for spot, sigma, seconds, seen_mean, seen_count, distance in [
        (84_000, 2e-4, 600.5, 0, 0, 0.7), (84_000, 4e-4, 90.5, 0, 0, -1.2), (84_000, 2e-4, 30.5, 84_005, 29, 0.3),
        (84_000, 2e-4, 12.5, 83_998, 47, -0.5),
    ]:
        seen = seen_mean * seen_count
        reach = deviation(sigma, seconds, seen_count)
        strike = round((seen + (MINUTE - seen_count) * spot) / MINUTE + spot * distance * reach, 2)

        def of(spot=spot, sigma=sigma, seconds=seconds):
            return probabilities(strike - 0.005, spot, sigma, seconds, seen, seen_count)

        step = 0.05 * spot * reach * MINUTE / (MINUTE - seen_count)
        answers = {
            "probability": answer(of()),
            "delta": answer(slope(lambda x: of(spot=x), spot, step)),
            "gamma": answer(bend(lambda x: of(spot=x), spot, step)),
            "vega": answer(slope(lambda x: of(sigma=x), sigma, 0.02 * sigma)),
            "theta": answer(-slope(lambda x: of(seconds=x), seconds, 0.1)),
        }
        given = {
            "spot": spot, "sigma": sigma, "secondsToClose": seconds, "seenSum": seen, "seenCount": seen_count,
            "strike": strike,
        }
        name = f"{strike} in {seconds} s, {seen_count} seen, sigma {sigma}"
        values, errors = ({key: each[k] for key, each in answers.items()} for k in (0, 1))
        yield reference("greeks", name, given, values, f"five-point differences of a {ORIGIN}", BOTH, errors)


def references():
    yield from averages("average", STATES)
    yield from averages("wild_average", WILD_STATES)
    yield from ladder()
    yield from greeks()
