"""Every shape of a job's link is found, each job once under all its names, and nobody's profile."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.domain.issues import TextVersion
from tasks.domain.job_links import JobLink, JobName, job_url, jobs_linked, jobs_named, read_name
from tests.domain.builders import day

NUMBER = "1805044099624774803"
CIPHER = "~017fcedc031d85e839"
SIX = "1843772201311603441"
BLOCKS = (
    "<details><summary>Upwork Automation - Do Not Edit</summary>\n<ul>\n"
    "<li>Upwork Job URL: https://www.upwork.com/jobs/{c}</li>\n<li>Upwork Job ID: {n}</li>\n"
    "<li>Last Price Increase: 2024-06-24</li>\n<li>Automatic offers:</li>\n"
    "<li>ann | Contributor | 1712857757894922299</li>\n</ul></details>",
    "### Upwork Automation - Do Not Edit\n- Upwork Job URL: https://www.upwork.com/jobs/{c}\n"
    "- Upwork Job ID: {n}\n- Last Price Increase: N/A",
    "<details><summary>Upwork Automation - Do Not Edit</summary><ul><li>Upwork Job URL: "
    '<a href="https://www.upwork.com/jobs/{c}">the job</a></li><li>Upwork Job ID: {n}</li></ul>'
    "</details>",
)
BY_CIPHER = (
    "https://www.upwork.com/jobs/{}",
    "http://upwork.com/jobs/{}/",
    "https://www.upwork.com/jobs/Fix-the-boats_{}?source=rss",
    "https://www.upwork.com/freelance-jobs/apply/Fix-the-boats_{}/",
    "https://www.upwork.com/ab/proposals/job/{}/apply/",
    "https://www.upwork.com/nx/find-work/best-matches/details/{}",
    "upwork.com/jobs/{}",
    "[the job](https://www.upwork.com/jobs/{}).",
)
BY_NUMBER = (
    "https://www.upwork.com/ab/applicants/{}/job-details",
    "https://www.upwork.com/ab/applicants/{}",
    "https://www.upwork.com/jobs/{}",
    "(https://www.upwork.com/nx/jobs/details/{})",
)
PEOPLES = (
    "https://www.upwork.com/freelancers/~01aaaaaaaaaaaaaaaa",
    "https://www.upwork.com/fl/~01aaaaaaaaaaaaaaaa",
    "https://www.upwork.com/o/profiles/users/~01aaaaaaaaaaaaaaaa",
    "https://www.upwork.com/agencies/~01aaaaaaaaaaaaaaaa",
    "https://www.upwork.com/ab/contracts/1712857757894922240",
    "https://www.upwork.com/offers/1712857757894922240",
    "https://www.example.com/jobs/~01aaaaaaaaaaaaaaaa",
    "https://notupwork.com/jobs/~01aaaaaaaaaaaaaaaa",
    "me@upwork.com/jobs/~01aaaaaaaaaaaaaaaa",
    "~01aaaaaaaaaaaaaaaa",
    "https://www.upwork.com/jobs/~01aaaa",
    "https://www.upwork.com/ab/jobs/search/?q=boats&sort=recency",
)
hexes = st.text("0123456789abcdef", min_size=16, max_size=16)
numbers = st.integers(10**14, 10**24).map(str)
words = st.text(st.characters(exclude_characters="~", exclude_categories=("Nd", "Cs")), max_size=40)


@pytest.mark.parametrize("block", BLOCKS)
def test_a_block_names_one_job_by_both_its_names(block: str) -> None:
    (job,) = jobs_named(f"Boats leak.\n\n{block.format(c=CIPHER, n=NUMBER)}\n\nBye.")
    assert job == JobName(number=NUMBER, ciphertext=CIPHER)
    assert (job.name, job.names) == (NUMBER, (NUMBER, CIPHER))
    assert job.url == f"https://www.upwork.com/jobs/{CIPHER}"


@pytest.mark.parametrize("block", BLOCKS)
def test_the_later_ciphertext_holds_the_number(block: str) -> None:
    expected = (JobName(number=SIX, ciphertext=f"~02{SIX}"),)
    assert jobs_named(block.format(c=f"~02{SIX}", n=SIX)) == expected


def test_blocks_of_two_jobs_stay_apart() -> None:
    text = BLOCKS[0].format(c=CIPHER, n=NUMBER) + "\n" + BLOCKS[0].format(c=f"~02{SIX}", n=SIX)
    assert jobs_named(text) == (
        JobName(number=NUMBER, ciphertext=CIPHER),
        JobName(number=SIX, ciphertext=f"~02{SIX}"),
    )


@given(st.sampled_from(BY_CIPHER), hexes, st.sampled_from(("~", "%7E", "%7e")), words, words)
def test_an_address_with_a_ciphertext_is_found_anywhere(
    shape: str, rest: str, tilde: str, before: str, after: str
) -> None:
    text = f"{before}\n{shape.format(f'{tilde}01{rest}')}\n{after}"
    assert jobs_named(text) == (JobName(ciphertext=f"~01{rest}"),)
    assert jobs_named(text.replace(rest, rest.upper())) == (JobName(ciphertext=f"~01{rest}"),)


@given(st.sampled_from(BY_NUMBER), numbers, words, words)
def test_an_address_with_a_number_is_found_anywhere(
    shape: str, number: str, before: str, after: str
) -> None:
    assert jobs_named(f"{before}\n{shape.format(number)}\n{after}") == (JobName(number=number),)


@pytest.mark.parametrize("text", PEOPLES)
def test_what_is_no_job_is_none(text: str) -> None:
    assert jobs_named(f"See {text} for upwork.") == ()


@pytest.mark.parametrize("page", PEOPLES[:8])
def test_a_page_that_follows_a_block_is_no_job_of_it(page: str) -> None:
    text = f"{BLOCKS[1].format(c=CIPHER, n=NUMBER)}\n\n{page}"
    assert jobs_named(text) == (JobName(number=NUMBER, ciphertext=CIPHER),)


BARE = PEOPLES[9]


def test_a_bare_name_counts_behind_a_block_that_nothing_ends() -> None:
    blocks = [block.format(c=CIPHER, n=NUMBER) for block in BLOCKS]
    found = [len(jobs_named(f"{block}\n\n{BARE}")) for block in blocks]
    assert found == [1, 2, 1]  # only the heading's has no closing tag
    assert [len(jobs_named(f"{BARE}\n\n{block}")) for block in blocks] == [1, 1, 1]


# What repeating puts behind a block may count to it: see above.
_ANYWHERE = [*BY_CIPHER, *BY_NUMBER, *(page for page in PEOPLES if page != BARE), *BLOCKS]


@given(st.lists(st.sampled_from(_ANYWHERE), max_size=6), words)
def test_repeating_a_text_names_no_other_jobs(shapes: list[str], between: str) -> None:
    text = f"\n{between}\n".join(
        shape.format(CIPHER if shape in BY_CIPHER else NUMBER, c=CIPHER, n=NUMBER)
        for shape in shapes
    )
    once = jobs_named(text)
    assert jobs_named(f"{text}\n\n{text}") == once
    assert len({job.name for job in once}) == len(once)


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    for job in jobs_named(text + " upwork.com/jobs/~01"):
        assert job.names


def test_a_long_text_is_read_in_no_time() -> None:
    text = "upwork.com/" * 20_000 + "~01" * 20_000 + "upwork.com/jobs/" + "a.b-" * 20_000
    assert jobs_named(text) == ()


def test_versions_of_a_body_tell_since_when_a_job_is_linked() -> None:
    first = TextVersion(since=day(1), text=f"Job: https://www.upwork.com/jobs/{CIPHER}")
    later = TextVersion(since=day(2), text=BLOCKS[0].format(c=CIPHER, n=NUMBER))
    other = TextVersion(since=day(3), text=BY_NUMBER[0].format(SIX))
    assert jobs_linked([other, later, first]) == (
        JobLink(job=JobName(number=NUMBER, ciphertext=CIPHER), since=day(1)),
        JobLink(job=JobName(number=SIX), since=day(3)),
    )


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (NUMBER, JobName(number=NUMBER)),
        (f" {CIPHER.upper()} ", JobName(ciphertext=CIPHER)),
        (f"~02{SIX}", JobName(number=SIX, ciphertext=f"~02{SIX}")),
        ("~02abc", None),
        ("1234", None),
        ("", None),
    ],
)
def test_a_name_is_read_as_people_give_it(text: str, name: JobName | None) -> None:
    assert read_name(text) == name


def test_a_job_of_which_only_the_number_is_known_has_an_address() -> None:
    assert job_url(SIX, None) == f"https://www.upwork.com/jobs/~02{SIX}"
