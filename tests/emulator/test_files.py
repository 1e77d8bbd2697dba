"""Files: the three steps of an upload, what people see, what is refused."""

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from emulator.client import Person
from emulator.slack import LocalSlack

GENERAL = "C0GENERAL0"


async def _fetch(url: str, token: str | None = None) -> tuple[int, bytes]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with (
        aiohttp.ClientSession() as session,
        session.get(url, headers=headers, allow_redirects=False) as response,
    ):
        return response.status, await response.read()


async def test_an_upload_into_a_thread(
    web: AsyncWebClient, ana: Person, slack: LocalSlack
) -> None:
    """The stock client's upload lands in the thread, and can be opened."""
    parent = await web.chat_postMessage(channel=GENERAL, text="parent")

    uploaded = await web.files_upload_v2(
        channel=GENERAL,
        thread_ts=parent["ts"],
        filename="text.md",
        title="The whole text",
        content="# Tea",
        initial_comment="In full:",
    )

    seen = await ana.sees("The whole text", in_="general")
    assert seen.thread_ts == parent["ts"]
    assert seen.notification == "In full:"
    (file,) = seen.body["files"]
    assert file["id"] == uploaded["files"][0]["id"]
    for url in (f"{slack.base_url}control/file/{file['id']}?as=ana",):
        assert await _fetch(url) == (200, b"# Tea")
    assert await _fetch(file["url_private"], slack.bot_token) == (200, b"# Tea")
    assert (await _fetch(file["url_private"]))[0] == 302


async def test_files_info(web: AsyncWebClient) -> None:
    """A finished file tells where it was shared."""
    uploaded = await web.files_upload_v2(channel=GENERAL, filename="a.txt", content="a")

    info = await web.files_info(file=uploaded["files"][0]["id"])

    assert list(info["file"]["shares"]["public"]) == [GENERAL]
    with pytest.raises(SlackApiError, match="file_not_found"):
        await web.files_info(file="F0NOSUCHXX")


async def test_the_announced_length_counts(web: AsyncWebClient) -> None:
    """Bytes that are too many or too few are not taken."""
    announced = await web.files_getUploadURLExternal(filename="a.txt", length=3)
    async with (
        aiohttp.ClientSession() as session,
        session.post(announced["upload_url"], data=b"four") as response,
    ):
        refused = response.status

    assert refused == 400
    with pytest.raises(SlackApiError, match="file_not_found"):
        await web.files_completeUploadExternal(files=[{"id": announced["file_id"]}])
    with pytest.raises(SlackApiError, match="invalid_arguments"):
        await web.files_getUploadURLExternal(filename="a.txt", length=0)


async def test_where_files_may_not_go(web: AsyncWebClient) -> None:
    """Sharing needs a channel that exists and that the bot is in."""
    for channel, error in (("C0NOSUCHXX", "invalid_channel"), ("C0EXTPARTN", "not_in")):
        with pytest.raises(SlackApiError, match=error):
            await web.files_upload_v2(channel=channel, filename="a.txt", content="a")


async def test_hostile_files_are_shown_as_text(
    web: AsyncWebClient, slack: LocalSlack
) -> None:
    """A file's content never runs in the page."""
    await web.files_upload_v2(
        channel=GENERAL, filename="x.html", content="<script>alert(1)</script>"
    )
    (file,) = slack.workspace.files.values()
    url = f"{slack.base_url}control/file/{file.id}"

    async with aiohttp.ClientSession() as session, session.get(url) as response:
        assert response.content_type == "text/plain"
        assert response.headers["Content-Security-Policy"] == "sandbox"
        assert response.headers["X-Content-Type-Options"] == "nosniff"


async def test_files_of_conversations_that_are_not_theirs(
    web: AsyncWebClient, slack: LocalSlack
) -> None:
    """Who cannot read the channel cannot open its files."""
    await web.files_upload_v2(channel="C0FINANCE0", filename="a.txt", content="a")
    (file,) = slack.workspace.files.values()
    url = f"{slack.base_url}control/file/{file.id}"

    assert (await _fetch(f"{url}?as=ana"))[0] == 200
    assert (await _fetch(f"{url}?as=ben"))[0] == 404


async def test_people_upload_too(
    web: AsyncWebClient, slack: LocalSlack, ana: Person
) -> None:
    """A person's file is said in a message."""
    form = aiohttp.FormData({"as": "ana"})
    form.add_field("file", b"price list", filename="prices.txt")
    url = f"{slack.base_url}control/upload"
    async with aiohttp.ClientSession() as session, session.post(url, data=form) as r:
        file = (await r.json())["file"]

    said = await ana.say("look", channel="general", files=[file["id"]])

    assert said.body["subtype"] == "file_share"
    history = await web.conversations_history(channel=GENERAL)
    assert history["messages"][0]["files"][0]["name"] == "prices.txt"
