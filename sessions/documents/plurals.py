"""How a number is told together with a word: one fault, two faults."""


def count(number: int, one: str, many: str) -> str:
    """`1 copy`, `2 copies`; what else depends on the number stands in both words."""
    return f"{number} {one if number == 1 else many}"
