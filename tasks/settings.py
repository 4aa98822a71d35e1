"""The only reader of the environment."""

import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from tasks.domain.collecting import Access, DownloadAccess, Oauth
from tasks.domain.errors import UsageError

_REPOSITORY = Path(__file__).resolve().parents[1]
_DEPLOYMENTS = "prefect.yaml"
_SECRETS = ("PREFECT_", "GITHUB_TOKEN", "KAGGLE_", "UPWORK_")
# What the keys of models' providers end in.
_KEY_ENDINGS = (
    "_API_KEY",
    "_API_TOKEN",
    "_INFERENCE_KEY",
    "_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "HF_TOKEN",
    "_AUTH_STRING",
)


class Settings(BaseSettings):
    """What the environment may say. Every variable has a command-line option or a sane default."""

    model_config = SettingsConfigDict(extra="ignore", env_ignore_empty=True)

    paydag_home: Path | None = Field(default=None, validation_alias="PAYDAG_HOME")
    paydag_datasets: Path | None = Field(default=None, validation_alias="PAYDAG_DATASETS")
    paydag_store: str | None = Field(default=None, validation_alias="PAYDAG_STORE")
    paydag_reports_url: str | None = Field(default=None, validation_alias="PAYDAG_REPORTS_URL")
    paydag_model_requests: str | None = Field(
        default=None, validation_alias="PAYDAG_MODEL_REQUESTS"
    )
    paydag_containers: str | None = Field(default=None, validation_alias="PAYDAG_CONTAINERS")
    paydag_log_format: str | None = Field(default=None, validation_alias="PAYDAG_LOG_FORMAT")
    prefect_api_url: str | None = Field(default=None, validation_alias="PREFECT_API_URL")
    github_token: SecretStr | None = Field(default=None, validation_alias="GITHUB_TOKEN")
    github_tokens: SecretStr | None = Field(default=None, validation_alias="GITHUB_TOKENS")
    github_graphql_url: str | None = Field(default=None, validation_alias="GITHUB_GRAPHQL_URL")
    github_api_url: str | None = Field(default=None, validation_alias="GITHUB_API_URL")
    github_git_url: str | None = Field(default=None, validation_alias="GITHUB_GIT_URL")
    kaggle_api_token: SecretStr | None = Field(default=None, validation_alias="KAGGLE_API_TOKEN")
    kaggle_username: str | None = Field(default=None, validation_alias="KAGGLE_USERNAME")
    kaggle_key: SecretStr | None = Field(default=None, validation_alias="KAGGLE_KEY")
    kaggle_api_url: str | None = Field(default=None, validation_alias="KAGGLE_API_URL")
    upwork_access_token: SecretStr | None = Field(
        default=None, validation_alias="UPWORK_ACCESS_TOKEN"
    )
    upwork_client_id: SecretStr | None = Field(default=None, validation_alias="UPWORK_CLIENT_ID")
    upwork_client_secret: SecretStr | None = Field(
        default=None, validation_alias="UPWORK_CLIENT_SECRET"
    )
    upwork_refresh_token: SecretStr | None = Field(
        default=None, validation_alias="UPWORK_REFRESH_TOKEN"
    )
    upwork_tenant_id: str | None = Field(default=None, validation_alias="UPWORK_TENANT_ID")
    upwork_graphql_url: str | None = Field(default=None, validation_alias="UPWORK_GRAPHQL_URL")
    upwork_token_url: str | None = Field(default=None, validation_alias="UPWORK_TOKEN_URL")
    docker_host: str | None = Field(default=None, validation_alias="DOCKER_HOST")
    openai_base_url: str | None = Field(default=None, validation_alias="OPENAI_BASE_URL")


def choose_home(option: Path | None) -> Path:
    """`--home`, else PAYDAG_HOME, else `./.paydag`; always absolute."""
    return (option or Settings().paydag_home or Path(".paydag")).expanduser().absolute()


def make_home(home: Path) -> None:
    """Make the folders that the warehouse and Prefect expect to be there.

    Raises UsageError where there can be no folder.
    """
    for folder in (home / "warehouse", home / "prefect"):
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(
                f"the home {home} cannot be used: {folder}: {error.strerror}; choose another "
                "with --home"
            ) from error


def flow_home(home: str | None) -> Path:
    """The home a flow run works in. A worker's folder is nobody's choice, so it is absolute."""
    chosen = Path(home) if home else Settings().paydag_home
    if chosen is None:
        raise UsageError("this flow needs the parameter `home`: an absolute path, or PAYDAG_HOME")
    if not chosen.is_absolute():
        raise UsageError(f"the home of a flow must be an absolute path, not {str(chosen)!r}")
    return chosen


def own_datasets() -> Path:
    """Where people keep their own specifications: PAYDAG_DATASETS, else `./datasets`."""
    return (Settings().paydag_datasets or Path("datasets")).absolute()


def deployments_file() -> Path:
    """The `prefect.yaml` that comes with paydag: of the checkout, else of the installed package."""
    checkout, installed = _REPOSITORY / _DEPLOYMENTS, _REPOSITORY / "tasks/deployments/prefect.yaml"
    return checkout if checkout.is_file() else installed


def dataset_folders() -> list[Path]:
    """Where specifications are looked for, first match wins."""
    places = [own_datasets()]
    places += [_REPOSITORY / "datasets", _REPOSITORY / "tasks" / "bundled"]
    return [p for i, p in enumerate(places) if p.is_dir() and p not in places[:i]]


def github_access() -> Access:
    """Tokens of GITHUB_TOKENS (separated by commas), else GITHUB_TOKEN, and where GitHub is.

    Where only one address is set, the others are its neighbours: a token of an Enterprise server
    must never be sent to github.com. Repositories are fetched from GITHUB_GIT_URL; a token goes
    there only where the host is the API's.
    """
    settings = Settings()
    text = (settings.github_tokens or settings.github_token or SecretStr("")).get_secret_value()
    tokens = tuple(SecretStr(t.strip()) for t in text.split(",") if t.strip())
    graphql, api = settings.github_graphql_url, settings.github_api_url
    if graphql and not api:
        base = graphql.rstrip("/").removesuffix("/graphql")
        api = f"{base}/v3" if base.endswith("/api") else base
    elif api and not graphql:
        graphql = f"{api.rstrip('/').removesuffix('/v3')}/graphql"
    access = Access(tokens=tokens, pauses=_pauses())
    if graphql and api:
        access = access.model_copy(update={"graphql_url": graphql, "api_url": api.rstrip("/")})
    beside = _git_beside(access.api_url)
    git = settings.github_git_url or beside
    trusted = tokens and urlsplit(git).hostname == urlsplit(beside).hostname
    return access.model_copy(update={"git_url": git, "git_token": tokens[0] if trusted else None})


def _pauses() -> Path:
    """One folder a user, for all homes: services count by user and token, not by home."""
    return Path(tempfile.gettempdir()) / f"paydag-pauses-{os.getuid()}"


def upwork_access() -> Access:
    """Upwork's API and the credentials for it; without any, `oauth` is None."""
    settings = Settings()
    held = {
        "access_token": _bare(settings.upwork_access_token),
        "client_id": _bare(settings.upwork_client_id),
        "client_secret": _bare(settings.upwork_client_secret),
        "refresh_token": _bare(settings.upwork_refresh_token),
    }
    given = {name: value for name, value in held.items() if value is not None}
    url = settings.upwork_graphql_url or "https://api.upwork.com/graphql"
    if not given:
        return Access(graphql_url=url)
    oauth = Oauth(**given, tenant_id=settings.upwork_tenant_id)
    if settings.upwork_token_url:
        oauth = oauth.model_copy(update={"token_url": settings.upwork_token_url})
    return Access(graphql_url=url, oauth=oauth)


def access_to(source: str) -> Access:
    """What the environment has for a source that is collected over the network."""
    return upwork_access() if source == "upwork" else github_access()


def _bare(secret: SecretStr | None) -> SecretStr | None:
    """Without the blanks and line ends that a pasted secret brings along; None for nothing."""
    text = secret.get_secret_value().strip() if secret is not None else ""
    return SecretStr(text) if text else None


def _git_beside(api_url: str) -> str:
    """Where the repositories of an API are: `/api/v3` is a folder beside them, `api.` a host."""
    parts = urlsplit(api_url.rstrip("/"))
    path = parts.path.removesuffix("/v3").removesuffix("/api")
    host = parts.netloc if path != parts.path else parts.netloc.removeprefix("api.")
    return urlunsplit((parts.scheme, host, path, "", ""))


def kaggle_access() -> DownloadAccess:
    """KAGGLE_API_TOKEN, else KAGGLE_USERNAME and KAGGLE_KEY, and where Kaggle is.

    Raises UsageError where KAGGLE_API_URL is no address.
    """
    settings = Settings()
    access = DownloadAccess(
        token=settings.kaggle_api_token,
        username=settings.kaggle_username,
        key=settings.kaggle_key,
        environment=_without_secrets(),
    )
    if not settings.kaggle_api_url:
        return access
    url = settings.kaggle_api_url.rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query:
        raise UsageError("KAGGLE_API_URL is no address; write https://host, as of a mirror")
    return access.model_copy(update={"url": url})


def machine_limit(name: str) -> int | None:
    """What all processes of this user may do at once: PAYDAG_MODEL_REQUESTS at one endpoint, or
    PAYDAG_CONTAINERS in one engine. Raises UsageError for what is no number of at least 1."""
    text = getattr(Settings(), name.lower())
    if text is None:
        return None
    if not text.strip().isdecimal() or int(text) < 1:
        raise UsageError(f"{name} is {text!r}; write a number of at least 1, or unset it")
    return int(text)


def provider_key(names: Sequence[str]) -> SecretStr | None:
    """The key of a model's provider: the first of these variables that is set."""
    values = (os.environ.get(name, "").strip() for name in names)
    return next((SecretStr(value) for value in values if value), None)


def secret_values() -> tuple[SecretStr, ...]:
    """Every secret of the environment: what must never be written or shown."""
    settings = Settings().model_dump().values()
    held = [value.get_secret_value() for value in settings if isinstance(value, SecretStr)]
    held += [value for name, value in os.environ.items() if name.endswith(_KEY_ENDINGS)]
    parts = {part.strip() for value in held for part in (value, *value.split(","))}
    return tuple(SecretStr(part) for part in sorted(parts) if part)


def without_secrets(home: Path) -> dict[str, str]:
    """The environment of a server started for this home: no PREFECT_ or token variable gets in."""
    return _without_secrets() | {"PREFECT_HOME": str(home / "prefect"), "DO_NOT_TRACK": "1"}


def environment_with(added: Mapping[str, str]) -> dict[str, str]:
    """This process's environment, secrets and all, and more: for what works in its place."""
    return {**os.environ, **added}


def _without_secrets() -> dict[str, str]:
    return {
        k: v
        for k, v in os.environ.items()
        if not k.startswith(_SECRETS) and not k.endswith(_KEY_ENDINGS)
    }


def configure_process(values: dict[str, str]) -> None:
    """Set what libraries read from the environment; to be called before they are imported."""
    os.environ.update(values)
