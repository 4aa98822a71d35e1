"""A refresh in a process of its own, so that it can be killed.

python -m tests.sources.github_collection.collector_process HOME URL REPOSITORY
"""

import sys
from pathlib import Path

from tests.sources.github_collection.playing import TOKENS
from tests.sources.github_collection.refreshing import Home, access_to


def main(home: str, url: str, repository: str) -> int:
    """0 where the refresh came to its end, 1 where it ended early with a sentence."""
    options = {"repositories": [repository]}
    ended = Home(Path(home), access_to(url, *TOKENS), options).refresh()
    if ended is not None:
        print(ended, file=sys.stderr)
    return 0 if ended is None else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
