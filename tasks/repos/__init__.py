"""Git mirrors, how they are fetched, and what is read from them, offline."""

from tasks.repos.commands import stoppable
from tasks.repos.fetching import Fetched, fetch_mirror
from tasks.repos.mirror import Mirror
from tasks.repos.places import mirror_path
from tasks.repos.remote import Remote
from tasks.repos.short_lived import abandoned_folders, scratch
from tasks.repos.streams import import_stream

__all__ = [
    "Fetched",
    "Mirror",
    "Remote",
    "abandoned_folders",
    "fetch_mirror",
    "import_stream",
    "mirror_path",
    "scratch",
    "stoppable",
]
