"""files.*: an upload in its three steps, and what became of it."""

from typing import Any

from emulator import ids
from emulator.errors import Refusal, invalid_arguments
from emulator.objects import file_object
from emulator.records import Json, StoredFile
from emulator.slack import LocalSlack
from emulator.web_api.chat import authored, writable_channel
from emulator.web_api.registry import Call, method


@method("files.getUploadURLExternal", "files:write")
def get_upload_url(slack: LocalSlack, call: Call) -> Json:
    """Step one: announce a file."""
    (name,) = call.needed("filename")
    length = call.number("length", 0)
    if length <= 0:
        raise invalid_arguments("must be more than 0 [json-pointer:/length]")
    file = StoredFile(
        id=ids.fresh("F"),
        name=name,
        title=name,
        owner=slack.workspace.bot.id,
        team=slack.workspace.team.id,
        created=int(slack.clock.now()),
        expected=length,
    )
    slack.workspace.files[file.id] = file
    return {"upload_url": f"{slack.base_url}upload/v1/{file.id}", "file_id": file.id}


@method("files.completeUploadExternal", "files:write")
def complete_upload(slack: LocalSlack, call: Call) -> Json:
    """Step three: finish files and share them."""
    files = [_finished(slack, wanted) for wanted in _wanted(call)]
    channel_id = call.text("channel_id") or call.text("channels")
    if channel_id:
        _share(slack, call, channel_id, files)
    return {"files": [{"id": file.id, "title": file.title} for file in files]}


@method("files.info", "files:read")
def info(slack: LocalSlack, call: Call) -> Json:
    """One file."""
    file = slack.workspace.files.get(call.text("file"))
    if file is None or not file.complete:
        raise Refusal("file_not_found")
    shown = file_object(file, base_url=slack.base_url)
    return {
        "file": shown,
        "comments": [],
        "response_metadata": {"next_cursor": ""},
    }


def _wanted(call: Call) -> list[Any]:
    try:
        wanted = call.structure("files")
    except ValueError as error:
        raise invalid_arguments(
            "must provide an array [json-pointer:/files]"
        ) from error
    if not isinstance(wanted, list) or not wanted:
        raise invalid_arguments("missing required field: files")
    return wanted


def _finished(slack: LocalSlack, wanted: Any) -> StoredFile:
    file_id = wanted.get("id") if isinstance(wanted, dict) else None
    file = slack.workspace.files.get(str(file_id))
    if file is None or file.content is None:
        raise Refusal("file_not_found")
    file.title = str(wanted.get("title") or file.name)
    file.complete = True
    return file


def _share(
    slack: LocalSlack, call: Call, channel_id: str, files: list[StoredFile]
) -> None:
    try:
        channel = writable_channel(slack, channel_id)
    except Refusal as refusal:
        code = {"channel_not_found": "invalid_channel"}.get(refusal.code, refusal.code)
        raise Refusal(code) from refusal
    body = authored(slack) | {"text": call.text("initial_comment")}
    if call.has("thread_ts"):
        body["thread_ts"] = call.text("thread_ts")
    slack.memberships.share(channel, files, body, author=slack.workspace.bot)
