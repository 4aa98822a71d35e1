"""One line of the doctor: what was looked at, how it stands, and what to do."""

from typing import Literal

from pydantic import BaseModel

Status = Literal["ok", "missing", "broken"]


class Check(BaseModel, frozen=True, extra="forbid"):
    """One line. `required` marks what the next command would fail for."""

    name: str
    status: Status
    detail: str
    advice: str = ""
    required: bool = False


def ok(name: str, detail: str, *, required: bool = False) -> Check:
    return Check(name=name, status="ok", detail=detail, required=required)


def missing(name: str, detail: str, advice: str, *, required: bool = False) -> Check:
    return Check(name=name, status="missing", detail=detail, advice=advice, required=required)


def broken(name: str, detail: str, advice: str) -> Check:
    """It is there, and what uses it will fail."""
    return Check(name=name, status="broken", detail=detail, advice=advice, required=True)


def untidy(name: str, detail: str, advice: str) -> Check:
    """It is in nobody's way, and should be put away."""
    return Check(name=name, status="broken", detail=detail, advice=advice)
