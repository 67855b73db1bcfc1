"""What needs you today: the page each user opens first, drawn from every feature.

Words: a *task* is one thing to do, with its reason and the one button that moves it on; the *digest* is a mail with all
of somebody's tasks, every day or once a week as they choose.
Invariants: a task is shown only to those who may do it; a digest is written once, and only if there is a task.
"""
