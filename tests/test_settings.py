"""Where repositories and files are fetched from, and where a token may go."""

import pytest

from tasks.domain.errors import UsageError
from tasks.settings import access_to, github_access, kaggle_access

TOKEN = "ghp_4lpha8eta6amma"


@pytest.mark.parametrize(
    ("environment", "git_url", "sent"),
    [
        ({}, "https://github.com", True),
        ({"GITHUB_API_URL": "https://api.github.com"}, "https://github.com", True),
        ({"GITHUB_API_URL": "https://api.ours.ghe.test/"}, "https://ours.ghe.test", True),
        ({"GITHUB_API_URL": "https://git.ours.test/api/v3"}, "https://git.ours.test", True),
        ({"GITHUB_API_URL": "https://api.ours.test/api/v3"}, "https://api.ours.test", True),
        (
            {"GITHUB_GRAPHQL_URL": "https://git.ours.test/api/graphql"},
            "https://git.ours.test",
            True,
        ),
        ({"GITHUB_GRAPHQL_URL": "http://127.0.0.1:9/graphql"}, "http://127.0.0.1:9", True),
        (
            {
                "GITHUB_API_URL": "http://127.0.0.1:9",
                "GITHUB_GIT_URL": "http://127.0.0.1:8/git",
            },
            "http://127.0.0.1:8/git",
            True,
        ),
        ({"GITHUB_GIT_URL": "https://mirrors.test/github"}, "https://mirrors.test/github", False),
        ({"GITHUB_GIT_URL": "https://github.com.evil.test"}, "https://github.com.evil.test", False),
        ({"GITHUB_GIT_URL": "file:///srv/git"}, "file:///srv/git", False),
    ],
)
def test_a_token_goes_where_the_api_is_and_nowhere_else(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], git_url: str, sent: bool
) -> None:
    for name in ("GITHUB_API_URL", "GITHUB_GRAPHQL_URL", "GITHUB_GIT_URL", "GITHUB_TOKENS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    access = github_access()
    assert access.git_url == git_url
    assert (access.git_token is not None) == sent
    assert TOKEN not in repr(access)


def test_without_a_token_none_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GITHUB_TOKEN", "GITHUB_TOKENS"):
        monkeypatch.delenv(name, raising=False)
    assert github_access().git_token is None


def test_kaggles_library_sees_nothing_of_the_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAGGLE_API_TOKEN", TOKEN)
    monkeypatch.setenv("KAGGLE_API_URL", "http://127.0.0.1:9/mirror/")
    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.test")
    access = kaggle_access()
    assert (access.url, access.username, access.key) == ("http://127.0.0.1:9/mirror", None, None)
    assert access.token is not None
    assert access.token.get_secret_value() == TOKEN
    assert TOKEN not in access.environment.values()
    assert access.environment["HTTPS_PROXY"] == "http://proxy.test"
    assert TOKEN not in repr(access)


@pytest.mark.parametrize("url", ["localhost", "ftp://x", "http://", "http://x/?token=1"])
def test_what_is_no_address_of_kaggle_is_refused(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("KAGGLE_API_URL", url)
    with pytest.raises(UsageError, match="KAGGLE_API_URL is no address"):
        kaggle_access()


UPWORK = (
    *("ACCESS_TOKEN", "CLIENT_ID", "CLIENT_SECRET", "REFRESH_TOKEN", "TENANT_ID"),
    *("GRAPHQL_URL", "TOKEN_URL"),
)


def test_upwork_is_reached_with_what_the_environment_says_and_shows_no_secret(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in UPWORK:
        monkeypatch.setenv(f"UPWORK_{name}", f" {name.lower()}-x \n")
    for name in ("GRAPHQL_URL", "TOKEN_URL", "TENANT_ID"):
        monkeypatch.setenv(f"UPWORK_{name}", f"{name.lower()}-x")
    access = access_to("upwork")
    assert (access.graphql_url, access.tokens) == ("graphql_url-x", ())
    assert access.oauth is not None
    assert (access.oauth.token_url, access.oauth.tenant_id) == ("token_url-x", "tenant_id-x")
    held = [secret.get_secret_value() for secret in access.oauth.secrets()]
    assert held == ["access_token-x", "client_id-x", "client_secret-x", "refresh_token-x"]
    assert "access_token-x" not in repr(access)


def test_without_any_credentials_upwork_is_not_configured(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in UPWORK:
        monkeypatch.delenv(f"UPWORK_{name}", raising=False)
    monkeypatch.setenv("UPWORK_CLIENT_ID", "  ")
    monkeypatch.setenv("UPWORK_TENANT_ID", "7")
    access = access_to("upwork")
    assert (access.oauth, access.graphql_url) == (None, "https://api.upwork.com/graphql")
