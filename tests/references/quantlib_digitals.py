"""Cash-or-nothing options of QuantLib, without rates. A day of its calendar stands for a second.

One value still to come of a settlement average makes it such an option: the mean exceeds K where that value exceeds
60 K less what was seen. QuantLib's Greeks are then the average's, exactly.
"""

from math import sqrt

import QuantLib as ql

from reference import reference

DAYS_A_YEAR = 365
TODAY = ql.Date(1, 1, 2024)
ORIGIN = "AnalyticEuropeanEngine of a CashOrNothingPayoff"


def option(spot, strike, sigma, seconds):
    """A call that pays 1; sigma per square root of a second, whole seconds."""
    ql.Settings.instance().evaluationDate = TODAY
    count = ql.Actual365Fixed()
    nothing = ql.YieldTermStructureHandle(ql.FlatForward(TODAY, 0.0, count))
    annual = ql.BlackConstantVol(TODAY, ql.NullCalendar(), sigma * sqrt(DAYS_A_YEAR), count)
    process = ql.BlackScholesMertonProcess(
        ql.QuoteHandle(ql.SimpleQuote(spot)), nothing, nothing, ql.BlackVolTermStructureHandle(annual)
    )
    made = ql.VanillaOption(ql.CashOrNothingPayoff(ql.Option.Call, strike, 1.0), ql.EuropeanExercise(TODAY + seconds))
    made.setPricingEngine(ql.AnalyticEuropeanEngine(process))
    return made


def digitals():
    spot = 84_000
    for sigma in (5e-5, 2e-4, 1e-3):
        for seconds in (1, 60, 900, 43_200):
            for strike in (83_000, 83_950, 84_000, 84_010, 84_300, 90_000):
                given = {"spot": spot, "strike": strike, "sigma": sigma, "seconds": seconds}
                value = option(spot, strike, sigma, seconds).NPV()
                name = f"{strike} in {seconds} s at sigma {sigma}"
                yield reference("digital", name, given, {"above": value}, ORIGIN, ["QuantLib"])


def random_walks():
    cumulative = ql.CumulativeNormalDistribution()
    for strike, deviation, minutes in [
        (84_504, 0.003, 15), (84_504, 0.003, 60), (83_700, 0.004, 5), (84_000, 0.002, 1), (86_000, 0.003, 7.5),
    ]:
        spot = 84_000
        value = cumulative((strike - spot) / spot / (deviation * sqrt(minutes / 15)))
        given = {"spot": spot, "strike": strike, "deviation": deviation, "minutes": minutes}
        name = f"{strike} in {minutes} min at {deviation}"
        yield reference("random_walk", name, given, {"no": value}, "CumulativeNormalDistribution", ["QuantLib"])


def last_value_greeks():
    for seconds, sigma, seen_mean, distance in [
        (1, 2e-4, 84_000, 0), (1, 2e-4, 84_000, 1), (30, 2e-4, 84_000, -0.7), (30, 1e-4, 84_001, 0.5),
        (300, 2e-4, 83_990, 1.8), (900, 5e-4, 84_020, -2),
    ]:
        spot = 84_000
        # So many standard deviations from the spot, and a strike in cents: what rounds to it begins half a cent below.
        needed = spot * (1 + distance * sigma * sqrt(seconds))
        strike = round((needed + 59 * seen_mean) / 60, 2)
        boundary = strike - 0.005
        digital = option(spot, 60 * boundary - 59 * seen_mean, sigma, seconds)
        values = {
            "probability": digital.NPV(),
            "delta": digital.delta(),
            "gamma": digital.gamma(),
            # Per unit of the annual volatility and per year, of 365 days that stand for seconds.
            "vega": digital.vega() * sqrt(DAYS_A_YEAR),
            "theta": digital.theta() / DAYS_A_YEAR,
        }
        given = {
            "spot": spot, "sigma": sigma, "secondsToClose": seconds, "seenSum": 59 * seen_mean, "seenCount": 59,
            "strike": strike,
        }
        name = f"last value in {seconds} s, {distance} deviations from the strike, sigma {sigma}"
        yield reference("last_value_greeks", name, given, values, f"{ORIGIN} and its Greeks", ["QuantLib"])


def references():
    yield from digitals()
    yield from random_walks()
    yield from last_value_greeks()
