"""What a parameter search rests on: a deflated Sharpe ratio, cross-validation of all halves, a Gaussian process."""

from itertools import combinations

import numpy as np
from scipy import linalg, stats

from reference import reference

BOTH = ["NumPy", "SciPy"]


def moments():
    generator = np.random.Generator(np.random.PCG64(21))
    for name, values in [
        ("normal", generator.normal(0.1, 1, 60)),
        ("skewed", generator.exponential(2, 45) - 1.5),
        ("fat tails", generator.standard_t(3, 200)),
    ]:
        values = np.round(values, 6)
        found = {
            "mean": np.mean(values),
            "deviation": np.std(values, ddof=1),
            "skewness": stats.skew(values),
            "kurtosis": stats.kurtosis(values, fisher=False),
        }
        yield reference("moments", name, {"values": values.tolist()}, found, "numpy.std, stats.skew, stats.kurtosis", BOTH)


def deflated_sharpe():
    generator = np.random.Generator(np.random.PCG64(22))
    for trials, periods, edge in [(2, 30, 0.1), (40, 96, 0.0), (40, 96, 0.4), (1_000, 250, 0.15)]:
        returns = np.round(generator.standard_t(5, periods) + edge, 6)
        sharpes = np.round(np.append(generator.normal(0, 0.12, min(trials, 50) - 1), np.mean(returns) / np.std(returns, ddof=1)), 6)
        sharpe = np.mean(returns) / np.std(returns, ddof=1)
        expected = np.std(sharpes, ddof=1) * (
            (1 - np.euler_gamma) * stats.norm.ppf(1 - 1 / trials) + np.euler_gamma * stats.norm.ppf(1 - 1 / (trials * np.e))
        )
        spread = 1 - stats.skew(returns) * sharpe + (stats.kurtosis(returns, fisher=False) - 1) / 4 * sharpe**2
        values = {
            "sharpe": sharpe,
            "expectedByChance": expected,
            "probability": stats.norm.cdf((sharpe - expected) * np.sqrt(periods - 1) / np.sqrt(spread)),
        }
        given = {"returns": returns.tolist(), "sharpes": sharpes.tolist(), "trials": trials}
        origin = "the formulas of Bailey and Lopez de Prado (2014) by stats.norm"
        yield reference("deflated_sharpe", f"{trials} trials of {periods} periods, edge {edge}", given, values, origin, BOTH)


def overfitting():
    generator = np.random.Generator(np.random.PCG64(23))
    for trials, periods, blocks, edge in [(6, 17, 8, 0.0), (10, 64, 16, 0.0), (10, 64, 16, 1.0), (2, 8, 4, 0.0)]:
        matrix = generator.normal(0, 1, (trials, periods))
        matrix[0] += edge
        matrix = np.round(matrix, 6)
        pieces = np.array_split(np.arange(periods), blocks)
        for performance in ("sum", "sharpe"):
            logits = []
            for half in combinations(range(blocks), blocks // 2):
                inside = np.concatenate([pieces[k] for k in half])
                outside = np.concatenate([pieces[k] for k in range(blocks) if k not in half])

                def judged(columns):
                    chosen = matrix[:, columns]
                    return chosen.sum(axis=1) if performance == "sum" else chosen.mean(axis=1) / chosen.std(axis=1)

                best = np.argmax(judged(inside))
                rank = stats.rankdata(judged(outside))[best] / (trials + 1)
                logits.append(np.log(rank / (1 - rank)))
            values = {
                "blocks": blocks,
                "splits": len(logits),
                "probability": np.mean(np.array(logits) <= 1e-12),
                "meanLogit": np.mean(logits),
            }
            name = f"{trials} trials of {periods} periods, edge {edge}, {performance}"
            given = {"trials": matrix.tolist(), "performance": performance}
            origin = "every half by itertools.combinations, ranks by stats.rankdata"
            yield reference("overfitting", name, given, values, origin, BOTH)


def matern(a, b, lengths):
    distance = np.sqrt((((a[:, None, :] - b[None, :, :]) / lengths) ** 2).sum(axis=2))
    return (1 + np.sqrt(5) * distance + 5 / 3 * distance**2) * np.exp(-np.sqrt(5) * distance)


def gaussian_process():
    generator = np.random.Generator(np.random.PCG64(24))
    for size, lengths, noise in [(3, [0.5], 0.01), (12, [0.3, 2.0], 1e-4), (30, [0.6, 0.6, 5.0], 0.2)]:
        points = np.round(generator.random((size, len(lengths))), 4)
        values = np.round(np.sin(5 * points[:, 0]) + 0.1 * generator.normal(size=size), 6)
        query = np.round(generator.random((1, len(lengths))), 4)
        correlation = matern(points, points, np.array(lengths)) + (noise + 1e-10) * np.eye(size)
        weights = linalg.solve(correlation, values, assume_a="pos")
        variance = values @ weights / size
        near = matern(points, query, np.array(lengths))[:, 0]
        found = {
            "mean": near @ weights,
            "deviation": np.sqrt(variance * (1 - near @ linalg.solve(correlation, near, assume_a="pos"))),
            "logLikelihood": stats.multivariate_normal.logpdf(values, np.zeros(size), variance * correlation),
        }
        given = {
            "points": points.tolist(),
            "values": values.tolist(),
            "lengths": lengths,
            "noise": noise,
            "query": query[0].tolist(),
        }
        origin = "linalg.solve, stats.multivariate_normal.logpdf"
        yield reference("gaussian_process", f"{size} points, noise {noise}", given, found, origin, BOTH)


def references():
    yield from moments()
    yield from deflated_sharpe()
    yield from overfitting()
    yield from gaussian_process()
