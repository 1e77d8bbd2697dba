"""Another crewAI is refused in words, before a run can lose anything."""

import pytest
from crewai import __version__
from crewai.flow.runtime import Flow
from crewai.llms import base_llm

from countersign import fitness
from countersign.fitness import TESTED, Unfit, check_fitness


def test_this_crewai_fits() -> None:
    """The installed release is the one that these tests pass with."""
    check_fitness()

    assert TESTED == __version__


def test_a_missing_internal_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the release that was tested."""
    monkeypatch.delattr(Flow, "_execute_racing_listeners")
    monkeypatch.delattr(base_llm, "run_with_rate_limit_retry")

    with pytest.raises(Unfit) as raised:
        check_fitness()

    assert "Flow._execute_racing_listeners is missing" in str(raised.value)
    assert "base_llm.run_with_rate_limit_retry is missing" in str(raised.value)
    assert f"crewai=={TESTED}" in str(raised.value)


def test_a_changed_signature_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it takes now stands in the message."""

    async def other(self: object, method: str, output: object) -> None:
        del self, method, output

    monkeypatch.setattr(Flow, "_run_human_feedback_step", other)

    with pytest.raises(Unfit, match=r"_run_human_feedback_step takes \(method, output"):
        check_fitness()


def test_a_missing_attribute_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Private attributes too."""
    monkeypatch.setattr(fitness, "_ATTRIBUTES", ("_methods", "_gone"))

    with pytest.raises(Unfit, match=r"Flow\._gone is missing"):
        check_fitness()
