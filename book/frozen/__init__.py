"""Interactive widgets without a kernel.

In the site build, a chapter's kernel loads `book.frozen.kernel`. It shows an `interact` as a fragment of
HTML that holds native controls, the picture of the start state, and the pictures of all other states,
compressed. The rooms, each knowing only its neighbours:

controls.py   an `interactive` widget → its controls and the grid of their values
capture.py    a callback and a state → what it shows, as one piece of HTML (svg.py makes figures small)
payload.py    all pieces of HTML → a small blob, and back
markup.py     controls and frames → the fragment
kernel.py     the IPython extension: registers the formatters
page.py       the Sphinx extension: moves each blob to a file of its own, adds player.js and player.css
"""
