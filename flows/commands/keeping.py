"""Commands that keep what a home holds: copies of it, and homes made of stores."""

from pathlib import Path
from typing import Annotated

import typer

from flows.session import Answer, Session


def attach(
    session: Session,
    url: Annotated[str, typer.Argument(metavar="URL", help="A store that --store has written to.")],
) -> Answer:
    """Make a home of what a store holds: everything a further stage needs.

    Example: paydag attach s3://bucket/paydag --home /srv/paydag
    """
    from tasks.attaching import attach_store
    from tasks.stages import now

    found = attach_store(session.home, url, now())
    text = (
        f"{found.rows} rows, {found.files} other files, written {found.written_at:%Y-%m-%d %H:%M}"
    )
    said = f"{session.home} holds generation {found.generation}: {text} UTC"
    if not found.fresh:
        said = f"{session.home} held generation {found.generation} already"
    data = {**found.model_dump(mode="json"), "home": str(session.home)}
    return Answer(data, lambda console: console.print(said, soft_wrap=True))


def backup(
    session: Session,
    target: Annotated[Path, typer.Argument(help="A folder, or one file NAME.tar; not there yet.")],
) -> Answer:
    """Copy a home while flows work on it: warehouse, mirrors and predictions, as of one moment.

    Example: paydag backup /backups/paydag-monday.tar
    """
    from tasks.backups import make_backup
    from tasks.stages import now

    where = target.expanduser().absolute()
    made = make_backup(session.home, where, now())
    said = f"{where}: {len(made.files)} files, {made.bytes / 1e6:.1f} MB, checked"
    data = {"backup": str(where), "files": len(made.files), "bytes": made.bytes}
    return Answer(data, lambda console: console.print(said, soft_wrap=True))


def restore(
    session: Session,
    source: Annotated[Path, typer.Argument(help="What `paydag backup` has made.")],
    force: Annotated[
        bool,
        typer.Option("--force", help="Also where the home holds data, which is kept aside."),
    ] = False,
) -> Answer:
    """Make a home of a backup, of this or an older version; it is verified first.

    Example: paydag restore /backups/paydag-monday.tar --home /srv/paydag
    """
    from tasks.restoring import place_aside, restore_backup
    from tasks.stages import now

    moment = now()
    found, kept = restore_backup(session.home, source.expanduser().absolute(), moment, force=force)
    aside = str(place_aside(session.home, moment)) if kept else None
    said = f"{session.home}: restored, as it was {found.made_at:%Y-%m-%d %H:%M} UTC"
    if aside:
        said += f"; what was there is in {aside}"
    data = {
        "home": str(session.home),
        "made_at": found.made_at.isoformat(),
        "files": len(found.files),
        "aside": aside,
    }
    return Answer(data, lambda console: console.print(said, soft_wrap=True))
