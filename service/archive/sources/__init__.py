"""Where the files of an archive come from: a folder, a store, a ZIP, or a manifest that names them.

Listing and opening are apart: the parent process lists, the processes that read open.
"""

from service.archive.sources.opener import Opener
from service.archive.sources.select import Source, open_source

__all__ = ["Opener", "Source", "open_source"]
