"""The kinds of document this source lands. Each payload is a node of the API as it came."""

from typing import Final

SOURCE_NAME: Final = "upwork"
# MarketplaceJobPosting, under the job's id.
JOB: Final = "upwork.job"
# MarketplaceJobPostingsContents, under the job's id: what the posting itself does not say.
CONTENTS: Final = "upwork.job_contents"
# MarketplaceJobPostingSearchResult, under the job's id.
FOUND: Final = "upwork.job_found"
# A job that could not be read, under the name it was asked for by: {id, reason, error}.
GONE: Final = "upwork.gone"
MALFORMED: Final = "upwork.malformed"
OF_JOBS: Final = (JOB, CONTENTS, FOUND, GONE)
# Where the owner of an API key sees and changes it.
KEYS_PAGE: Final = "https://www.upwork.com/developer/keys"
