"""A dataset that is collected from a loopback GitHub, and the environment that leads there."""

from pathlib import Path
from typing import Final

from tests.github_server.server import GithubServer

TOKEN: Final = "ghp_4lpha8eta6ammaDe1taEpsi1onZetaEta7he"
OTHER_TOKEN: Final = "ghp_0meg4Psi9hiPhiUpsi1onTauSigmaRh0PiX"
_SPECIFICATION: Final = """
name: quill
sources:
  github:
    repositories: [quill-works/ledger]
    bots: [tally-bot, nightly-labels]
    conventions: expensify
variants: [swe_manager]
"""


def add_dataset(folder: Path) -> str:
    """Write the specification; the value for PAYDAG_DATASETS."""
    place = folder / "datasets" / "quill"
    place.mkdir(parents=True)
    (place / "dataset.yaml").write_text(_SPECIFICATION)
    return str(place.parent)


def leading_to(server: GithubServer, *tokens: str) -> dict[str, str]:
    return {
        "GITHUB_GRAPHQL_URL": server.graphql_url,
        "GITHUB_API_URL": server.api_url,
        "GITHUB_TOKENS": ",".join(tokens or (TOKEN,)),
    }
