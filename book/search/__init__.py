"""Search by name: sections, terms, formulas, claims and questions stand above Sphinx's list of pages that share words.

entries.py   chapters → entries, each with an address
page.py      entries → the search page
search.js    ranks them in the reader's browser
"""
