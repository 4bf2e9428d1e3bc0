"""File names that are no seeds.

Belongs here: hidden files, editors' and downloads' temporary files, the clutter of operating systems.
Not here: formats.
"""

TEMPORARY = ("~", ".tmp", ".part", ".partial", ".crdownload", ".swp", ".swo")
_CLUTTER = frozenset({"thumbs.db", "desktop.ini", "__macosx"})


def is_left_out(name: str) -> bool:
    """Whether a file or folder of this name is no seed: hidden, temporary, or a system's clutter."""
    return name.startswith((".", "~$", "#")) or name.endswith(TEMPORARY) or name.lower() in _CLUTTER
