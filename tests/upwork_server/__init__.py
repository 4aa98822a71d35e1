"""A loopback Upwork: its token endpoint, and its GraphQL API over the types it documents."""
