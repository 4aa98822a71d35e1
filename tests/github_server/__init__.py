"""A loopback GitHub: its published schema, executed over generated worlds that change.

`World` is what there is, `truth` what a perfect collection of it holds, `GithubServer` serves it,
`faults` are what can go wrong. The schema is fetched when tests run; without it they are skipped.
"""
