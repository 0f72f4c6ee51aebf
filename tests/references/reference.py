"""What a reference is: the question, the answers with their errors, and where they come from."""


def reference(model, name, given, values, origin, by, errors=None):
    """One reference.

    values: numbers by name. errors: of each value its standard error where it was simulated; none where it is exact to
    rounding. by: the packages that made it.
    """
    return {
        "model": model,
        "name": name,
        "origin": origin,
        "by": by,
        "given": given,
        "values": {key: float(value) for key, value in values.items()},
        "errors": {key: float((errors or {}).get(key, 0)) for key in values},
    }
