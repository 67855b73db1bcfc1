"""The catalogue of mouse lines: what exists, where it was made, how far it has come, and where it is kept.

Words: a *marker* is a gene by its MGI id; an *allele* is a change of it; a *clone* is the embryonic stem cell clone
that carries it; a *strain* is the background; a *line* is an allele on a strain, kept as a *colony* by its *centre* and
owned by its *owner*; a *production consortium* is a label of those who produce together, never a member; a *repository*
keeps *deposits* of lines; a *cross* is a line with parents.
Invariants: a centre has one line of a colony name, however it is spelt; an allele symbol is kept in one canonical form;
the stage on the line is the newest stage on record; no line is its own ancestor; the words of its search are true;
stages, forms and deposits are superseded, never rewritten.
"""
