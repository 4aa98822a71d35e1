"""Folders of invented specifications."""

from pathlib import Path

BASE = """\
name: boats
title: Boats
description: Leaks.
sources:
  github:
    repositories: [ours/app]
    labels: [Bug, Help Wanted]
variants: [ic_swe, swe_manager]
filters:
  price: {min: 250}
  raises:
    min: 1
"""


def put(root: Path, name: str, text: str) -> Path:
    """Write `<root>/<name>/dataset.yaml`; its folder."""
    folder = root / name
    folder.mkdir(parents=True)
    (folder / "dataset.yaml").write_text(text, encoding="utf-8")
    return folder
