"""Large and swollen PDF files: time grows with the pages, and what would fill the memory is named while the others are read."""

from __future__ import annotations

import io
import time
import zlib
from pathlib import Path

from reportlab.pdfgen.canvas import Canvas

from assistant.corpus import Entry, Skipped, read_corpus
from assistant.corpus.readers import read_source
from assistant.settings import ReadingSettings


def pages(count: int) -> bytes:
    """A PDF of so many pages, each with twenty lines and four paragraphs."""
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=(612, 792), invariant=1)
    number = 0
    for page in range(1, count + 1):
        canvas.setFont("Times-Roman", 10)
        canvas.drawString(90, 742, "X/86/190")
        canvas.drawRightString(522, 36, f"{page}/{count}")
        for row in range(20):
            number += row % 5 == 0
            start = f"{number}.  " if row % 5 == 0 else ""
            canvas.drawString(
                90, 700 - 14 * row - 6 * (row // 5), f"{start}The Group took up the matter in row {row} of page {page}" + " again" * 5 + "."
            )
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def seconds(count: int) -> float:
    """Processor time to read so many pages: the best of two."""
    raw = pages(count)
    times = []
    for _ in range(2):
        began = time.process_time()
        assert read_source(raw, "d.pdf").pages == count
        times.append(time.process_time() - began)
    return min(times)


def test_time_grows_with_the_pages() -> None:
    """Six times the pages take far less than thirty-six times as long, at a thousand pages a minute or more."""
    short, long = seconds(20), seconds(120)
    assert long < 15 * max(short, 0.05)
    assert long < 120 * 60 / 1000


def bomb(size: int) -> bytes:
    """A PDF of one page whose content is `size` spaces, packed twice."""
    content = zlib.compress(zlib.compress(b"BT /F1 12 Tf (" + b" " * size + b") Tj ET", 9), 9)
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R >>",
        b"<< /Length %d /Filter [/FlateDecode /FlateDecode] >>\nstream\n%s\nendstream" % (len(content), content),
    ]
    file = b"%PDF-1.4\n"
    places = []
    for number, part in enumerate(parts, 1):
        places.append(len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return file + b"xref\n0 5\n0000000000 65535 f \n%strailer\n<< /Root 1 0 R /Size 5 >>\nstartxref\n%d\n%%%%EOF" % (table, len(file))


def test_a_pdf_that_swells_beyond_the_memory_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    """A few kilobytes that unpack to 600 MB: the file is skipped by name, the documents before and after it are read."""
    raw = bomb(600_000_000)
    assert len(raw) < 20_000
    (tmp_path / "a.txt").write_text("1. The Group met.\n2. It parted.\n3. It met again.", encoding="utf-8")
    (tmp_path / "b.pdf").write_bytes(raw)
    (tmp_path / "c.pdf").write_bytes(pages(1))
    items = list(read_corpus(tmp_path, ReadingSettings(memory_mb=400, seconds=60, processes=1)))
    assert [item.document.source for item in items if isinstance(item, Entry)] == ["a.txt", "c.pdf"]
    skipped = [item for item in items if isinstance(item, Skipped)]
    assert [item.source for item in skipped] == ["b.pdf"]
    assert skipped[0].reason.startswith("b.pdf ")
