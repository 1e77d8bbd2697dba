"""What the app answers where an interaction took place: ack payloads, response_urls."""

from emulator.blocks import stored_blocks
from emulator.errors import Refusal
from emulator.records import Channel, Json, Message, Person
from emulator.slack import LocalSlack
from emulator.triggers import ResponseUrl
from emulator.validation import check_attachments, check_blocks
from emulator.web_api.chat import authored


def post_answer(
    slack: LocalSlack,
    channel: Channel,
    person: Person,
    answer: Json,
    *,
    thread_ts: str | None = None,
) -> None:
    """Post an answer as a private note, or for everybody if it says so.

    Raises:
        Refusal: its content is not valid.
    """
    content = _content(answer)
    if content is None:
        return
    thread = answer.get("thread_ts") or thread_ts
    body = authored(slack) | content | ({"thread_ts": thread} if thread else {})
    if answer.get("response_type") == "in_channel":
        slack.posts.post(channel, body, author=slack.workspace.bot)
    else:
        slack.posts.note(channel, body, reader=person)


def answer_at(slack: LocalSlack, url: ResponseUrl, answer: Json) -> None:
    """Do what was posted to a response_url.

    Raises:
        Refusal: `no_text`, or its content is not valid.
    """
    channel = slack.workspace.channel(url.channel)
    person = slack.workspace.person(url.person)
    message = _source(channel, url)
    if answer.get("delete_original") and message is not None:
        slack.posts.delete(channel, message)
    elif answer.get("replace_original") and message is not None:
        content = _content(answer)
        if content is None:
            raise Refusal("no_text")
        kept = {k: v for k, v in message.body.items() if k not in {"blocks", "text"}}
        changed = kept | content
        slack.posts.change(channel, message, changed, editor=slack.workspace.bot)
    else:
        if _content(answer) is None:
            raise Refusal("no_text")
        post_answer(slack, channel, person, answer, thread_ts=url.thread_ts)


def _source(channel: Channel, url: ResponseUrl) -> Message | None:
    if url.ts is None:
        return None
    return channel.messages.get(url.ts) or channel.notes.get(url.ts)


def _content(answer: Json) -> Json | None:
    """The checked content of an answer; None where it has none."""
    content: Json = {"text": str(answer.get("text") or "")}
    if answer.get("blocks"):
        content["blocks"] = stored_blocks(check_blocks(answer["blocks"]))
    if answer.get("attachments"):
        content["attachments"] = check_attachments(answer["attachments"])
    return content if any(content.values()) else None
