"""Work without the garbage collector, where there is much that is kept and nothing with cycles."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

MADE = 200_000
"""Containers more made than freed from which the collector looks through them: more than the posts
of one poll are, which are freed without it."""


def spare_collector() -> None:
    """Keep the garbage collector from looking through all there is with each few posts.

    The model and the tables, which are loaded by now, it never looks through again; what is
    filled later, it looks through seldom. They hold no cycles.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(MADE, 10, 10)


@contextmanager
def without_collector() -> Iterator[None]:
    """Do what is inside without looking for cycles."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
