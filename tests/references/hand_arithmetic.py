"""What needs no package: exact fractions, and decimals of sixty digits."""

from decimal import Decimal, getcontext
from fractions import Fraction
from math import floor

from reference import reference

getcontext().prec = 60
GOLDEN = (Decimal(5).sqrt() - 1) / 2


def best_fraction(probability, price, fee, settlement_fee):
    """Where expected log wealth is largest, by golden section: its flat top costs half of the sixty digits."""
    p, cost, payout = Decimal(probability), Decimal(price) + Decimal(fee), 1 - Decimal(settlement_fee)
    odds = (payout - cost) / cost

    def growth(fraction):
        return p * (1 + fraction * odds).ln() + (1 - p) * (1 - fraction).ln()

    edge = Decimal("1e-9")
    low, high = max(Decimal(-1), -1 / odds) + edge, 1 - edge
    for _ in range(140):
        left, right = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
        if growth(left) < growth(right):
            low = left
        else:
            high = right
    return (low + high) / 2


def kelly():
    for probability, price, fee, settlement_fee in [
        ("0.6", "0.5", "0.0175", "0"), ("0.6", "0.5", "0", "0.02"), ("0.97", "0.93", "0.0046", "0"),
        ("0.05", "0.02", "0.0014", "0"), ("0.55", "0.5", "0.0175", "0.001"), ("0.3", "0.25", "0.0132", "0"),
        ("0.5", "0.52", "0.0175", "0"), ("0.9", "0.4", "0.0168", "0"),
    ]:
        given = {
            "probability": float(probability), "price": float(price), "fee": float(fee),
            "settlementFee": float(settlement_fee),
        }
        value = best_fraction(probability, price, fee, settlement_fee)
        name = f"{probability} at {price}, fees {fee} and {settlement_fee}"
        origin = "golden-section maximum of expected log wealth, Decimal with 60 digits"
        yield reference("kelly", name, given, {"fraction": value}, origin, ["Python"])


def spread(bounds, change):
    """Bounds in basis points and their probabilities after a change in steps of 25, split between two whole moves."""
    low = floor(change)
    share = change - low
    after = {}
    for points, probability in bounds.items():
        for steps, part in ((low, 1 - share), (low + 1, share)):
            if part > 0:
                after[points + 25 * steps] = after.get(points + 25 * steps, 0) + probability * part
    return after


def fed_funds():
    """Seven meetings from December 2026 on, the effective rate 3.63 %, the range up to 3.75 %."""
    prices = {
        "2026-12": "96.41", "2027-01": "96.435", "2027-02": "96.52", "2027-03": "96.55", "2027-04": "96.605",
        "2027-05": "96.70", "2027-06": "96.685", "2027-07": "96.64", "2027-08": "96.59", "2027-09": "96.575",
        "2027-10": "96.56",
    }
    mean = {month: 100 - Fraction(price) for month, price in prices.items()}
    now = Fraction("3.63")
    # December: nine days before, 22 after. January's meeting leaves four days: February has none and is the rate after.
    december = (31 * mean["2026-12"] - 9 * now) / 22
    january = mean["2027-02"]
    # March: 17 days before, 14 after. April's is followed by May, which has none.
    march = (31 * mean["2027-03"] - 17 * january) / 14
    april = mean["2027-05"]
    # June: nine days before, 21 after. July's is followed by August, which has none. September: 15 days each.
    june = (30 * mean["2027-06"] - 9 * april) / 21
    july = mean["2027-08"]
    september = (30 * mean["2027-09"] - 15 * july) / 15
    values = {}
    bounds = {375: Fraction(1)}
    before = now
    months = ["2026-12", "2027-01", "2027-03", "2027-04", "2027-06", "2027-07", "2027-09"]
    for month, after in zip(months, [december, january, march, april, june, july, september]):
        bounds = spread(bounds, (after - before) / Fraction("0.25"))
        values[f"{month} rate"] = after
        for points, probability in sorted(bounds.items()):
            values[f"{month} {points}"] = probability
        before = after
    given = {
        "effective": {"day": "2026-11-19", "rate": 3.63},
        "target": {"lower": 3.5, "upper": 3.75},
        "futures": [{"month": month, "price": float(price)} for month, price in prices.items() if month <= "2027-09"],
        "now": "2026-11-20T15:00:00Z",
    }
    yield reference("fed_funds", "seven meetings", given, values, "the chain written out in fractions", ["Python"])


def references():
    yield from kelly()
    yield from fed_funds()
