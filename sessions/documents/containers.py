"""The blocks written between ::: lines: their arguments, and what they may hold."""

import re
from difflib import get_close_matches

from pydantic import ValidationError

from sessions.documents import blocks as b
from sessions.documents.document import URGENCIES
from sessions.documents.faults import FaultSink
from sessions.documents.front_matter import CONDITION_KEYS, Condition

NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*$")
ODDS = re.compile(r"(unknown|\d{1,3},\d{3}|\d{1,6}) in (\d{1,3},\d{3}|\d{1,6})$")
DENOMINATORS = (100, 1000)


def build_container(
    name: str, arguments: str, line: int, inner: b.Blocks, fault: FaultSink
) -> b.Blocks:
    """The block `::: name arguments` around `inner`, or () with a fault reported."""
    build = _BUILDERS.get(name)
    if build is None:
        near = get_close_matches(name, _BUILDERS, n=1)
        hint = f" Did you mean `{near[0]}`?" if near else ""
        known = ", ".join(_BUILDERS)
        fault(line, f"There is no block `{name}`.{hint} The blocks are: {known}.")
        return ()
    if not inner and name != "claim":
        fault(line, f"The block `{name}` is empty. Write its text before the last :::.")
        return ()
    block = build(name, arguments, line, inner, fault)
    return (block,) if block else ()


def _no_arguments(name: str, arguments: str, line: int, fault: FaultSink) -> None:
    if arguments:
        fault(line, f'`{name}` takes no arguments. Remove "{arguments}".')


def _allow(
    name: str,
    line: int,
    inner: b.Blocks,
    fault: FaultSink,
    kinds: tuple[type[b.Block], ...],
    allowed: str,
) -> None:
    if not all(isinstance(block, kinds) for block in inner):
        fault(line, f"`{name}` may hold only {allowed}.")


def _care_card(
    name: str, arguments: str, line: int, inner: b.Blocks, fault: FaultSink
) -> b.Block:
    _no_arguments(name, arguments, line, fault)
    kinds = (b.Paragraph, b.BulletList, b.SignList)
    _allow(name, line, inner, fault, kinds, "text and - lists")
    return b.CareCard(line=line, urgency=name, blocks=inner)


def _advice(
    name: str, arguments: str, line: int, inner: b.Blocks, fault: FaultSink
) -> b.Block:
    _no_arguments(name, arguments, line, fault)
    if len(inner) != 1 or not isinstance(inner[0], b.BulletList):
        fault(
            line, f"`{name}` must hold one - list. Put each piece of advice on a line."
        )
    return (b.Do if name == "do" else b.Dont)(line=line, blocks=inner)


def _warning(
    name: str, arguments: str, line: int, inner: b.Blocks, fault: FaultSink
) -> b.Block:
    _no_arguments(name, arguments, line, fault)
    _allow(name, line, inner, fault, (b.Paragraph, b.BulletList), "text and - lists")
    return b.Warning(line=line, blocks=inner)


def _steps(
    name: str, arguments: str, line: int, inner: b.Blocks, fault: FaultSink
) -> b.Block:
    _no_arguments(name, arguments, line, fault)
    if len(inner) != 1 or not isinstance(inner[0], b.OrderedList):
        fault(line, "`steps` must hold one numbered list (1. 2. 3.).")
    return b.Steps(line=line, blocks=inner)


def _more(
    name: str, arguments: str, line: int, inner: b.Blocks, fault: FaultSink
) -> b.Block:
    if not arguments:
        fault(line, "`more` needs a summary after its name: `more Why we ask`.")
    return b.More(line=line, summary=arguments, blocks=inner)


def _only(
    name: str, arguments: str, line: int, inner: b.Blocks, fault: FaultSink
) -> b.Block | None:
    remedy = "Write it like `only cells=fat` or `only cells=fat,bone-marrow area=hand`."
    if not arguments:
        fault(line, f"`only` needs a condition after its name. {remedy}")
        return None
    condition = read_condition(arguments, line, fault, remedy)
    if condition is None:
        return None
    return b.Only(line=line, condition=condition, blocks=inner)


def read_condition(
    arguments: str, line: int, fault: FaultSink, remedy: str
) -> Condition | None:
    """The condition in `cells=fat area=hand`; None with a fault reported."""
    wanted: dict[str, tuple[str, ...]] = {}
    for argument in arguments.split():
        key, equals, values = argument.partition("=")
        names = tuple(values.split(","))
        if (
            key not in CONDITION_KEYS
            or key in wanted
            or not all(map(NAME.match, names))
        ):
            fault(line, f'"{argument}" is not understood. {remedy}')
            return None
        wanted[key] = names
    try:
        return Condition(**wanted)
    except ValidationError:
        fault(line, f'"{arguments}" is not understood. {remedy}')
        return None


def _claim(
    name: str, arguments: str, line: int, inner: b.Blocks, fault: FaultSink
) -> b.Block | None:
    if inner:
        fault(line, "`claim` must hold no text: its text is in the register.")
    if not NAME.match(arguments):
        fault(line, "`claim` needs the name of one claim: `claim knee-pain-at-a-year`.")
        return None
    return b.ClaimReference(line=line, name=arguments)


def _tasks(
    name: str, arguments: str, line: int, inner: b.Blocks, fault: FaultSink
) -> b.Block | None:
    _no_arguments(name, arguments, line, fault)
    (block,) = inner if len(inner) == 1 else (None,)
    if not isinstance(block, b.BulletList):
        message = (
            "`tasks` must hold one - list, with the id of a line of the checklist on "
            "each of its lines: - ride-home"
        )
        fault(line, message)
        return None
    found = [_reference(item, block.line, fault) for item in block.items]
    return b.TaskReferences(line=line, references=tuple(filter(None, found)))


def _reference(item: b.Blocks, line: int, fault: FaultSink) -> b.TaskReference | None:
    """The line of the checklist that an item of `tasks` names."""
    line = item[0].line if item else line
    words = item[0].inlines if item and isinstance(item[0], b.Paragraph) else ()
    word = words[0] if len(words) == 1 else None
    if len(item) == 1 and isinstance(word, b.Text) and NAME.match(word.text):
        return b.TaskReference(line=line, id=word.text)
    given = b.plain_text(words) or "Nothing"
    message = (
        f'"{given}" is not an id. Write the id of a line of the checklist alone, such '
        "as - ride-home; the words of the line stand in the checklist."
    )
    fault(line, message)
    return None


def _odds(
    name: str, arguments: str, line: int, inner: b.Blocks, fault: FaultSink
) -> b.Block | None:
    match = ODDS.match(arguments)
    words = inner[0]
    if match is None:
        fault(
            line,
            "`odds` needs its numbers: `odds 25 in 100`, then the same in words. "
            "Where the number is not known: `odds unknown in 100`.",
        )
        return None
    if len(inner) != 1 or not isinstance(words, b.Paragraph):
        fault(line, "`odds` must hold one paragraph, with the numbers in words.")
        return None
    given, out_of = match[1].replace(",", ""), int(match[2].replace(",", ""))
    count = None if given == "unknown" else int(given)
    scale = next((n for n in DENOMINATORS if out_of and n % out_of == 0), None)
    if scale is None or (count or 0) > out_of:
        fault(line, "`odds` are drawn out of 100 or 1,000 people. Write them that way.")
        return None
    if count is not None:
        count *= scale // out_of
    return b.Odds(line=line, count=count, out_of=scale, inlines=words.inlines)


def _picture(
    name: str, arguments: str, line: int, inner: b.Blocks, fault: FaultSink
) -> b.Block | None:
    if not NAME.match(arguments):
        fault(line, "`picture` needs the name of one drawing: `picture hip-bone`.")
        return None
    texts = [block.inlines for block in inner if isinstance(block, b.Paragraph)]
    if len(texts) != 2 or len(inner) != 2:
        message = (
            "`picture` must hold two paragraphs: the caption, then a description of "
            "the drawing for people who cannot see it."
        )
        fault(line, message)
        return None
    return b.Picture(line=line, name=arguments, caption=texts[0], alternative=texts[1])


_BUILDERS = {
    **dict.fromkeys(URGENCIES, _care_card),
    "do": _advice,
    "dont": _advice,
    "warning": _warning,
    "steps": _steps,
    "more": _more,
    "only": _only,
    "claim": _claim,
    "odds": _odds,
    "tasks": _tasks,
    "picture": _picture,
}
