"""Our own blocks as a table, as Mastodon writes and reads it.

Spec: PROTOCOL §9.3.
"""

import csv
import io
from collections.abc import Iterable

from smallfed.domain.domain_block import DomainBlock

HEADER = ("#domain", "#severity", "#reject_media", "#reject_reports", "#public_comment", "#obfuscate")


def write(blocks: Iterable[DomainBlock]) -> str:
    """Return the file. What is said for the owner's eyes is not in it."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(HEADER)
    for one in blocks:
        flags = (_word(flag) for flag in (one.reject_media, one.reject_reports))
        comment = " ".join(one.public_comment.split())
        writer.writerow((one.domain, one.severity.value, *flags, comment, _word(one.obfuscate)))
    return file.getvalue()


def _word(flag: bool) -> str:
    return "true" if flag else "false"
