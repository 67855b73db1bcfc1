"""What needs you today: the page each user opens first, drawn from every feature.

Words: a *task* is one thing to do, with its reason and the one button that moves it on.
Invariants: a task is shown only to those who may do it.
"""
