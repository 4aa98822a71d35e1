"""What a dataset is made of: the sections of dataset.yaml that sources and graders read."""

import re
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, Field, field_validator, model_validator

from tasks.domain.boxes import Limits
from tasks.domain.columns import PostingsFile
from tasks.domain.instances import Framework
from tasks.specs.ranges import Moment

_MODEL: Final = re.compile(r"[^:\s]+:\S+")
_REPOSITORY: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*/[A-Za-z0-9._-]+")

Word = Annotated[str, Field(min_length=1)]


class GithubSection(BaseModel, frozen=True, extra="forbid"):
    """Scraped repositories, each `owner/name` and named once.

    `archive` and `mirrors` are paths within the dataset's folder. What follows narrows what is
    collected: issues with any of `labels`, and with any of the `title` texts in their present or a
    former title (letter case does not count), from `since` on (a date or time; UTC where it says no
    zone). `bots` are logins whose comments are automation, `conventions` how prices and proposals
    are written.
    """

    repositories: tuple[str, ...] = Field(min_length=1)
    archive: str | None = None
    mirrors: dict[str, str] = Field(default_factory=dict)
    labels: tuple[Word, ...] = ()
    title: tuple[Word, ...] = ()
    bots: tuple[Word, ...] = ()
    conventions: Literal["expensify"] | None = None
    since: Moment | None = None

    @field_validator("repositories")
    @classmethod
    def named_once(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        seen: set[str] = set()
        for name in value:
            if not _REPOSITORY.fullmatch(name):
                raise ValueError(f"{name!r} is no repository; write owner/name")
            if name.lower() in seen:  # for GitHub, letter case does not make another name
                raise ValueError(f"{name!r} is named twice")
            seen.add(name.lower())
        return value


class SwelancerSection(BaseModel, frozen=True, extra="forbid"):
    """The published benchmark; landed with `--from swelancer=PATH` or `paydag import`."""

    repository: str = "Expensify/App"


class KaggleSection(PostingsFile, frozen=True, extra="forbid"):
    """Postings published in a Kaggle dataset; downloaded, or landed with `--from kaggle=PATH`.

    `columns` need only name what the file calls otherwise than the bundled dataset does.
    """


class UpworkSection(BaseModel, frozen=True, extra="forbid"):
    """Jobs of the market place, through its official API.

    `linked`: those that the bodies of the dataset's issues link. `search`: those that these
    expressions find, the newest `limit` of each.
    """

    linked: bool = False
    search: tuple[Word, ...] = ()
    limit: int = Field(default=100, ge=1, le=5_000)

    @model_validator(mode="after")
    def asks_for_something(self) -> Self:
        if not self.linked and not self.search:
            raise ValueError("say `linked: true`, or name expressions to `search` for")
        return self

    @field_validator("search")
    @classmethod
    def asked_once(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(value))


class Sources(BaseModel, frozen=True, extra="forbid"):
    github: GithubSection | None = None
    kaggle: KaggleSection | None = None
    swelancer: SwelancerSection | None = None
    upwork: UpworkSection | None = None

    @model_validator(mode="after")
    def links_stand_in_issues(self) -> Self:
        if self.upwork is not None and self.upwork.linked and self.github is None:
            raise ValueError("`linked` jobs are those of issues: name repositories under `github`")
        return self


class EnvironmentSection(BaseModel, frozen=True, extra="forbid"):
    """How an `ic_swe` submission of a scraped issue is tested; the keys are those of an
    instance's environment.

    `trusted` says that the repository's code was written by the owner of this specification and
    may run outside a container.
    """

    image: Word | None = None
    base: Word | None = None
    setup: tuple[Word, ...] = ()
    dependencies: tuple[Word, ...] = ()
    test_command: tuple[str, ...] = ()
    service: tuple[str, ...] = ()
    user_tool: tuple[str, ...] = ()
    report: str | None = None
    framework: Framework | None = None
    sentinels: Word | None = None
    writable: tuple[Word, ...] = ()
    timeout_s: int = Field(default=600, gt=0, le=86_400)
    repeats: int = Field(default=2, ge=1, le=100)
    limits: Limits = Limits()
    trusted: bool = False

    @model_validator(mode="after")
    def one_image(self) -> Self:
        if self.image is not None and (self.base is not None or self.setup):
            raise ValueError("`image` is used as it is; for `setup` name a `base` instead")
        if self.setup and self.base is None:
            raise ValueError("`setup` needs a `base`, the image it runs on")
        if (self.framework is None) != (self.sentinels is None):
            raise ValueError("`framework` and `sentinels` (a folder) go together")
        return self


class FreelanceSection(BaseModel, frozen=True, extra="forbid"):
    """How postings become `freelance_code` tasks: at most `limit` of them (null: all that can),
    drawn, and their parameters and cases with them, by `seed`.

    `authored`: tasks are those that a model has written, this one (`PROVIDER:NAME`) or, where it
    is true, any; not those of families.
    """

    limit: int | None = Field(default=1115, gt=0)
    seed: int = 1
    authored: bool | Word = False

    @field_validator("authored")
    @classmethod
    def names_a_model(cls, value: bool | str) -> bool | str:
        if isinstance(value, str) and not _MODEL.fullmatch(value):
            raise ValueError(f"{value!r} is no model; write PROVIDER:NAME, or true for any")
        return value
