"""Who sits on what, on any day, and the rights that go with it.

Words: a *committee* has *seats*; an *appointment* puts a person on a seat for a term, and may make them chair, deputy
or secretary; the *roster* is who sits there on a day; a *vacancy* is a seat nobody holds; a *plan* says who is to
follow, an *election* fills seats by nominations and a ballot.
Invariants: no two appointments share a day on one seat; an office has one holder at a time; each appointment writes
its dated grant and ends it with its own last day; a correction supersedes and never edits; plans and elections give no
right but by the appointment they end in.
"""
