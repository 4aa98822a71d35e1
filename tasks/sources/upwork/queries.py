"""What is asked of Upwork's GraphQL API, in the names of its documentation.

Only what is used is asked for: a field that a key's scopes do not cover fails the whole query, and
counts of applicants would make a new document of every job every day.
"""

from typing import Final

_MONEY: Final = "{ rawValue currency }"
_POSTING: Final = f"""
    id
    workFlowState {{ status closeResult }}
    content {{ title description }}
    contractTerms {{
      contractType
      fixedPriceContractTerms {{ amount {_MONEY} maxAmount {_MONEY} }}
      hourlyContractTerms {{ hourlyBudgetType hourlyBudgetMin hourlyBudgetMax }}
    }}"""

CONTENTS: Final = """
query JobContents($ids: [ID!]!) {
  marketplaceJobPostingsContents(ids: $ids) {
    id ciphertext title description publishedDateTime
  }
}"""

SEARCH: Final = f"""
query JobSearch($filter: MarketplaceJobPostingsSearchFilter) {{
  marketplaceJobPostingsSearch(
    marketPlaceJobFilter: $filter
    searchType: USER_JOBS_SEARCH
    sortAttributes: [{{ field: RECENCY }}]
  ) {{
    totalCount
    edges {{
      cursor
      node {{
        id ciphertext title description createdDateTime publishedDateTime
        amount {_MONEY}
        hourlyBudgetType hourlyBudgetMin {_MONEY} hourlyBudgetMax {_MONEY}
        category subcategory
        skills {{ name prettyName }}
        job {{
          id workFlowState {{ status closeResult }} contractTerms {{ contractType }}
        }}
      }}
    }}
    pageInfo {{ endCursor hasNextPage }}
  }}
}}"""


def postings(count: int) -> str:
    """So many jobs by their ids, in the variables `id0`, `id1`, …; each answers as `job0`, ….

    The API has no query for several postings that still exist: `marketplaceJobPostings` is
    deprecated.
    """
    variables = ", ".join(f"$id{place}: ID!" for place in range(count))
    jobs = "\n".join(
        f"  job{place}: marketplaceJobPosting(id: $id{place}) {{ ...Posting }}"
        for place in range(count)
    )
    fragment = f"fragment Posting on MarketplaceJobPosting {{{_POSTING}\n}}"
    return f"\nquery Jobs({variables}) {{\n{jobs}\n}}\n{fragment}"
