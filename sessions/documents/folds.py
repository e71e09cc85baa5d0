"""The folds of a stage on the screen: each question with its answer, by its heading."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import count, takewhile

from sessions.documents import blocks as b
from sessions.documents.document import Document
from sessions.documents.parser import slugify
from sessions.documents.stage_shapes import QUESTIONS, has_new_shape


def question_anchors(document: Document) -> dict[str, int]:
    """The line of each question's heading by its anchor, in the order of the page.

    Two with the same words, or with those of a section, are told apart by a number.
    """
    section = document.section(QUESTIONS)
    if section is None or not has_new_shape(document):
        return {}
    taken = {section.slug for section in document.sections}
    found: dict[str, int] = {}
    for block in b.walk(section.blocks):
        if isinstance(block, b.Heading) and block.level == 3:
            slug = slugify(b.plain_text(block.inlines))
            names = (f"{slug}-{n}" if n > 1 else slug for n in count(1))
            found[next(n for n in names if n not in taken | found.keys())] = block.line
    return found


def folded(document: Document, anchors: Mapping[str, int]) -> Document:
    """The document with a fold for each question that it has.

    `anchors` are those of the whole text, so that they are the same for every reader.
    """
    ids = {line: anchor for anchor, line in anchors.items()}
    sections = (
        replace(s, blocks=_folded(s.blocks, ids)) if s.slug == QUESTIONS else s
        for s in document.sections
    )
    return replace(document, sections=tuple(sections)) if ids else document


def _folded(blocks: b.Blocks, ids: Mapping[int, str]) -> b.Blocks:
    """The blocks; each heading of a question takes those up to the next one.

    An `only` block with questions is a place for folds of its own. What it says before
    its first one still belongs to the question above it.
    """
    found: list[b.Block] = []
    for block in blocks:
        if isinstance(block, b.Only) and any(
            _is_question(x, ids) for x in block.blocks
        ):
            answer = tuple(takewhile(lambda x: not _is_question(x, ids), block.blocks))
            if answer:
                _add(found, replace(block, blocks=answer))
            rest = _folded(block.blocks[len(answer) :], ids)
            found.append(replace(block, blocks=rest))
        elif isinstance(block, b.Heading) and _is_question(block, ids):
            anchor = ids[block.line]
            fold = b.Question(line=block.line, id=anchor, heading=block, blocks=())
            found.append(fold)
        else:
            _add(found, block)
    return tuple(found)


def _is_question(block: b.Block, ids: Mapping[int, str]) -> bool:
    return isinstance(block, b.Heading) and block.level == 3 and block.line in ids


def _add(found: list[b.Block], block: b.Block) -> None:
    """Puts a block into the fold at the end, if there is one."""
    last = found[-1] if found else None
    if isinstance(last, b.Question):
        found[-1] = replace(last, blocks=(*last.blocks, block))
    else:
        found.append(block)
