"""api.*, auth.*, apps.*, team.*, bots.* and blocks.*: who and what the app is."""

from emulator.errors import Refusal
from emulator.objects import bot_profile
from emulator.records import Json
from emulator.shape_checks import Complaint
from emulator.slack import LocalSlack
from emulator.validation import message_complaints, view_complaints
from emulator.web_api.registry import Call, method


@method("api.test", caller="anyone")
def api_test(slack: LocalSlack, call: Call) -> Json:
    """Echo the arguments; an `error` among them is answered as one."""
    del slack
    arguments = {k: v for k, v in call.arguments.items() if k != "token"}
    if call.has("error"):
        raise Refusal(call.text("error"), args=arguments)
    return {"args": arguments}


@method("auth.test")
def auth_test(slack: LocalSlack, call: Call) -> Json:
    """Whose token it is."""
    del call
    workspace = slack.workspace
    return {
        "url": slack.base_url,
        "team": workspace.team.name,
        "user": workspace.bot.handle,
        "team_id": workspace.team.id,
        "user_id": workspace.bot.id,
        "bot_id": workspace.bot.bot_id,
        "is_enterprise_install": False,
    }


@method("apps.connections.open", caller="app")
def connections_open(slack: LocalSlack, call: Call) -> Json:
    """Where to open a Socket Mode connection, once."""
    del call
    ticket = slack.sockets.new_ticket()
    base = slack.base_url.replace("http://", "ws://")
    return {"url": f"{base}link/?ticket={ticket}&app_id={slack.workspace.app.id}"}


@method("team.info", "team:read")
def team_info(slack: LocalSlack, call: Call) -> Json:
    """The workspace."""
    del call
    team = slack.workspace.team
    return {
        "team": {
            "id": team.id,
            "name": team.name,
            "url": slack.base_url,
            "domain": team.domain,
            "email_domain": f"{team.domain}.example",
            "icon": {"image_default": True},
            "avatar_base_url": "https://avatars.example/",
            "is_verified": False,
        }
    }


@method("bots.info", "users:read")
def bots_info(slack: LocalSlack, call: Call) -> Json:
    """The app's bot."""
    bot = slack.workspace.bot
    if call.has("bot") and call.text("bot") != bot.bot_id:
        raise Refusal("bot_not_found")
    profile = bot_profile(slack.workspace) | {"user_id": bot.id}
    return {"bot": {k: v for k, v in profile.items() if k != "team_id"}}


@method("blocks.validate", caller="anyone")
def blocks_validate(slack: LocalSlack, call: Call) -> Json:
    """Whether blocks, a message or a view would be accepted."""
    del slack
    given = [name for name in ("blocks", "view", "message") if call.has(name)]
    if len(given) != 1:
        sentence = "must provide exactly one of `blocks`, `view`, or `message`"
        metadata = {"messages": [sentence]}
        raise Refusal("invalid_arguments", response_metadata=metadata)
    name = given[0]
    complaints = _complaints(name, call)
    if complaints:
        errors = [_as_error(complaint) for complaint in complaints]
        raise Refusal(f"invalid_{name}", errors=errors)
    return {}


def _complaints(name: str, call: Call) -> list[Complaint]:
    try:
        value = call.structure(name)
    except ValueError as error:
        raise Refusal(f"invalid_{name}") from error
    if name == "view":
        return view_complaints(value, ("modal", "home"))
    if name == "message":
        blocks = value.get("blocks", []) if isinstance(value, dict) else value
        return message_complaints(blocks)
    return message_complaints(value, at="")


def _as_error(complaint: Complaint) -> Json:
    error: Json = {
        "code": complaint.code,
        "message": complaint.message,
        "pointer": complaint.pointer,
    }
    if complaint.constraint is not None:
        error["constraint"] = complaint.constraint
    return error
