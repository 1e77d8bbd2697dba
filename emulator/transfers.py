"""The bytes of files: sent by the app, uploaded by people, shown and downloaded."""

from http import HTTPStatus

from aiohttp import web
from aiohttp.web_request import FileField

from emulator import ids
from emulator.acts.payloads import acting
from emulator.control.routing import refused
from emulator.errors import Refusal
from emulator.objects import file_object
from emulator.records import Person, StoredFile
from emulator.slack import LocalSlack

_SHOWN_AS_TEXT = ("text/", "application/json")


class Transfers:
    """Everything that moves a file's content."""

    def __init__(self, slack: LocalSlack) -> None:
        self._slack = slack

    async def receive(self, request: web.Request) -> web.StreamResponse:
        """Step two of an app's upload: the bytes, raw or as a form."""
        file = self._slack.workspace.files.get(request.match_info["file"])
        if file is None or file.complete:
            return web.Response(text="not_found", status=HTTPStatus.NOT_FOUND)
        content = await _content(request)
        if len(content) != file.expected:
            text = f"expected {file.expected} bytes, got {len(content)}"
            return web.Response(text=text, status=HTTPStatus.BAD_REQUEST)
        file.content = content
        return web.Response(text=f"OK - {len(content)}")

    async def download(self, request: web.Request) -> web.StreamResponse:
        """A file's `url_private`, for whoever has the bot's token."""
        wanted = f"Bearer {self._slack.bot_token}"
        if request.headers.get("Authorization") != wanted:
            raise web.HTTPFound("/")  # Slack answers with its sign-in page
        file = self._slack.workspace.files.get(request.match_info["file"])
        if file is None or file.content is None:
            raise web.HTTPNotFound
        return _bytes(file)

    async def show(self, request: web.Request) -> web.StreamResponse:
        """A file, for the page."""
        file = self._slack.workspace.files.get(request.match_info["file"])
        if file is None or file.content is None:
            refusal = Refusal("file_not_found", "There is no such file.")
            return refused(refusal, HTTPStatus.NOT_FOUND)
        wanted = request.query.get("as")
        if wanted and not self._may_see(self._slack.workspace.person(wanted), file):
            refusal = Refusal("file_not_found", "This file was not shared with them.")
            return refused(refusal, HTTPStatus.NOT_FOUND)
        return _bytes(file)

    async def upload(self, request: web.Request) -> web.StreamResponse:
        """A file from a person, to be said or put into a form."""
        form = await request.post()
        part = form.get("file")
        try:
            person = acting(self._slack, form.get("as"))
        except Refusal as refusal:
            return refused(refusal)
        if not isinstance(part, FileField):
            return refused(Refusal("no_file", "Send a file as the form's `file`."))
        file = StoredFile(
            id=ids.fresh("F"),
            name=part.filename,
            title=part.filename,
            owner=person.id,
            team=person.team_id,
            created=int(self._slack.clock.now()),
            content=part.file.read(),
            complete=True,
        )
        self._slack.workspace.files[file.id] = file
        shown = file_object(file, base_url=self._slack.base_url)
        return web.json_response({"ok": True, "file": shown})

    def _may_see(self, person: Person, file: StoredFile) -> bool:
        workspace = self._slack.workspace
        channels = [workspace.channels[channel] for channel in file.channels]
        shared = any(workspace.may_read(person, channel) for channel in channels)
        return shared or file.owner == person.id


async def _content(request: web.Request) -> bytes:
    if request.content_type != "multipart/form-data":
        return await request.read()
    for part in (await request.post()).values():
        if isinstance(part, FileField):
            return part.file.read()
    return b""


def _bytes(file: StoredFile) -> web.Response:
    """A file's content; never as something that a browser would run."""
    kind = str(file_object(file, base_url="")["mimetype"])
    as_text = kind.startswith(_SHOWN_AS_TEXT)
    return web.Response(
        body=file.content or b"",
        content_type="text/plain" if as_text else "application/octet-stream",
        charset="utf-8" if as_text else None,
        headers={
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox",
        },
    )
