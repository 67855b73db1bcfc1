"""When garbage is looked for: a process that serves pages seldom, much work among its new values only."""

import gc
import subprocess
import sys

import pytest

from app.core.garbage import collecting_young

SETTLES = """
import gc
from app.core.garbage import settle_process
held, usual = [[number] for number in range(1000)], gc.get_threshold()
settle_process()
print(gc.get_freeze_count() >= 1000, all(now >= before for now, before in zip(gc.get_threshold(), usual, strict=True)))
print(gc.get_threshold()[0] > 10 * usual[0], gc.isenabled())
"""


def test_a_process_that_has_loaded_all_looks_for_garbage_seldom_and_not_in_what_it_holds() -> None:
    said = subprocess.run([sys.executable, "-c", SETTLES], capture_output=True, text=True, check=True).stdout
    assert said.split() == ["True"] * 4


def test_garbage_is_looked_for_everywhere_again_after_much_work_even_where_it_fails() -> None:
    before = gc.get_threshold()
    with pytest.raises(ValueError, match="spoiled"), collecting_young():
        within = gc.get_threshold()
        with collecting_young():
            pass
        assert gc.get_threshold() == within
        raise ValueError("spoiled")
    assert gc.get_threshold() == before
    assert within[1] > before[1]


def test_garbage_is_looked_for_everywhere_again_where_the_first_of_two_at_once_leaves_first() -> None:
    before = gc.get_threshold()
    first, second = collecting_young(), collecting_young()
    first.__enter__()
    second.__enter__()
    within = gc.get_threshold()
    first.__exit__(None, None, None)
    assert gc.get_threshold() == within
    second.__exit__(None, None, None)
    assert gc.get_threshold() == before
    assert within[1] > before[1]
