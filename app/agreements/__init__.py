"""Agreements about material: what may go where, under which paper, and who may sign it.

Words: a *template* is a text in *versions* that agreements are drafted from; the *rule table* proposes the template;
a *master agreement* has *parties*, who then agree on single transfers by *implementing letters*; a *signatory* may
sign for an institution from a day on until they are withdrawn; a *consent* lets the holder of a line pass it on.
Invariants: what a version says is never rewritten; the first row of the rule table that matches wins, in the order of
positions; nobody is a signatory of an institution, and no institution a party to a master, twice on one day; a
correction supersedes and never edits.
"""
