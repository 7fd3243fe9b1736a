"""A Word file as a package: a zip of XML parts that strangers wrote, read within limits.

Nothing is ever extracted to disk, and only the parts that are asked for are read: a member's name is a key, never a path. Names of
elements and attributes come out short: "p" for WordprocessingML, transitional or strict, "mc:Choice", "m:t" and "r:id" for others.
"""

from __future__ import annotations

import posixpath
import struct
import zipfile
import zlib
from collections import deque
from collections.abc import Iterator
from io import BytesIO
from lzma import LZMAError
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from assistant.errors import UnreadableDocument

MAX_MEMBERS = 10_000
MAX_BYTES = 400 * 2**20
"""How much is unpacked of one file, all parts together. The longest UN reports unpack to some 10 MB."""
MAX_RATIO = 200
RATIO_FROM = 20 * 2**20
"""How many times larger than its packed size a part may be, from this size on. XML that Word writes packs about twenty to one."""
MAX_DEPTH = 200
"""How deep elements may nest: tables within tables within text boxes stay below 100, and the walk through them is recursive."""

_CHUNK = 2**16
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP_ERRORS = (zipfile.BadZipFile, zlib.error, LZMAError, EOFError, OSError, ValueError, RuntimeError, OverflowError, struct.error)
"""What zipfile raises for damaged, encrypted (RuntimeError) or unknown (NotImplementedError) members."""
_AGAIN = "Open it in Word and save it again as .docx."
_PREFIXES = {
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main": "",
    "http://purl.oclc.org/ooxml/wordprocessingml/main": "",
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships": "r:",
    "http://purl.oclc.org/ooxml/officeDocument/relationships": "r:",
    "http://schemas.openxmlformats.org/officeDocument/2006/math": "m:",
    "http://purl.oclc.org/ooxml/officeDocument/math": "m:",
    "http://schemas.openxmlformats.org/markup-compatibility/2006": "mc:",
    "http://schemas.openxmlformats.org/package/2006/relationships": "rel:",
    "http://purl.org/dc/elements/1.1/": "dc:",
    "http://www.w3.org/XML/1998/namespace": "xml:",
}
_UNUSED = ("?:", "rsid", "m:")
"""Attributes that only editing needs, a third of what a document holds: they would stay in memory."""
_SIGNATURES = (
    (b"%PDF", "is a PDF", "Rename it to .pdf."),
    (b"{\\rtf", "is in Rich Text Format", "Open it in Word and save it as .docx."),
    (b"<", "is a web page or XML", "Open it in Word and save it as .docx."),
)


class Package:
    """The parts of a Word file; `name` is what messages call it."""

    def __init__(self, raw: bytes, name: str) -> None:
        """Opens the package; no part is unpacked yet.

        Raises:
            UnreadableDocument: it is not a zip, is encrypted, damaged, or holds more members than any Word file.
        """
        self.name = name
        self._unpacked = 0
        if problem := _not_a_package(raw):
            raise UnreadableDocument(f"{name} {problem[0]}", problem[1])
        try:
            self._zip = zipfile.ZipFile(BytesIO(raw))
            members = self._zip.infolist()
        except _ZIP_ERRORS:
            raise UnreadableDocument(f"{name} is damaged or was not copied whole", "Copy or download it again.") from None
        if len(members) > MAX_MEMBERS:
            raise UnreadableDocument(f"{name} holds {len(members):,} members, more than any Word file", _AGAIN)
        self._members = {member.filename.replace("\\", "/").lstrip("/").lower(): member for member in members}

    def __contains__(self, part: str) -> bool:
        return part.lower() in self._members

    @property
    def main(self) -> str:
        """The name of the part with the text.

        Raises:
            UnreadableDocument: there is none.
        """
        named = next((target for kind, target in self.related("").values() if kind == "officeDocument"), "")
        part = next((part for part in (named, "word/document.xml") if part in self), None)
        if part is None:
            raise UnreadableDocument(f"{self.name} holds no Word text (word/document.xml)", _AGAIN)
        return part

    def related(self, part: str) -> dict[str, tuple[str, str]]:
        """The relationships of a part ("": of the package), by id: the kind ("header", "styles") and the part it names."""
        folder, file = posixpath.split(part)
        found: dict[str, tuple[str, str]] = {}
        for item in self.elements(posixpath.join(folder, "_rels", f"{file}.rels"), 2):
            kind, target = item.get("Type", ""), item.get("Target", "")
            if item.tag == "rel:Relationship" and item.get("TargetMode") != "External":
                path = posixpath.normpath(posixpath.join("/", folder, target))
                found[item.get("Id", "")] = (kind.rpartition("/")[2], path.lstrip("/"))
        return found

    def elements(self, part: str, depth: int) -> Iterator[Element]:
        """The elements of a part at `depth` (1: the root), in order, each let go by the parser before the next: what a part costs
        in memory is its largest such element. Nothing where the part is missing.

        Raises:
            UnreadableDocument: it is damaged, encrypted, too large, nested too deeply, or declares a document type.
        """
        if part not in self:
            return
        target = _Target(depth)
        parser = DefusedXMLParser(target=target, forbid_dtd=True)
        try:
            for chunk in self._chunks(part):
                parser.feed(chunk)
                while target.closed:
                    yield target.closed.popleft()
            parser.close()
        except DefusedXmlException:
            raise UnreadableDocument(f"{self.name} declares a document type in {part}, which Word never does", _AGAIN) from None
        except (ParseError, LookupError, ValueError):
            raise UnreadableDocument(f"{self.name} has damaged XML in {part}", _AGAIN) from None
        except RecursionError:
            raise UnreadableDocument(f"{self.name} is nested too deeply in {part}", _AGAIN) from None
        yield from target.closed

    def _chunks(self, part: str) -> Iterator[bytes]:
        member = self._members[part.lower()]
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):  # others unpack without a limit in zipfile
            raise UnreadableDocument(f"{self.name} is packed as no Word file is, in {part}", _AGAIN)
        too_dense = member.file_size > RATIO_FROM and member.file_size > MAX_RATIO * member.compress_size
        if too_dense or self._unpacked + member.file_size > MAX_BYTES:
            raise UnreadableDocument(f"{self.name} unpacks to more than a Word file can hold, in {part}", _AGAIN)
        try:
            with self._zip.open(member) as stream:
                while chunk := stream.read(_CHUNK):
                    self._unpacked += len(chunk)
                    yield chunk
        except _ZIP_ERRORS:
            what = "is protected by a password" if member.flag_bits & 1 else f"is damaged in {part}"
            step = "Save it without a password." if member.flag_bits & 1 else "Copy or download it again."
            raise UnreadableDocument(f"{self.name} {what}", step) from None


def _not_a_package(raw: bytes) -> tuple[str, str] | None:
    """What these bytes are if they are no zip, and the next step; None for a zip."""
    if not raw.strip():
        return "is empty", "Fill it or remove it."
    if raw.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in raw:
            return "is protected by a password", "Save it without a password."
        if "WordDocument".encode("utf-16-le") in raw:
            return "is an old Word file (.doc)", "Open it in Word and save it as .docx."
        return "is not a Word file", _AGAIN
    if b"PK\x03\x04" in raw[:_CHUNK]:
        return None
    known = ((what, step) for signature, what, step in _SIGNATURES if raw.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(signature))
    return next(known, ("is not a Word file", _AGAIN))


class _Target:
    """Builds the elements at one depth, with short names, and drops what is above them."""

    def __init__(self, depth: int) -> None:
        self.closed: deque[Element] = deque()
        self._wanted = depth
        self._depth = 0
        self._builder = TreeBuilder()
        self._short: dict[str, str] = {}

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise RecursionError
        if self._depth == self._wanted:
            self._builder = TreeBuilder()
        if self._depth >= self._wanted:
            kept = {self._name(key): value for key, value in attributes.items()}
            self._builder.start(self._name(tag), {key: value for key, value in kept.items() if not key.startswith(_UNUSED)})

    def end(self, tag: str) -> None:
        if self._depth >= self._wanted:
            self._builder.end(self._name(tag))
        if self._depth == self._wanted:
            self.closed.append(self._builder.close())
        self._depth -= 1

    def data(self, text: str) -> None:
        if self._depth >= self._wanted:
            self._builder.data(text)

    def close(self) -> None:
        """The parser asks for it; everything has been handed over by then."""

    def _name(self, name: str) -> str:
        short = self._short.get(name)
        if short is None:
            space, _, local = name.rpartition("}")
            prefix = _PREFIXES.get(space[1:], "?:") if space else ""
            short = self._short[name] = prefix + local
        return short
