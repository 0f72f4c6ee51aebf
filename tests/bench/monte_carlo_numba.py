"""The jobs of monte_carlo_jobs.ts as people write them for Numba: one path after the other, one second after the other.

Reads names of jobs, one a line, and answers each with its milliseconds and its probability.
"""

import sys
import time
from math import exp, sqrt

import numba
import numpy as np

PATHS, SECONDS, AVERAGED, SIGMA, THRESHOLD = 10_000, 900, 60, 2e-4, 0.002
INTENSITY, DEVIATION, DEGREES = 0.01, 0.001, 4.0


@numba.njit
def gbm():
    hits = 0
    for _ in range(PATHS):
        price, total = 1.0, 0.0
        for second in range(SECONDS):
            price *= exp(-0.5 * SIGMA * SIGMA + SIGMA * np.random.standard_normal())
            if second >= SECONDS - AVERAGED:
                total += price
        hits += total / AVERAGED > 1 + THRESHOLD
    return hits / PATHS


@numba.njit
def gbm_log():
    hits = 0
    for _ in range(PATHS):
        walk, total = 0.0, 0.0
        for _second in range(SECONDS - AVERAGED):
            walk += np.random.standard_normal()
        for second in range(SECONDS - AVERAGED, SECONDS):
            walk += np.random.standard_normal()
            total += exp(SIGMA * walk - 0.5 * SIGMA * SIGMA * (second + 1))
        hits += total / AVERAGED > 1 + THRESHOLD
    return hits / PATHS


@numba.njit
def jump():
    diffusion = sqrt(SIGMA * SIGMA - INTENSITY * DEVIATION * DEVIATION)
    drift = -0.5 * diffusion * diffusion - INTENSITY * (exp(0.5 * DEVIATION * DEVIATION) - 1)
    hits = 0
    for _ in range(PATHS):
        price, total = 1.0, 0.0
        for second in range(SECONDS):
            step = drift + diffusion * np.random.standard_normal()
            jumps = np.random.poisson(INTENSITY)
            if jumps > 0:
                step += DEVIATION * sqrt(jumps) * np.random.standard_normal()
            price *= exp(step)
            if second >= SECONDS - AVERAGED:
                total += price
        hits += total / AVERAGED > 1 + THRESHOLD
    return hits / PATHS


@numba.njit
def student():
    scale = SIGMA * sqrt((DEGREES - 2) / DEGREES)
    hits = 0
    for _ in range(PATHS):
        price, total = 1.0, 0.0
        for second in range(SECONDS):
            price *= exp(-0.5 * SIGMA * SIGMA + scale * np.random.standard_t(DEGREES))
            if second >= SECONDS - AVERAGED:
                total += price
        hits += total / AVERAGED > 1 + THRESHOLD
    return hits / PATHS


JOBS = {job.__name__: job for job in (gbm, gbm_log, jump, student)}
for line in sys.stdin:
    begun = time.perf_counter()
    probability = JOBS[line.strip()]()
    print(f"{(time.perf_counter() - begun) * 1e3:.6f} {probability:.6f}", flush=True)
