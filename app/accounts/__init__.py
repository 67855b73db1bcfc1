"""Who may sign in, and what each may do today.

Words: a *user* is anyone the program knows who may hold rights, and can sign in once a password is set; a *grant* is a
role with a first and a last day, for one institution or committee or for all; a *link* is a single-use address to set
a password; the *profile* is what the consortium says of itself on its papers, dated.
Invariants: passwords are kept only as argon2 hashes and tokens only as SHA-256; rights are read on each request; the
last person who can administer the site cannot lose that right.
"""
