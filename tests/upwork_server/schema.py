"""The part of Upwork's GraphQL schema that is asked for, written after its documentation.

Names, arguments, and what may be null are the documentation's; fields that nobody asks for are
left out. What is not documented (the values of WorkFlowStateStatus) is as it was seen.
"""

from functools import cache
from typing import Final

from graphql import GraphQLSchema, build_schema

SDL: Final = """
type Query {
  marketplaceJobPosting(id: ID!): MarketplaceJobPosting
  marketplaceJobPostingsContents(ids: [ID!]!): [MarketplaceJobPostingsContents]
  marketplaceJobPostingsSearch(
    marketPlaceJobFilter: MarketplaceJobPostingsSearchFilter
    searchType: MarketplaceJobPostingSearchType
    sortAttributes: [MarketplaceJobPostingSearchSortAttribute]
  ): MarketplaceJobPostingSearchConnection
}

input MarketplaceJobPostingsSearchFilter {
  searchExpression_eq: String
  pagination_eq: Pagination
}
input Pagination { after: String, first: Int! }
enum MarketplaceJobPostingSearchType { USER_JOBS_SEARCH }
input MarketplaceJobPostingSearchSortAttribute { field: MarketplaceJobPostingSearchSortField! }
enum MarketplaceJobPostingSearchSortField { RECENCY RELEVANCE CLIENT_TOTAL_CHARGE CLIENT_RATING }

type Money { rawValue: String!, currency: String!, displayValue: String! }
enum ContractType { HOURLY FIXED }
enum WorkFlowStateStatus { ACTIVE CLOSED }
enum JobPostingHourlyBudgetType { DEFAULT MANUAL NOT_PROVIDED }

type MarketplaceJobPosting {
  id: ID!
  workFlowState: MarketplacePostingWorkFlowState
  content: MarketplaceJobPostingContent
  contractTerms: MarketplaceContractTerms
}
type MarketplacePostingWorkFlowState { closeResult: String, status: WorkFlowStateStatus! }
type MarketplaceJobPostingContent { title: String!, description: String! }
type MarketplaceContractTerms {
  contractType: ContractType!
  personsToHire: Int!
  fixedPriceContractTerms: FixedPriceContractTerms
  hourlyContractTerms: HourlyContractTerms
}
type FixedPriceContractTerms { amount: Money!, maxAmount: Money }
type HourlyContractTerms {
  hourlyBudgetType: JobPostingHourlyBudgetType
  hourlyBudgetMin: Float
  hourlyBudgetMax: Float
}
type MarketplaceJobPostingsContents {
  id: ID!
  ciphertext: String!
  title: String!
  description: String!
  publishedDateTime: String!
}

type MarketplaceJobPostingSearchConnection {
  totalCount: Int
  edges: [MarketplaceJobpostingSearchEdge!]
  pageInfo: PageInfo
}
type MarketplaceJobpostingSearchEdge { cursor: String!, node: MarketplaceJobPostingSearchResult! }
type PageInfo { endCursor: String, hasNextPage: Boolean! }
type MarketplaceJobPostingSearchResult {
  id: ID!
  job: MarketplaceJobPosting
  title: String!
  description: String!
  ciphertext: String!
  amount: Money!
  category: String
  subcategory: String
  createdDateTime: String!
  publishedDateTime: String!
  skills: [MarketplaceJobPostingSearchSkill!]!
  hourlyBudgetType: JobPostingHourlyBudgetType
  hourlyBudgetMin: Money
  hourlyBudgetMax: Money
}
type MarketplaceJobPostingSearchSkill { name: String!, prettyName: String! }
"""


@cache
def upwork_schema() -> GraphQLSchema:
    return build_schema(SDL)
