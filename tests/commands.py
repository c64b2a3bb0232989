"""What a command said when it was run in the test's own process."""

from typing import NamedTuple


class Result(NamedTuple):
    """code: of exit. out: standard output. err: the lines of standard error."""

    code: int
    out: str
    err: list[str]
