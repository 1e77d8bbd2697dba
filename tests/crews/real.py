"""The real runner, with crewAI in it, and the scripted model that its crews ask."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from approvals.digest import sha256
from approvals.ids import RequestId
from approvals.requests import Ask
from approvals.segments import Answer, Ending, SegmentState
from approvals.verdicts import Verdict
from crews.bundles import BundleCache, UnpackedBundle
from crews.environment import PRACTICE_MODEL, Lane
from crews.finding import FoundCrew, bundle_of
from crews.pool import RunnerPool
from crews.segment import SegmentRun
from crews.settings import Limits
from tests.crews.desks import MemoryDesk, StoppedClock

ROOT: Final = Path(__file__).parents[2]
LIBRARY: Final = ROOT / "crews" / "library"


@contextmanager
def scripted_model() -> Iterator[str]:
    """Serve the crews that ship, and give the base URL."""
    command = [sys.executable, "-m", "emulator.model", "--script"]
    with subprocess.Popen(  # noqa: S603 - our own program
        [*command, str(LIBRARY / "script.yaml")],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env={"PATH": os.defpath},
    ) as model:
        assert model.stdout is not None
        yield json.loads(model.stdout.readline())["base_url"]
        model.terminate()


def unpacked(place: Path, cache: Path) -> UnpackedBundle:
    """Pack and unpack a crew, as a worker does."""
    packed = bundle_of(FoundCrew(name=place.stem, place=place))
    return BundleCache(cache).unpack(packed.hash, packed.archive)


class PracticeRun:
    """A run on a memory desk, segment after segment."""

    def __init__(self, pool: RunnerPool, bundle: UnpackedBundle, **inputs: str) -> None:
        self.desk = MemoryDesk(crew_version=bundle.hash, inputs=inputs)
        self._pool = pool
        self._bundle = bundle

    def segment(self) -> Ending:
        """Do the next segment."""
        queued = replace(
            self.desk.segment,
            state=SegmentState.QUEUED,
            number=self.desk.segment.number + 1,
        )
        self.desk.segment = queued
        with self._pool.lend(self._bundle.binding, Lane.PRACTICE) as loan:
            segment = SegmentRun(
                work=self.desk.begin(),
                runner=loan.runner,
                bundle=self._bundle,
                desk=self.desk,
                clock=StoppedClock(),
                limits=Limits(),
                model=PRACTICE_MODEL,
                stopping=lambda: None,
            )
            ending = segment.run()
            loan.reusable = segment.reusable
        return ending

    def decide(self, ask: Ask, verdict: Verdict, words: str = "") -> None:
        """Answer what was asked, as the service hands it on."""
        answer = Answer(
            address=ask.address,
            request=RequestId(f"q{len(self.desk.answers)}"),
            verdict=verdict,
            label=ask.labels.of(verdict),
            words=words,
            by="Ben",
            output_digest=sha256(ask.subject.output),
        )
        self.desk.answers = (*self.desk.answers, answer)

    def steps(self) -> list[str]:
        """List what is in the journal."""
        return [entry.address.method for entry in self.desk.journal]
