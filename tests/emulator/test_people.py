"""users.*, usergroups.*, dnd.*: who there is."""

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from emulator.client import Workspace


async def test_somebody(web: AsyncWebClient) -> None:
    """A person has a time zone, a name and no special marks."""
    user = (await web.users_info(user="U0DEVPATL0"))["user"]

    assert user["tz"] == "Asia/Kolkata"
    assert user["tz_offset"] == 19_800
    assert user["profile"]["real_name"] == "Dev Patel"
    assert (user["deleted"], user["is_bot"], user["is_restricted"]) == (False,) * 3


async def test_those_who_may_not_decide(web: AsyncWebClient) -> None:
    """Guests, people who left, outsiders and bots can be told apart."""
    grace = (await web.users_info(user="U0GRACEGU0"))["user"]
    oscar = (await web.users_info(user="U0OLDOSCA0"))["user"]
    eve = (await web.users_info(user="U0EXTEVE00"))["user"]
    crew = (await web.users_info(user="U0CREWBOT0"))["user"]

    assert (grace["is_restricted"], grace["is_ultra_restricted"]) == (True, True)
    assert oscar["deleted"] is True
    assert "tz" not in oscar
    assert (eve["team_id"], eve["is_stranger"]) == ("T0LUMENPTR", True)
    assert (crew["is_bot"], crew["profile"]["bot_id"]) == (True, "B0CREWBOT0")


async def test_an_outsider_in_the_bots_channels_is_no_stranger(
    web: AsyncWebClient, workspace: Workspace
) -> None:
    """Somebody of another team stops being a stranger in a common channel."""
    await workspace.invite("crew", "ext-partners")

    eve = (await web.users_info(user="U0EXTEVE00"))["user"]

    assert eve["is_stranger"] is False


async def test_a_change_shows(web: AsyncWebClient, workspace: Workspace) -> None:
    """What the control surface changes, the API tells."""
    await workspace.change("ben", deleted=True, dnd=True)

    assert (await web.users_info(user="U0BENOKAF0"))["user"]["deleted"] is True
    assert (await web.dnd_info(user="U0BENOKAF0"))["dnd_enabled"] is True


async def test_nobody(web: AsyncWebClient) -> None:
    """An unknown id is refused."""
    with pytest.raises(SlackApiError, match="user_not_found"):
        await web.users_info(user="U0NOBODY00")


async def test_by_email(web: AsyncWebClient) -> None:
    """Addresses lead to active people only."""
    found = await web.users_lookupByEmail(email="ana@northwind-studio.example")

    assert found["user"]["id"] == "U0ANARUIZ0"
    assert found["user"]["profile"]["email"] == "ana@northwind-studio.example"
    with pytest.raises(SlackApiError, match="users_not_found"):
        await web.users_lookupByEmail(email="oscar@northwind-studio.example")


async def test_user_groups(web: AsyncWebClient, workspace: Workspace) -> None:
    """A group's members are listed, and change."""
    before = await web.usergroups_users_list(usergroup="S0APPROVER")
    await workspace.post("/usergroup", {"usergroup": "approvers", "users": ["dev"]})
    after = await web.usergroups_list(include_users=True)

    assert before["users"] == ["U0BENOKAF0", "U0CHIARAR0"]
    assert after["usergroups"][0]["users"] == ["U0DEVPATL0"]
    with pytest.raises(SlackApiError, match="no_such_subteam"):
        await web.usergroups_users_list(usergroup="S0NOSUCHXX")
