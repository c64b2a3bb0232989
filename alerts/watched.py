"""Files that may change while the service runs: whether one did, and whether it is whole."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

SETTLES = 0.1
"""Seconds that a changed file must stay as it is before it is read."""

LOOKS = 20
"""How often a file that keeps changing is looked at before it is read as it is."""


@dataclass(frozen=True, slots=True)
class Watched:
    """A file's state, to see that it changed."""

    path: Path
    stamp: tuple[int, int] | None

    @classmethod
    def look(cls, path: Path) -> "Watched":
        """Look at a file now; a missing one is a state too."""
        try:
            stat = path.stat()
        except OSError:
            return cls(path, None)
        return cls(path, (stat.st_mtime_ns, stat.st_size))

    async def settled(self) -> "Watched":
        """Look until nobody writes any more: half a config may be a good one, with fewer rules."""
        seen = self
        for _ in range(LOOKS):
            await asyncio.sleep(SETTLES)
            before, seen = seen, Watched.look(self.path)
            if seen == before:
                break
        return seen
