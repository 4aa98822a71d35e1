"""What killed commands left on this machine, beside what they left in the Docker engine."""

import shutil

from tasks.repos import abandoned_folders
from tasks.sandbox.leftovers import abandoned_boxes, remove_box


def abandoned() -> tuple[str, ...]:
    """Temporary folders of processes that are gone."""
    return tuple(map(str, (*abandoned_boxes(), *abandoned_folders())))


def tidy() -> tuple[str, ...]:
    """Remove them, and end what still runs in them; what went."""
    gone = abandoned()
    for box in abandoned_boxes():
        remove_box(box)
    for folder in abandoned_folders():
        shutil.rmtree(folder, ignore_errors=True)
    return tuple(f"folder {name}" for name in gone)
