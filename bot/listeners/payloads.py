"""Slack's payloads as values: past this file, nothing sees a raw body.

Shapes: docs.slack.dev, interactivity (block_actions, view_submission) and slash
commands. The actor comes from the envelope's user and team, never from a form.
"""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from approvals.ids import ChannelId, TeamId, UserId


class _Payload(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class SlashCommand(_Payload):
    """A slash command as sent."""

    team_id: TeamId
    user_id: UserId
    channel_id: ChannelId
    command: str
    text: str = ""
    trigger_id: str


class _User(_Payload):
    id: UserId


class _Team(_Payload):
    id: TeamId


class _Channel(_Payload):
    id: ChannelId


class _Container(_Payload):
    channel_id: ChannelId | None = None
    message_ts: str | None = None
    thread_ts: str | None = None
    is_ephemeral: bool = False


class _SelectedOption(_Payload):
    value: str


class _Action(_Payload):
    action_id: str
    block_id: str = ""
    type: str
    value: str | None = None
    selected_option: _SelectedOption | None = None


class _State(_Payload):
    values: dict[str, dict[str, dict[str, Any]]] = Field(default_factory=dict)


class OpenView(_Payload):
    """A modal as Slack sends it back; `state` is what the person has entered."""

    id: str
    callback_id: str = ""
    private_metadata: str = ""
    hash: str = ""
    root_view_id: str = ""
    state: _State = Field(default_factory=_State)


class Click(_Payload):
    """A button or menu that was used, in a message or a modal."""

    user: _User
    team: _Team
    trigger_id: str
    actions: tuple[_Action, ...] = Field(min_length=1)
    container: _Container = Field(default_factory=_Container)
    channel: _Channel | None = None
    view: OpenView | None = None
    response_url: str = ""

    @property
    def value(self) -> str:
        """Give the value of the button, or of the option that was chosen."""
        action = self.actions[0]
        if action.selected_option is not None:
            return action.selected_option.value
        return action.value or ""

    @property
    def at(self) -> tuple[ChannelId, str | None] | None:
        """Give the channel of the message that was clicked in, and its thread.

        A message that begins a thread stands in the channel itself.
        """
        channel = self.container.channel_id or (self.channel and self.channel.id)
        if not channel:
            return None
        thread = self.container.thread_ts
        return channel, thread if thread != self.container.message_ts else None

    @property
    def message(self) -> tuple[ChannelId, str] | None:
        """Give the posted message that was clicked in: its channel and its ts."""
        if self.view is not None or self.container.is_ephemeral:
            return None
        if self.at is None or self.container.message_ts is None:
            return None
        return self.at[0], self.container.message_ts


class Submission(_Payload):
    """A modal that was submitted."""

    user: _User
    team: _Team
    view: OpenView
