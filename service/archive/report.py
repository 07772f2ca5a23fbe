"""stub"""

from service.archive.folder import RunFolder


def write_report(folder: RunFolder, *, names: bool, pictures: bool) -> None: ...
