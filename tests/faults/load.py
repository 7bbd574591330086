"""All that write to a site at one time, and what they are owed."""

from __future__ import annotations

import time
from collections.abc import Callable

from faults import plan
from faults.client import Client
from faults.judge import Judge
from faults.logs import Trainings
from faults.sites import EXPERIMENT, Site

DIRECT = "direct"  # the experiment of those who speak the protocol themselves
PROGRESS_SECONDS = 300.0


class Load:
    def __init__(self, site: Site, seed: str) -> None:
        self.site = site
        self.clients = [
            Client(site.grpc, DIRECT, seed, "numbers", 1, blobs=False),
            Client(site.grpc, DIRECT, seed, "pictures", 1, blobs=True),
            Client(site.grpc, DIRECT, seed, "rewound", 2, blobs=False),
        ]
        self.trainings = Trainings(site.folder / "logs", seed)

    def start(self) -> None:
        self.trainings.start()
        for client in self.clients:
            client.start()

    def reach(self, strike: plan.Strike) -> None:
        """Lets all write, and waits until the one that is looked at has got so far."""
        client = self.clients[strike.client]
        target = client.granted + strike.acknowledged
        self.trainings.grant(plan.GRANT)
        for one in self.clients:
            one.grant(plan.GRANT)
        self.wait(lambda: client.done >= target, f"{client.name} does not get to {target} batches")
        time.sleep(strike.then)

    def wait(self, holds: Callable[[], bool], otherwise: str) -> None:
        deadline = time.monotonic() + PROGRESS_SECONDS
        while not holds():
            self.check_threads()
            assert time.monotonic() < deadline, f"{otherwise}\n{self.site.tails()}"
            time.sleep(0.001)

    def check(self) -> None:
        """In the middle: of some, while they write; of those who have nothing to do for now, everything."""
        for judge in self.judges():
            judge.check_points()
        self.wait(lambda: all(client.done == client.granted for client in self.clients), "clients do not get through")
        for judge in self._judges_of_clients():
            judge.check_series()

    def check_threads(self) -> None:
        for failure in (*(client.failure for client in self.clients), self.trainings.failure):
            if failure:
                raise failure

    def finish(self) -> None:
        """All that was granted is written, acknowledged and in the lists."""
        self.trainings.stop()
        for client in self.clients:
            client.stop()
        for thread in (*self.clients, self.trainings):
            thread.join(PROGRESS_SECONDS)
            self.check_threads()
            assert not thread.is_alive(), f"{thread.name} does not come to an end\n{self.site.tails()}"
        self.wait(self._uploaded, "the upload does not come to its end")
        link, *_ = self.clients[0].links.values()
        for judge in self.judges():
            link.sync(judge.run)

    def _uploaded(self) -> bool:
        """Everything in the logs can be read."""
        judges = self._judges_of_logs()
        return len(judges) == len(self.trainings.trainings) and all(judge.complete() for judge in judges)

    def judges(self) -> list[Judge]:
        """Of the runs that are there."""
        return self._judges_of_clients() + self._judges_of_logs()

    def _judges_of_clients(self) -> list[Judge]:
        found = []
        for client in self.clients:
            links = list(client.links.values())
            if all(link.number >= 0 for link in links):
                numbers: dict[str, int | None] = {link.writer: link.number for link in links}
                found.append(Judge(self.site.rest, client.ledger, links[0].run_id, numbers))
        return found

    def _judges_of_logs(self) -> list[Judge]:
        rest = self.site.rest
        there = {e["name"] for e in rest.items("/api/v1/experiments")}
        runs = rest.runs(EXPERIMENT) if EXPERIMENT in there else {}
        ledgers = [training.ledger for training in list(self.trainings.trainings)]
        return [Judge(rest, one, runs[one.name]["id"], {"": None}) for one in ledgers if one.name in runs]

    def check_params(self) -> None:
        """The newest value of each parameter is in the catalog."""
        runs = self.site.rest.runs(DIRECT)
        for client in self.clients:
            want = {f"batches of {writer}": number for writer, number in client.last.items()}
            got = runs[client.name]["params"]
            assert {name: got.get(name) for name in want} == want, f"{client.name}: params {got}, not {want}"

    def close(self) -> None:
        for client in self.clients:
            client.api.close()
