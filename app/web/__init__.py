"""The glue to Flask: who may open what, forms and their errors, pages, lists, exports, papers, error pages.

Its words: *access* (the mark every view carries), *listing* (a list page declared once), *paper* (a PDF), *on* (the
day a page speaks of). Invariants: a view without a mark is refused; a safe request begins read-only transactions; a
creating form sent twice is done once; no page runs a script that is not ours.
"""
