"""The book's claims and their verdicts: read from the notebooks, styled on the pages, gathered in a ledger.

parse.py    notebooks → claims
ledger.py   claims → anchors and colours in the chapters, and the table of book/claims.md
"""
