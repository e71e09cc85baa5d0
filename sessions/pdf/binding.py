"""Merges sheets, which are drawn one by one, into one tagged PDF.

WeasyPrint can write pages of several documents into one PDF. But it needs all of them
in memory until the end, and the documents may use the same ids for table cells and link
targets. Here a sheet is serialized as soon as it is drawn. Its copies share content
streams, fonts and images. Each copy has its own pages, tags (structure elements) and
links.
"""

import io
import re
from collections.abc import Iterator
from typing import Any

import pydyf

# A PDF string, or a reference to an object with its number as group 1. Strings are
# matched so that text inside them is not taken for a reference.
STRING_OR_REFERENCE = re.compile(rb"\((?:[^\\()]|\\.)*\)|(\d+) 0 R", re.DOTALL)
# The types of the objects that each copy of a sheet has of its own.
OF_ONE_COPY = ("/Page", "/StructElem", "/OBJR", "/Annot")


class Serialized(pydyf.Object):
    """A PDF object that is bytes already, as they will be in the file."""

    def __init__(self, data: bytes, *, is_stream: bool) -> None:
        super().__init__()
        self._data = data
        self._is_stream = is_stream

    @property
    def data(self) -> bytes:
        return self._data

    @property
    def compressible(self) -> bool:
        return not self._is_stream


class Binding:
    """A PDF to which sheets are added, each of them `copies` times."""

    def __init__(self, *, copies: int, blank_backs: bool) -> None:
        self._pdf = pydyf.PDF()
        self._blank_backs = blank_backs
        self._document = pydyf.Dictionary({"Type": "/StructElem", "S": "/Document"})
        self._pdf.add_object(self._document)
        # For each copy: references to its pages and its parts of the structure tree.
        self._pages: list[list[bytes]] = [[] for _ in range(copies)]
        self._parts: list[list[bytes]] = [[] for _ in range(copies)]
        # Structure elements by number, and (id, reference) pairs.
        self._parent_tree: list[bytes] = []
        self._id_tree: list[tuple[bytes, bytes]] = []
        self._outlines: list[pydyf.Dictionary] = []

    def add(self, drawn: pydyf.PDF, title: str) -> None:
        """Adds a drawn sheet. Keeps no reference to `drawn`."""
        sheet = _Sheet(drawn, title)
        numbers = {drawn.pages.number: self._pdf.pages.number}
        numbers[sheet.root.number] = self._document.number
        self._add_objects(sheet.shared, numbers)
        for pages, parts in zip(self._pages, self._parts, strict=True):
            self._add_copy(sheet, dict(numbers), pages, parts)
        self._outlines.append(
            pydyf.Dictionary(
                {"Title": pydyf.String(title), "Dest": self._destination_of(sheet)}
            )
        )

    def _add_copy(
        self,
        sheet: "_Sheet",
        numbers: dict[int, int],
        pages: list[bytes],
        parts: list[bytes],
    ) -> None:
        start = len(self._parent_tree)
        sheet.rename(prefix=f"{start}.", start=start)
        self._add_objects(sheet.of_one_copy, numbers)
        for entry in sheet.parent_tree:
            self._parent_tree.append(_renumbered(_bytes(entry), numbers))
        for element in sheet.identified:
            reference = b"%d 0 R" % numbers[element.number]
            self._id_tree.append((element["ID"].data, reference))
        parts.append(b"%d 0 R" % numbers[sheet.document.number])
        pages.extend(b"%d 0 R" % numbers[page.number] for page in sheet.pages)
        if self._blank_backs and len(sheet.pages) % 2:
            pages.append(self._blank_page(sheet.pages[-1]["MediaBox"]))

    def _add_objects(
        self, objects: list[pydyf.Object], numbers: dict[int, int]
    ) -> None:
        """Adds objects. Maps the old number of each to its new one in `numbers`."""
        first = len(self._pdf.objects)
        numbers |= {one.number: first + i for i, one in enumerate(objects)}
        for one in objects:
            is_stream = isinstance(one, pydyf.Stream)
            head, mark, painted = (
                one.data.partition(b"\nstream\n") if is_stream else (one.data, b"", b"")
            )
            data = _renumbered(head, numbers) + mark + painted
            self._pdf.add_object(Serialized(data, is_stream=is_stream))

    def _blank_page(self, size: pydyf.Array) -> bytes:
        parent = self._pdf.pages.reference
        page = pydyf.Dictionary({"Type": "/Page", "Parent": parent, "MediaBox": size})
        page["Resources"] = pydyf.Dictionary()
        self._pdf.add_object(page)
        return page.reference

    def _destination_of(self, sheet: "_Sheet") -> pydyf.Array:
        """The first page of the sheet that was just added, in the first copy."""
        back = len(sheet.pages) + (self._blank_backs and len(sheet.pages) % 2)
        return pydyf.Array([self._pages[0][-back], "/Fit"])

    def to_bytes(self, *, title: str, language: str) -> bytes:
        """The merged PDF. No sheet can be added afterwards."""
        for page in (page for pages in self._pages for page in pages):
            self._pdf.pages["Kids"].append(page)
            self._pdf.pages["Count"] += 1
        catalog = self._pdf.catalog
        catalog["StructTreeRoot"] = self._add_structure_tree()
        catalog["MarkInfo"] = pydyf.Dictionary({"Marked": "true"})
        catalog["ViewerPreferences"] = pydyf.Dictionary({"DisplayDocTitle": "true"})
        catalog["Lang"] = pydyf.String(language)
        if len(self._outlines) > 1:
            catalog["Outlines"] = self._add_outlines()
        self._pdf.info["Title"] = pydyf.String(title)
        self._pdf.info["Producer"] = pydyf.String("StemGuide, with WeasyPrint")
        output = io.BytesIO()
        self._pdf.write(output, version=b"1.7", compress=True)
        return output.getvalue()

    def _add_structure_tree(self) -> bytes:
        by_number = [item for pair in enumerate(self._parent_tree) for item in pair]
        by_id = [item for pair in sorted(self._id_tree) for item in pair]
        tags = pydyf.Dictionary({"Nums": pydyf.Array(by_number)})
        root = pydyf.Dictionary({
            "Type": "/StructTreeRoot",
            "K": pydyf.Array([self._document.reference]),
            "ParentTreeNextKey": len(self._parent_tree),
        })  # fmt: skip
        for one in (tags, root):
            self._pdf.add_object(one)
        root["ParentTree"] = tags.reference
        if by_id:
            limits = pydyf.Array([by_id[0], by_id[-2]])
            leaf = pydyf.Dictionary({"Limits": limits, "Names": pydyf.Array(by_id)})
            self._pdf.add_object(leaf)
            root["IDTree"] = pydyf.Dictionary({"Kids": pydyf.Array([leaf.reference])})
        self._document["P"] = root.reference
        parts = [part for parts in self._parts for part in parts]
        self._document["K"] = pydyf.Array(parts)
        return root.reference

    def _add_outlines(self) -> bytes:
        """One outline for each sheet, which leads to its first copy."""
        table = pydyf.Dictionary({"Type": "/Outlines", "Count": len(self._outlines)})
        for one in (table, *self._outlines):
            self._pdf.add_object(one)
        for one, following in zip(self._outlines, self._outlines[1:], strict=False):
            one["Next"], following["Prev"] = following.reference, one.reference
        for one in self._outlines:
            one["Parent"] = table.reference
        table["First"] = self._outlines[0].reference
        table["Last"] = self._outlines[-1].reference
        return table.reference


class _Sheet:
    """A drawn sheet, split into what its copies share and what each has of its own."""

    def __init__(self, drawn: pydyf.PDF, title: str) -> None:
        self._drawn = drawn
        self.root = self._resolve(drawn.catalog["StructTreeRoot"])
        tree = self._resolve(self.root["ParentTree"])
        # Indexed by number: the elements of a page, or the only element of a link.
        self.parent_tree: list[Any] = tree["Nums"][1::2]
        self.document = self._resolve(self.root["K"][0])
        self.document["S"] = "/Part"
        self.document["T"] = pydyf.String(title)
        self.document["Lang"] = drawn.catalog["Lang"]
        self.pages = [drawn.objects[number] for number in drawn.pages["Kids"][::3]]
        self.shared: list[pydyf.Object] = []
        self.of_one_copy: list[pydyf.Object] = []
        left_out = (drawn.objects[0], drawn.pages, drawn.catalog, self.root, tree)
        for one in drawn.objects:
            if any(one is left for left in left_out):
                continue
            kind = one.get("Type") if isinstance(one, dict) else None
            (self.of_one_copy if kind in OF_ONE_COPY else self.shared).append(one)
        self._resolve_destinations()
        self.identified = [one for one in self._dictionaries() if "ID" in one]
        self._ids = [element["ID"].string for element in self.identified]
        self._headers = [
            (cell["A"], [name.string for name in cell["A"]["Headers"]])
            for cell in self._dictionaries()
            if "Headers" in cell.get("A", ())
        ]
        self._numbered = [
            (one, key, one[key])
            for one in self._dictionaries()
            for key in ("StructParents", "StructParent")
            if key in one
        ]

    def _resolve(self, reference: bytes) -> Any:
        return self._drawn.objects[int(reference.split()[0])]

    def _dictionaries(self) -> Iterator[Any]:
        return (one for one in self.of_one_copy if isinstance(one, dict))

    def _resolve_destinations(self) -> None:
        """Makes links point to pages: two sheets may use one destination name."""
        names = self._drawn.catalog.get("Names", {}).get("Dests", {}).get("Names", [])
        places = {
            name.string if isinstance(name, pydyf.String) else name: place
            for name, place in zip(names[::2], names[1::2], strict=True)
        }
        for link in self._dictionaries():
            if "Dest" in link:
                link["Dest"] = places[link["Dest"].string]

    def rename(self, *, prefix: str, start: int) -> None:
        """Sets the ids and parent tree numbers that one copy needs to be unique."""
        for element, name in zip(self.identified, self._ids, strict=True):
            element["ID"] = pydyf.String(prefix + name)
        for attributes, names in self._headers:
            attributes["Headers"] = pydyf.Array(
                pydyf.String(prefix + name) for name in names
            )
        for one, key, number in self._numbered:
            one[key] = start + number


def _bytes(item: Any) -> bytes:
    return item if isinstance(item, bytes) else item.data


def _renumbered(data: bytes, numbers: dict[int, int]) -> bytes:
    """The data with the new object number in every reference."""

    def replace(found: re.Match[bytes]) -> bytes:
        number = found[1]
        return b"%d 0 R" % numbers[int(number)] if number else found[0]

    return STRING_OR_REFERENCE.sub(replace, data)
