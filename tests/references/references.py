"""Reference values for the models, by programs that share no code with them.

    python3 tests/references/references.py OUT.json

Debian's packages quantlib-python, python3-numpy and python3-scipy are what it needs; a part whose package is missing is
left out and named. The same versions give the same values: every generator has a fixed seed.
"""

import importlib
import json
import platform
import sys

sys.dont_write_bytecode = True

PARTS = {
    "hand_arithmetic": [],
    "quantlib_digitals": ["QuantLib"],
    "scores_and_fits": ["numpy", "scipy"],
    "volatility_regression": ["numpy"],
    "settlement_mean": ["numpy", "scipy"],
    "price_models": ["numpy", "scipy", "QuantLib"],
    "search_statistics": ["numpy", "scipy"],
}


def missing(packages):
    """The first package that cannot be imported, and why; None where all can."""
    for package in packages:
        try:
            importlib.import_module(package)
        except ImportError as error:
            return f"{package} is missing ({error})"
    return None


def versions():
    found = {"Python": platform.python_version()}
    for name, package in [("QuantLib", "QuantLib"), ("NumPy", "numpy"), ("SciPy", "scipy")]:
        if missing([package]) is None:
            found[name] = importlib.import_module(package).__version__
    return found


def main(path):
    made = versions()
    references = []
    for part, packages in PARTS.items():
        reason = missing(packages)
        if reason is not None:
            print(f"Skipped {part}: {reason}", file=sys.stderr)
            continue
        for reference in importlib.import_module(part).references():
            used = [f"{name} {made[name]}" for name in reference.pop("by")]
            reference["origin"] = f"{', '.join(used)}: {reference['origin']}"
            references.append(reference)
    document = {"command": "python3 tests/references/references.py", "versions": made, "references": references}
    with open(path, "w", encoding="utf-8") as file:
        json.dump(document, file, indent=2, allow_nan=False)
        file.write("\n")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Usage: python3 tests/references/references.py OUT.json")
    main(sys.argv[1])
