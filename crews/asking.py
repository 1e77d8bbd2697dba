"""A runner's ask as the rules know it: what people will decide on, exactly."""

from approvals.digest import canonical_json
from approvals.requests import Ask, Fact, Subject
from approvals.verdicts import Labels
from crews.leads_to import leads_to
from crews.messages import AskBody, Described, VerdictLabels
from crews.wording import as_title


class NotJson(ValueError):
    """An output has no canonical JSON, so that no digest can bind a decision to it."""


def ask_of(body: AskBody, described: Described) -> Ask:
    """Give the ask; what the file says of a verdict comes before the graph.

    Raises:
        NotJson: the output is not finite JSON of whole characters.

    """
    title = body.title or body.message or as_title(body.checkpoint)
    context = (body.message if body.title else None, body.context)
    return Ask(
        address=body.address,
        checkpoint=body.checkpoint,
        visit=body.visit,
        revision=body.revision,
        subject=Subject(
            title=title,
            body=body.output_text,
            output=_canonical(body.output),
            facts=_facts(body),
            criteria=body.criteria or (),
        ),
        labels=labels_of(body.verdicts, body.emit),
        policy=body.policy,
        max_revisions=body.max_revisions,
        context="\n\n".join(text for text in context if text),
        leads_to=_sentences(body, described),
    )


def labels_of(verdicts: VerdictLabels, emit: tuple[str, ...] | None) -> Labels:
    """Give a checkpoint's labels."""
    return Labels(
        emit=emit or (),
        approve=verdicts.approve,
        reject=verdicts.reject,
        revise=verdicts.revise,
        skip=verdicts.skip,
        expired=verdicts.expired,
        choices=verdicts.choices,
    )


def _facts(body: AskBody) -> tuple[Fact, ...]:
    return tuple(
        Fact(
            name=fact.name,
            label=fact.label or as_title(fact.name),
            type=fact.type,
            value=fact.value,
            currency=fact.currency,
            unknown=fact.unknown,
        )
        for fact in body.facts
    )


def _canonical(output: object) -> str:
    try:
        text = canonical_json(output)
        text.encode("utf-8")
    except ValueError as error:
        raise NotJson(str(error)) from error
    return text


def _sentences(body: AskBody, described: Described) -> dict[str, str]:
    point = next(
        (point for point in described.checkpoints if point.name == body.checkpoint),
        None,
    )
    said = body.consequence or {}
    if point is None:
        return {verdict: text for verdict, text in said.items() if text}
    return leads_to(described.graph, point, said)
