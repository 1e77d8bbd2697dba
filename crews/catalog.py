"""The crews that this worker has: found, described through a runner, put on the shelf.

A crew is known by the name of its folder or file. One that cannot be loaded is on the
shelf too, with file, line and reason; the others are not kept from loading.
"""

import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from approvals.crews import Checkpoint, CrewProblem, CrewVersion
from approvals.errors import Unknown
from approvals.ports import Clock, CrewShelf
from crews.asking import labels_of
from crews.bundles import Bundle, BundleCache, UnpackedBundle, pack
from crews.environment import Lane
from crews.errors import (
    BundleProblem,
    RunnerProblem,
    RunnerUnfit,
    WorkerStopping,
)
from crews.finding import FoundCrew, bundle_of, find_crews
from crews.leads_to import leads_to, said_at_load
from crews.messages import Described, DescribedCheckpoint, Problem
from crews.pool import RunnerPool
from crews.wording import as_title

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class CatalogReport:
    """What a look through the search path brought."""

    versions: tuple[CrewVersion, ...]
    problems: tuple[CrewProblem, ...]


class Catalog:
    """Loads crews, and gives their bundles back."""

    def __init__(
        self,
        *,
        search_path: Sequence[Path],
        cache: BundleCache,
        pool: RunnerPool,
        shelf: CrewShelf,
        clock: Clock,
    ) -> None:
        self._search_path = search_path
        self._cache = cache
        self._pool = pool
        self._shelf = shelf
        self._clock = clock

    def load(self) -> CatalogReport:
        """Put every crew of the search path on the shelf, and take the others off.

        Raises:
            RunnerUnfit: no crew can be loaded on this machine.
            WorkerStopping: it was told to stop meanwhile.

        """
        found, problems = find_crews(self._search_path)
        for problem in problems:
            logger.warning("crews: %s", problem)
        versions: dict[str, CrewVersion] = {}
        for crew in found:
            if crew.name in versions:
                problem = CrewProblem(
                    file=str(crew.place),
                    line=None,
                    message=f"a second crew of the name “{crew.name}”; rename it",
                )
                logger.warning("crews: %s", problem)
                problems.append(problem)
                continue
            versions[crew.name] = self._load(crew)
        self._shelf.keep(versions)
        return CatalogReport(
            versions=tuple(versions.values()), problems=tuple(problems)
        )

    def fetch(self, hash_: str) -> UnpackedBundle:
        """Give a crew version as files, from the shelf if it is not unpacked here.

        Raises:
            BundleProblem: there is no such version any more, or it is damaged.

        """
        known = self._cache.find(hash_)
        if known is not None:
            return known
        try:
            archive = self._shelf.bundle(hash_)
        except Unknown as error:
            raise BundleProblem(hash_[:12], "this crew version is gone") from error
        return self._cache.unpack(hash_, archive)

    def _load(self, crew: FoundCrew) -> CrewVersion:
        try:
            bundle = bundle_of(crew)
        except BundleProblem as problem:
            bundle = _nothing(crew, problem)
            place = CrewProblem(
                file=problem.file, line=problem.line, message=problem.message
            )
            version = self._broken(crew, bundle, place)
        else:
            version = self._described(crew, bundle)
        for problem_ in version.problems:
            logger.warning("crew %s: %s", crew.name, problem_)
        self._shelf.put(version, bundle.archive)
        logger.info("crew loaded", extra={"crew": crew.name, "hash": version.hash})
        return version

    def _described(self, crew: FoundCrew, bundle: Bundle) -> CrewVersion:
        try:
            unpacked = self._cache.find(bundle.hash) or self._cache.unpack(
                bundle.hash, bundle.archive
            )
            with self._pool.lend(unpacked.binding, Lane.LIVE) as loan:
                described = loan.runner.describe(unpacked)
                loan.reusable = True
        except RunnerUnfit:
            raise
        except (RunnerProblem, BundleProblem) as problem:
            if self._pool.is_closed:
                raise WorkerStopping from problem
            place = CrewProblem(file=bundle.entry, line=None, message=str(problem))
            return self._broken(crew, bundle, place)
        return CrewVersion(
            hash=bundle.hash,
            name=crew.name,
            title=described.title or as_title(crew.name),
            description=described.description or "",
            entry=bundle.entry,
            input_schema=described.input_schema or {},
            checkpoints=_checkpoints(described),
            steps=_steps(described),
            problems=tuple(map(_problem, described.errors)),
            warnings=tuple(map(_warning, described.warnings)),
            loaded_at=self._clock.now(),
        )

    def _broken(
        self, crew: FoundCrew, bundle: Bundle, problem: CrewProblem
    ) -> CrewVersion:
        return CrewVersion(
            hash=bundle.hash,
            name=crew.name,
            title=as_title(crew.name),
            description="",
            entry=bundle.entry,
            input_schema={},
            problems=(problem,),
            loaded_at=self._clock.now(),
        )


def _nothing(crew: FoundCrew, problem: BundleProblem) -> Bundle:
    """Give a broken crew's place on the shelf: no files, and a hash of its own."""
    empty = pack({}, crew.name)
    hash_ = hashlib.sha256(f"{crew.place}\n{problem}".encode()).hexdigest()
    return Bundle(hash=hash_, entry=empty.entry, archive=empty.archive)


def _checkpoints(described: Described) -> tuple[Checkpoint, ...]:
    return tuple(
        Checkpoint(
            name=point.name,
            title=_title(point),
            labels=labels_of(point.verdicts, point.emit),
            optional=point.optional,
            policy=point.policy,
            max_revisions=point.max_revisions,
            leads_to=leads_to(described.graph, point, said_at_load(point)),
        )
        for point in described.checkpoints
    )


def _title(point: DescribedCheckpoint) -> str:
    """Give a title that says something before any run has reached the checkpoint."""
    if point.title is None or "${" in point.title:
        return as_title(point.name)
    return point.title


def _steps(described: Described) -> Mapping[str, str]:
    return {
        method.name: method.title or as_title(method.name)
        for method in described.graph.methods
    }


def _problem(problem: Problem) -> CrewProblem:
    return CrewProblem(file=problem.file, line=problem.line, message=problem.message)


def _warning(warning: Problem | str) -> str:
    return warning if isinstance(warning, str) else str(_problem(warning))
