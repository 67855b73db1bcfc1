"""Who the members are, and who speaks for them, on any day.

Words: an *institution* is a centre, funder or corporation; a *membership* makes it a member in a *class* for a period,
and passes through *steps* (applied, admitted, active, suspended, withdrawn, lapsed), each dated; an *affiliation* ties
a person to an institution; a *representation* names the person who votes, stands in, is billed or signs for it; a
*contact route* says how a person is reached for a purpose; a *leaver* has no tie left and is *erased* on their day.
Invariants: names and particulars are dated; no two memberships of one institution in one class share a day, no two
voting representatives either; a correction supersedes a fact and never edits it.
"""
