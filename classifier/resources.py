"""Where the shipped data and models lie: the checkout's own folders, or the installed copy."""

from importlib.util import find_spec
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent


def shipped(*parts: str) -> Path:
    """Return the path of a shipped file or folder, such as shipped("data", "gazetteer").

    A checkout's own copy comes first; a wheel installs the same tree as `tocsin_share`.
    """
    if (CHECKOUT / "pyproject.toml").is_file():
        return CHECKOUT.joinpath(*parts)
    share = find_spec("tocsin_share")
    if share is None or not share.submodule_search_locations:
        raise FileNotFoundError("Tocsin's shipped data is missing: install the package again")
    return Path(next(iter(share.submodule_search_locations))).joinpath(*parts)
