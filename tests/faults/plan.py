"""Who is killed when. A plan follows from its seed alone.

Moments are told in terms of progress (so many acknowledgements of one client after the last blow) and some milliseconds
on top, so that a replay strikes the same work on a faster or slower machine.
"""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Iterator, Mapping, Set

GRANT = 8  # batches that each client may send between two blows


@dataclasses.dataclass(frozen=True)
class Strike:
    client: int  # whose acknowledgements are counted
    acknowledged: int  # 0..GRANT of what it may send before the next blow
    then: float  # seconds later
    victims: tuple[str, ...]
    gap: float  # seconds between one victim and the next; 0: at one moment
    again: tuple[float, ...]  # the first victim is killed again, so many seconds after each new start

    def __str__(self) -> str:
        text = f"{' + '.join(self.victims)} ({self.gap * 1000:.0f} ms apart)" if self.gap else " + ".join(self.victims)
        moment = f"{self.acknowledged}/{GRANT} of client {self.client} + {self.then * 1000:.1f} ms"
        restarts = "".join(f", again {after * 1000:.0f} ms after its start" for after in self.again)
        return f"{text} at {moment}{restarts}"


def strikes(seed: str, clients: int, weights: Mapping[str, float], started: Set[str]) -> Iterator[Strike]:
    """Without end. `weights`: how often each victim is chosen; `started`: those that do not come back by themselves."""
    chance = random.Random(seed)
    names = list(weights)
    while True:
        (first,) = chance.choices(names, list(weights.values()))
        victims = [first]
        # The whole tree has everybody in it, and a backend ends with its PostgreSQL.
        others = [name for name in names if name not in (first, "tree", "backend")]
        if first not in ("tree", "backend") and chance.random() < 0.4:
            victims.append(chance.choice(others))
        again: list[float] = []
        while first in started and len(again) < 2 and chance.random() < 0.2:
            again.append(chance.choice([0.0, chance.uniform(0, 0.1), chance.uniform(0, 0.8)]))
        yield Strike(
            client=chance.randrange(clients),
            acknowledged=chance.randint(0, GRANT),
            then=chance.choice([0.0, chance.uniform(0, 0.005), chance.uniform(0, 0.05), chance.uniform(0, 0.3)]),
            victims=tuple(victims),
            gap=chance.choice([0.0, chance.uniform(0, 0.01), chance.uniform(0, 0.1)]) if len(victims) > 1 else 0.0,
            again=tuple(again),
        )
