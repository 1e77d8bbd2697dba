"""Somebody of the workspace: what they do is done at once, what they see is awaited."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from emulator.link import PATIENCE, Json, Link, NotSeen, WentWrong
from emulator.sights import Message, View, controls_in, label_of

_Found = TypeVar("_Found")


class Person:
    """Somebody of the workspace, as `Workspace.as_user` finds them."""

    def __init__(self, workspace: Link, user: Json) -> None:
        self._workspace = workspace
        self.id = str(user["id"])
        self.handle = str(user["handle"])

    async def say(
        self,
        text: str,
        *,
        channel: str,
        thread_ts: str | None = None,
        files: list[str] | None = None,
    ) -> Message:
        """Say something, or share uploaded files, in a channel or thread."""
        channel = self._workspace.channel_id(channel)
        body: Json = {"channel": channel, "text": text, "thread_ts": thread_ts}
        answer = await self._do("/say", body | {"files": files or []})
        return Message(channel, answer["message"])

    async def slash(
        self, text: str, *, channel: str = "general", outcome: str | None = "acked"
    ) -> Json:
        """Type a slash command and wait for what becomes of it.

        Args:
            text: the command with its text.
            channel: where it is typed.
            outcome: what is expected: `acked`, `timed_out`, `failed`; None: do not wait.

        Raises:
            WentWrong: it ended otherwise.
        """
        channel = self._workspace.channel_id(channel)
        answer = await self._do("/slash", {"channel": channel, "text": text})
        return await self._ended(answer, outcome)

    async def click(
        self,
        what: str,
        *,
        in_: Message | View | None = None,
        selected: Any = None,
        outcome: str | None = "acked",
    ) -> Json:
        """Use a control: a button by its text, any control by its action_id.

        Args:
            what: a button's text, or an action_id.
            in_: where; left out: the modal on top, else the newest message that has it.
            selected: what is chosen in it, where it is no button.
            outcome: as in `slash`.

        Raises:
            NotSeen: there is no such control.
            WentWrong: it ended otherwise than expected.
        """
        place = in_ or await self._place_with(what)
        block_id, element = self._control(place, what)
        body: Json = {"block_id": block_id, "action_id": element["action_id"]}
        if selected is not None or element["type"] == "feedback_buttons":
            body["selected"] = (
                element_value(element, what) if selected is None else selected
            )
        if isinstance(place, View):
            body["view_id"] = place.id
        else:
            body |= {"channel": place.channel, "ts": place.ts}
        return await self._ended(await self._do("/click", body), outcome)

    async def submit(
        self, values: Json | None = None, *, outcome: str | None = "acked"
    ) -> Json:
        """Fill in the modal on top and submit it.

        Args:
            values: simple values by label, block_id or action_id.
            outcome: as in `slash`.

        Raises:
            RefusedByWorkspace: Slack's own client would not send it; see its `errors`.
            WentWrong: it ended otherwise than expected.
        """
        view = await self.modal()
        body = {"view_id": view.id, "values": self._by_block(view, values or {})}
        return await self._ended(await self._do("/submit", body), outcome)

    async def fill_in(self, values: Json) -> None:
        """Type into the modal on top without submitting it."""
        view = await self.modal()
        body = {"view_id": view.id, "values": self._by_block(view, values)}
        await self._do("/input", body)

    async def close(self, *, everything: bool = False) -> None:
        """Close the modal on top, or all of them."""
        view = await self.modal()
        await self._do("/close", {"view_id": view.id, "all": everything})

    async def modal(
        self, title: str | None = None, *, within: float = PATIENCE
    ) -> View:
        """The modal on top, once there is one (with this title)."""

        async def look() -> View | None:
            views = await self.modals()
            top = views[-1] if views else None
            return top if top and title in {None, top.title} else None

        wanted = f"a modal {title or ''} for {self.handle}"
        return await self._until(look, wanted, within)

    async def modals(self) -> list[View]:
        """The open modals, the last on top."""
        answer = await self._workspace.get("/view", {"as": self.id})
        return [View(view) for view in answer["views"]]

    async def no_modal(self, *, within: float = PATIENCE) -> None:
        """Wait until every modal is closed."""

        async def look() -> bool | None:
            return None if await self.modals() else True

        await self._until(look, f"no modal for {self.handle}", within)

    async def home(self, *, opened: bool = True, within: float = PATIENCE) -> View:
        """The Home tab, once the app has published one."""
        if opened:
            await self._do("/open_home", {})

        async def look() -> View | None:
            answer = await self._workspace.get("/home", {"as": self.id})
            return View(answer["view"]) if answer["view"] else None

        return await self._until(look, f"a Home for {self.handle}", within)

    async def messages(
        self, channel: str, *, thread_ts: str | None = None, limit: int = 200
    ) -> list[Message]:
        """What stands in a channel or thread, oldest first."""
        channel = self._workspace.channel_id(channel)
        query = {"as": self.id, "channel": channel, "limit": str(limit)}
        query |= {"thread_ts": thread_ts} if thread_ts else {}
        answer = await self._workspace.get("/messages", query)
        return [Message(channel, body) for body in answer["messages"]]

    async def dm(self) -> list[Message]:
        """What stands in the direct messages with the app."""
        body = {"with": self._workspace.bot}
        answer = await self._do("/open_dm", body)
        return await self.messages(answer["conversation"]["id"])

    async def everything(self) -> list[Message]:
        """Every message that this person could see anywhere, threads included."""
        query = {"as": self.id}
        answer = await self._workspace.get("/conversations", query)
        found: list[Message] = []
        for conversation in answer["conversations"]:
            if conversation["is_member"]:
                found += await self._with_threads(conversation["id"])
        return sorted(found, key=lambda message: message.ts)

    async def sees(
        self,
        text: str,
        *,
        in_: str | Message | None = None,
        within: float = PATIENCE,
    ) -> Message:
        """Wait until a message says something; the newest that does.

        Args:
            text: what it says, somewhere on it.
            in_: a channel (threads included), or the message whose thread to look in;
                left out: anywhere.
            within: seconds to wait at most.

        Raises:
            NotSeen: with what was there instead.
        """

        async def look() -> Message | None:
            found = [m for m in await self._place(in_) if text in m.text]
            return found[-1] if found else None

        return await self._until(look, f'"{text}" for {self.handle}', within, in_)

    async def no_longer_sees(
        self, text: str, *, in_: str | Message | None = None, within: float = PATIENCE
    ) -> None:
        """Wait until no message says something."""

        async def look() -> bool | None:
            found = [m for m in await self._place(in_) if text in m.text]
            return None if found else True

        await self._until(look, f'no "{text}" for {self.handle}', within, in_)

    async def sees_change(
        self, message: Message, text: str, *, within: float = PATIENCE
    ) -> Message:
        """Wait until this very message says something else."""

        async def look() -> Message | None:
            for found in await self._with_threads(message.channel):
                if found.ts == message.ts and text in found.text:
                    return found
            return None

        wanted = f'"{text}" on the message {message.ts}'
        return await self._until(look, wanted, within, message.channel)

    async def _place(self, in_: str | Message | None) -> list[Message]:
        if in_ is None:
            return await self.everything()
        if isinstance(in_, Message):
            thread_ts = in_.thread_ts or in_.ts
            return await self.messages(in_.channel, thread_ts=thread_ts)
        return await self._with_threads(self._workspace.channel_id(in_))

    async def _with_threads(self, channel: str) -> list[Message]:
        found = await self.messages(channel)
        for parent in [m for m in found if m.body.get("reply_count")]:
            found += (await self.messages(channel, thread_ts=parent.ts))[1:]
        return sorted(found, key=lambda message: message.ts)

    async def _place_with(self, what: str) -> Message | View:
        places: list[Message | View] = [*await self.everything(), *await self.modals()]
        for place in reversed(places):
            if _matching(place, what):
                return place
        sentence = f'{self.handle} sees no control "{what}" anywhere.'
        raise NotSeen(sentence)

    def _control(self, place: Message | View, what: str) -> tuple[str, Json]:
        found = _matching(place, what)
        if not found:
            names = [e["action_id"] for _, e in controls_in(place.blocks)]
            there = f"buttons {place.buttons}, controls {names}, on:\n{place.text}"
            raise NotSeen(f'No control "{what}". There are {there}')
        return found[0]

    @staticmethod
    def _by_block(view: View, values: Json) -> Json:
        placed: dict[str, Json] = {}
        for name, value in values.items():
            for block in view.blocks:
                for block_id, element in controls_in(block):
                    if name in {label_of(block), block_id, element["action_id"]}:
                        placed.setdefault(block_id, {})[element["action_id"]] = value
                        break
                else:
                    continue
                break
            else:
                sentence = (
                    f'No field "{name}" in "{view.title}"; there are {view.labels}.'
                )
                raise NotSeen(sentence)
        return placed

    async def _do(self, path: str, body: Json) -> Json:
        return await self._workspace.post(path, {"as": self.id, **body})

    async def _ended(self, answer: Json, outcome: str | None) -> Json:
        if outcome is None:
            return await self._workspace.get(f"/interactions/{answer['interaction']}")
        ended = await self._workspace.ended({"id": answer["interaction"]})
        if ended["status"] != outcome:
            told = f"{ended['kind']} by {self.handle}: {ended['status']}"
            raise WentWrong(f"{told}, expected {outcome}. {ended['note'] or ''}")
        return ended

    async def _until(
        self,
        look: Callable[[], Awaitable[_Found | None]],
        wanted: str,
        within: float,
        in_: str | Message | None = None,
    ) -> _Found:
        async def there() -> str:
            seen = [f"[{m.ts}] {m.text}" for m in (await self._place(in_))[-20:]]
            seen += [f"[modal] {view.text}" for view in await self.modals()]
            return "\n".join(seen) or "nothing"

        return await self._workspace.until(
            look, wanted=wanted, there=there, within=within, person=self.id
        )


def _matching(place: Message | View, what: str) -> list[tuple[str, Json]]:
    return [
        (block_id, element)
        for block_id, element in controls_in(place.blocks)
        if what in {element["action_id"], *_button_names(element)}
    ]


def _button_names(element: Json) -> list[str]:
    parts = [element, element.get("positive_button"), element.get("negative_button")]
    texts = [part.get("text") for part in parts if isinstance(part, dict)]
    return [str(text["text"]) for text in texts if isinstance(text, dict)]


def element_value(element: Json, what: str) -> Any:
    """The value of the feedback button that has this text."""
    for name in ("positive_button", "negative_button"):
        if element[name]["text"]["text"] == what:
            return element[name]["value"]
    return None
