"""A number with a word in singular or plural: 1 fault, 2 faults."""


def count(number: int, one: str, many: str) -> str:
    """`1 copy`, `2 copies`. A verb goes into both: `1 page is`, `2 pages are`."""
    return f"{number} {one if number == 1 else many}"
