"""Reports: each is one function that returns a typed table, with the parameters it asks for.

Words: a *report* answers one question; the *catalogue* lists those the reader may open. One renderer each makes page,
PDF, XLSX, CSV and JSON of any report.
Invariants: a report holds only what its reader may see elsewhere; its figures are the same in every form.
"""
