"""The heterogeneous autoregression of minutes' realised variances, over whole arrays, for prices without a gap.

The regression is written as a Kalman filter for coefficients that stay, whose covariance then grows by 1 / forgetting in
every coefficient that is known better than at the beginning.
"""

import numpy as np

from reference import reference

SPANS = (1, 5, 15, 60)
FORGETTING = 0.9995
LEVEL = 2 * np.log(5e-5)
PRIOR = np.array([0, 0.35, 0.25, 0.2, 0.2])
PRIOR_VARIANCE = 0.1
PRIOR_MINUTES = 30
PRIOR_SMEAR = 1.15


def normals(seed, count):
    """Sums of twelve uniforms from a linear congruence, as volatility_fixture.ts makes them."""
    state, found = seed, np.empty(count)
    for k in range(count):
        total = -6.0
        for _ in range(12):
            state = (state * 1_664_525 + 1_013_904_223) % 2**32
            total += state / 2**32
        found[k] = total
    return found


def regressors(variances):
    """Of what follows a row of minutes: 1, then the logarithm of the mean of the newest 1, 5, 15 and 60 of them."""
    return np.array([1, *(np.log(np.mean(variances[-span:])) - LEVEL for span in SPANS)])


def learnt(variances):
    """Coefficients, and the mean of the exponential of the errors on the way."""
    state, covariance = PRIOR.copy(), PRIOR_VARIANCE * np.eye(len(PRIOR))
    smear, weight = PRIOR_SMEAR * PRIOR_MINUTES, PRIOR_MINUTES
    for minute in range(1, len(variances)):
        row = regressors(variances[:minute])
        error = np.log(variances[minute]) - LEVEL - row @ state
        smear = FORGETTING * smear + np.exp(np.clip(error, -3, 3))
        weight = FORGETTING * weight + 1
        # Noise counts as much as the weight of the newest observation.
        gain = covariance @ row / (row @ covariance @ row + FORGETTING)
        state = state + gain * error
        covariance = (np.eye(len(PRIOR)) - np.outer(gain, row)) @ covariance
        grow = np.where(np.diag(covariance) / FORGETTING <= PRIOR_VARIANCE, np.sqrt(1 / FORGETTING), 1)
        covariance = np.diag(grow) @ covariance @ np.diag(grow)
    return state, smear / weight


def ratio_of(by_minute, by_second):
    """Squared returns of minutes over the sums of their seconds' squares, with half an hour's belief that they agree."""
    weights = FORGETTING ** np.arange(len(by_second))[::-1]
    belief = PRIOR_MINUTES * (weights @ by_second) / np.sum(weights)
    return np.clip((weights @ by_minute + belief) / (weights @ by_second + belief), 0.25, 4)


def forecast(horizon, variances, state, smear, ratio):
    """Sigma over so many seconds ahead: minute by minute, each taken in as if it had happened."""
    known, minutes = list(variances), horizon / 60
    while len(known) < len(variances) + np.ceil(minutes):
        known.append(np.exp(regressors(known) @ state + LEVEL) * smear)
    ahead = np.array(known[len(variances):])
    shares = np.minimum(1, minutes - np.arange(len(ahead)))
    return np.sqrt(shares @ ahead / minutes * ratio)


def references():
    for seed, minutes in ((5, 20), (6, 200)):
        calm, wild, period = 8e-5, 3e-4, 420
        seconds = np.arange(1, 60 * minutes + 1)
        sigma = np.where(seconds // period % 2 == 0, calm, wild)
        returns = (sigma * normals(seed, len(seconds))).reshape(minutes, 60)
        variances = np.mean(returns**2, axis=1)
        state, smear = learnt(variances)
        ratio = ratio_of(np.sum(returns, axis=1) ** 2 / 60, variances)
        values = {"smearing": smear, "minute_ratio": ratio}
        values.update(zip(("intercept", "weight_1m", "weight_5m", "weight_15m", "weight_60m"), state))
        values.update({f"sigma {each}": forecast(each, variances, state, smear, ratio) for each in (30, 60, 290, 900)})
        given = {"seed": seed, "minutes": minutes, "calm": calm, "wild": wild, "period": period}
        yield reference("har", f"{minutes} minutes", given, values, "a Kalman filter of minutes", ["NumPy"])
