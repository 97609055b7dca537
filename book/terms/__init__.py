"""The glossary's terms: read from its notebook, and linked from the first use of each in every other chapter.

parse.py    glossary.ipynb → terms
links.py    chapter → the same chapter, with each term's first use linked (`make tidy` writes it)
"""
