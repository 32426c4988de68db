"""The nightly build: a matrix of builds, what of them failed or got worse, one page about it.

matrix   configs/nightly.yml -> the members of a sweep
judge    their outcomes and the baselines -> what got worse, what cannot be said
summary  that as Markdown, the worst on top
"""
