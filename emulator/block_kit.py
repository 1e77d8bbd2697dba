"""Block Kit's table: every block, element and object, with its limits.

Numbers and fields are those of Slack's reference (docs.slack.dev/reference/block-kit),
of slack_sdk 3.47's models and of @slack/types 3.2; what comes from elsewhere says so.
"""

from collections.abc import Mapping

from emulator.shapes import (
    Anything,
    Block,
    Choice,
    Element,
    Flag,
    Many,
    Rule,
    Shape,
    Text,
    TextOrElement,
    Whole,
    Words,
)

MESSAGE, MODAL, HOME = "message", "modal", "home"

_ID = Words(most=255, least=1)
_URL = Words(most=3000, least=1)
_ALT = Words(most=2000)
_VALUE = Words(most=2000)
_LABEL = Words(most=75)
_PLACEHOLDER = Text(most=150, plain=True)
_PEOPLE = Many(of=Words(least=1), least=1)
_RICH = Block(("rich_text",))
_STYLE = Choice(("primary", "danger"))

_CONFIRM = Shape(
    must={"title": Text(most=100, plain=True), "text": Text(most=300)},
    may={
        "confirm": Text(most=30, plain=True),
        "deny": Text(most=30, plain=True),
        "style": _STYLE,
    },
)
_OPTION = Shape(
    must={"text": Text(most=75, plain=True), "value": Words(most=150, least=1)},
    may={"description": Text(most=75, plain=True), "url": _URL},
)
_MARKED_OPTION = Shape(
    must={"text": Text(most=75), "value": Words(most=150, least=1)},
    may={"description": Text(most=75)},
)
_OPTION_GROUP = Shape(
    must={"label": Text(most=75, plain=True), "options": Many(of=_OPTION, most=100)}
)
_FILTER = Shape(
    may={
        "include": Many(of=Choice(("im", "mpim", "private", "public"))),
        "exclude_external_shared_channels": Flag(),
        "exclude_bot_users": Flag(),
    }
)
_DISPATCH = Shape(
    may={
        "trigger_actions_on": Many(
            of=Choice(("on_enter_pressed", "on_character_entered"))
        )
    }
)
_SLACK_FILE = Shape(may={"id": Words(), "url": Words()}, one_of=("id", "url"))
_WORKFLOW = Shape(must={"trigger": Anything()})
_FEEDBACK_BUTTON = Shape(
    must={"text": Text(most=75, plain=True), "value": _VALUE},
    may={"accessibility_label": _LABEL},
)

_COMMON: Mapping[str, Rule] = {"action_id": _ID}
_FOCUS: Mapping[str, Rule] = {**_COMMON, "focus_on_load": Flag(), "confirm": _CONFIRM}
_TYPING: Mapping[str, Rule] = {
    **_COMMON,
    "placeholder": _PLACEHOLDER,
    "focus_on_load": Flag(),
    "dispatch_action_config": _DISPATCH,
}
_CHOOSING: Mapping[str, Rule] = {**_FOCUS, "placeholder": _PLACEHOLDER}
_CHOOSING_SEVERAL: Mapping[str, Rule] = {
    **_CHOOSING,
    "max_selected_items": Whole(least=1),
}
_OPTIONS: Mapping[str, Rule] = {
    "options": Many(of=_OPTION, most=100),
    "option_groups": Many(of=_OPTION_GROUP, most=100),
}

SELECTS = (
    "static_select",
    "external_select",
    "users_select",
    "conversations_select",
    "channels_select",
)
MULTI_SELECTS = tuple(f"multi_{name}" for name in SELECTS)
_PICKERS = ("datepicker", "timepicker", "datetimepicker")
_CHOICES = ("checkboxes", "radio_buttons")
_TEXT_INPUTS = (
    "plain_text_input",
    "email_text_input",
    "url_text_input",
    "number_input",
    "rich_text_input",
)

ELEMENTS: Mapping[str, Shape] = {
    "button": Shape(
        must={"text": Text(most=75, plain=True)},
        may={
            **_COMMON,
            "value": _VALUE,
            "url": _URL,
            "style": _STYLE,
            "confirm": _CONFIRM,
            "accessibility_label": _LABEL,
            "visible_to_user_ids": _PEOPLE,
            "agent_prompt": Words(most=4000),
            "agent_prompt_display": Anything(),
        },
    ),
    "workflow_button": Shape(
        must={"text": Text(most=75, plain=True), "workflow": _WORKFLOW},
        may={**_COMMON, "style": _STYLE, "accessibility_label": _LABEL},
    ),
    "icon_button": Shape(
        must={"icon": Words(least=1), "text": Text(plain=True)},
        may={
            **_COMMON,
            "value": _VALUE,
            "confirm": _CONFIRM,
            "accessibility_label": _LABEL,
            "visible_to_user_ids": Many(of=Words(least=1), most=10),
        },
    ),
    "feedback_buttons": Shape(
        must={"positive_button": _FEEDBACK_BUTTON, "negative_button": _FEEDBACK_BUTTON},
        may=_COMMON,
    ),
    "checkboxes": Shape(
        must={"options": Many(of=_MARKED_OPTION, most=10)},
        may={**_FOCUS, "initial_options": Many(of=_MARKED_OPTION, most=10)},
    ),
    "radio_buttons": Shape(
        must={"options": Many(of=_MARKED_OPTION, most=10)},
        may={**_FOCUS, "initial_option": _MARKED_OPTION},
    ),
    "overflow": Shape(
        must={"options": Many(of=_OPTION, most=5)},
        may={**_COMMON, "confirm": _CONFIRM},
    ),
    "datepicker": Shape(may={**_CHOOSING, "initial_date": Words()}),
    "timepicker": Shape(
        may={**_CHOOSING, "initial_time": Words(), "timezone": Words()}
    ),
    "datetimepicker": Shape(may={**_FOCUS, "initial_date_time": Whole(least=0)}),
    "image": Shape(
        must={"alt_text": _ALT},
        may={"image_url": _URL, "slack_file": _SLACK_FILE},
        one_of=("image_url", "slack_file"),
    ),
    "static_select": Shape(
        may={**_CHOOSING, **_OPTIONS, "initial_option": _OPTION},
        one_of=("options", "option_groups"),
    ),
    "multi_static_select": Shape(
        may={
            **_CHOOSING_SEVERAL,
            **_OPTIONS,
            "initial_options": Many(of=_OPTION, most=100),
        },
        one_of=("options", "option_groups"),
    ),
    "external_select": Shape(
        may={
            **_CHOOSING,
            "initial_option": _OPTION,
            "min_query_length": Whole(least=0),
        },
    ),
    "multi_external_select": Shape(
        may={
            **_CHOOSING_SEVERAL,
            "initial_options": Many(of=_OPTION, most=100),
            "min_query_length": Whole(least=0),
        },
    ),
    "users_select": Shape(may={**_CHOOSING, "initial_user": Words()}),
    "multi_users_select": Shape(
        may={**_CHOOSING_SEVERAL, "initial_users": Many(of=Words())}
    ),
    "conversations_select": Shape(
        may={
            **_CHOOSING,
            "initial_conversation": Words(),
            "default_to_current_conversation": Flag(),
            "response_url_enabled": Flag(),
            "filter": _FILTER,
        },
    ),
    "multi_conversations_select": Shape(
        may={
            **_CHOOSING_SEVERAL,
            "initial_conversations": Many(of=Words()),
            "default_to_current_conversation": Flag(),
            "filter": _FILTER,
        },
    ),
    "channels_select": Shape(
        may={**_CHOOSING, "initial_channel": Words(), "response_url_enabled": Flag()}
    ),
    "multi_channels_select": Shape(
        may={**_CHOOSING_SEVERAL, "initial_channels": Many(of=Words())}
    ),
    "plain_text_input": Shape(
        may={
            **_TYPING,
            "initial_value": Words(most=3000),
            "multiline": Flag(),
            "min_length": Whole(least=0, most=3000),
            "max_length": Whole(least=1, most=3000),
        },
    ),
    "email_text_input": Shape(may={**_TYPING, "initial_value": Words()}),
    "url_text_input": Shape(may={**_TYPING, "initial_value": Words()}),
    "number_input": Shape(
        must={"is_decimal_allowed": Flag()},
        may={
            **_TYPING,
            "initial_value": Words(),
            "min_value": Words(),
            "max_value": Words(),
        },
    ),
    "rich_text_input": Shape(
        may={
            **_TYPING,
            "initial_value": _RICH,
            "min_lines": Whole(least=1, most=100),
            "max_lines": Whole(least=1, most=100),
        },
    ),
    "file_input": Shape(
        may={
            **_COMMON,
            "filetypes": Many(of=Words(least=1)),
            "max_files": Whole(least=1, most=10),
        },
    ),
    "url": Shape(must={"url": _URL, "text": Words(least=1)}),
}

_BLOCK: Mapping[str, Rule] = {"block_id": _ID}
_IMAGE = Element(("image",))
_ACCESSORY = Element(
    (
        "button",
        "workflow_button",
        "image",
        "overflow",
        *_CHOICES,
        *_PICKERS,
        *SELECTS,
        *MULTI_SELECTS,
    )
)
_CELL = Shape(must={"type": Choice(("raw_text", "raw_number", "rich_text"))})

BLOCKS: Mapping[str, Shape] = {
    "section": Shape(
        may={
            **_BLOCK,
            "text": Text(most=3000),
            "fields": Many(of=Text(most=2000), most=10),
            "accessory": _ACCESSORY,
            "expand": Flag(),
        },
        one_of=("text", "fields"),
    ),
    "header": Shape(
        must={"text": Text(most=150, plain=True)},
        may={**_BLOCK, "level": Whole(least=1, most=4)},
    ),
    "divider": Shape(may=_BLOCK),
    "context": Shape(
        must={"elements": Many(of=TextOrElement(("image",)), most=10)},
        may=_BLOCK,
    ),
    "actions": Shape(
        must={
            "elements": Many(
                of=Element(
                    (
                        "button",
                        "workflow_button",
                        "overflow",
                        "rich_text_input",
                        *_CHOICES,
                        *_PICKERS,
                        *SELECTS,
                        *MULTI_SELECTS,
                    )
                ),
                most=25,
            )
        },
        may=_BLOCK,
    ),
    "context_actions": Shape(
        must={
            "elements": Many(of=Element(("feedback_buttons", "icon_button")), most=5)
        },
        may=_BLOCK,
        only_in=(MESSAGE,),
    ),
    "image": Shape(
        must={"alt_text": _ALT},
        may={
            **_BLOCK,
            "image_url": _URL,
            "slack_file": _SLACK_FILE,
            "title": Text(most=2000, plain=True),
        },
        one_of=("image_url", "slack_file"),
    ),
    "input": Shape(
        must={
            "label": Text(most=2000, plain=True),
            "element": Element(
                (
                    *_TEXT_INPUTS,
                    *_CHOICES,
                    *_PICKERS,
                    *SELECTS,
                    *MULTI_SELECTS,
                    "file_input",
                )
            ),
        },
        may={
            **_BLOCK,
            "hint": Text(most=2000, plain=True),
            "optional": Flag(),
            "dispatch_action": Flag(),
        },
    ),
    "file": Shape(
        must={"external_id": Words(least=1), "source": Choice(("remote",))},
        may=_BLOCK,
        only_in=(MESSAGE,),
    ),
    "call": Shape(
        must={"call_id": Words(least=1)},
        may={**_BLOCK, "api_decoration_available": Flag(), "call": Anything()},
        only_in=(MESSAGE,),
    ),
    "video": Shape(
        must={
            "alt_text": Words(),
            "title": Text(most=199, plain=True),
            "thumbnail_url": Words(least=1),
            "video_url": Words(least=1),
        },
        may={
            **_BLOCK,
            "author_name": Words(most=49),
            "description": Text(most=199, plain=True),
            "provider_icon_url": Words(),
            "provider_name": Words(),
            "title_url": Words(),
        },
    ),
    # Its 12,000 characters count over all markdown blocks: see limits.py.
    "markdown": Shape(must={"text": Words(least=1)}, may=_BLOCK, only_in=(MESSAGE,)),
    "rich_text": Shape(
        must={
            "elements": Many(
                of=Shape(
                    must={
                        "type": Choice(
                            (
                                "rich_text_section",
                                "rich_text_list",
                                "rich_text_preformatted",
                                "rich_text_quote",
                            )
                        ),
                        "elements": Many(of=Anything(), least=0),
                    },
                    may={
                        "style": Choice(("bullet", "ordered")),
                        "indent": Whole(least=0),
                        "offset": Whole(least=0),
                        "border": Whole(least=0),
                        "language": Words(),
                    },
                )
            )
        },
        may=_BLOCK,
    ),
    "table": Shape(
        must={"rows": Many(of=Many(of=_CELL, most=20), most=100)},
        may={**_BLOCK, "column_settings": Many(of=Anything(), most=20)},
        only_in=(MESSAGE,),
    ),
    # 2 to 201 rows with the header's, after the crate slack-morphism 2.30.
    "data_table": Shape(
        must={
            "caption": Words(least=1),
            "rows": Many(of=Many(of=Anything(), most=20), least=2, most=201),
        },
        may={
            **_BLOCK,
            "page_size": Whole(least=1, most=100),
            "row_header_column_index": Whole(least=0),
        },
    ),
    "data_visualization": Shape(
        may={**_BLOCK, "title": Anything(), "chart": Anything(), "data": Anything()}
    ),
    "task_card": Shape(
        must={
            "task_id": Words(least=1),
            "title": Words(least=1),
            "status": Choice(("pending", "in_progress", "complete", "error")),
        },
        may={
            **_BLOCK,
            "details": _RICH,
            "output": _RICH,
            "sources": Many(of=Element(("url",)), least=0),
        },
        only_in=(MESSAGE,),
    ),
    "plan": Shape(
        must={"title": Words(least=1)},
        may={**_BLOCK, "tasks": Many(of=Block(("task_card",)), least=0)},
        only_in=(MESSAGE,),
    ),
    "alert": Shape(
        must={"text": Text()},
        may={
            **_BLOCK,
            "level": Choice(("default", "info", "warning", "error", "success")),
        },
    ),
    "card": Shape(
        may={
            **_BLOCK,
            "hero_image": _IMAGE,
            "icon": _IMAGE,
            "title": Text(most=150),
            "subtitle": Text(most=150),
            "body": Text(most=200),
            "actions": Many(of=Element(("button", "workflow_button"))),
        },
        one_of=("hero_image", "title", "actions", "body"),
    ),
    "carousel": Shape(
        must={"elements": Many(of=Block(("card",)), most=10)},
        may=_BLOCK,
    ),
    "container": Shape(
        must={
            "child_blocks": Many(
                of=Block(
                    (
                        "actions",
                        "context",
                        "divider",
                        "file",
                        "header",
                        "image",
                        "input",
                        "rich_text",
                        "section",
                        "table",
                        "video",
                    )
                ),
                most=10,
            )
        },
        may={
            **_BLOCK,
            "title": Text(most=150, plain=True),
            "rich_text_title": _RICH,
            "subtitle": Text(most=150),
            "width": Choice(("narrow", "standard", "wide", "full")),
            "icon": _IMAGE,
            "is_collapsible": Flag(),
            "default_collapsed": Flag(),
            "has_header_divider": Flag(),
        },
        one_of=("title", "rich_text_title"),
    ),
    "auth_provider": Shape(
        must={
            "value": Words(most=150, least=1),
            "name": Words(most=75, least=1),
            "is_connected": Flag(),
        },
        may={
            **_BLOCK,
            "description": Words(most=150),
            "icon_url": _URL,
            "auth_url": _URL,
            "disconnect_url": _URL,
            "connected_identity": Words(most=75),
            "connected_context": Words(most=75),
            "accessory": Anything(),
            "fallback": Anything(),
        },
    ),
}

_VIEW_COMMON: Mapping[str, Rule] = {
    "private_metadata": Words(most=3000),
    "callback_id": Words(most=255),
    "external_id": Words(most=255),
}
#: Views; their blocks are checked apart, for what one surface allows.
VIEWS: Mapping[str, Shape] = {
    MODAL: Shape(
        must={"title": Text(most=24, plain=True), "blocks": Anything()},
        may={
            **_VIEW_COMMON,
            "submit": Text(most=24, plain=True),
            "close": Text(most=24, plain=True),
            "clear_on_close": Flag(),
            "notify_on_close": Flag(),
        },
    ),
    HOME: Shape(
        must={"blocks": Anything()},
        may={
            **_VIEW_COMMON,
            "title": Text(most=24, plain=True),
            "submit": Text(most=24, plain=True),
            "close": Text(most=24, plain=True),
            "clear_on_close": Flag(),
            "notify_on_close": Flag(),
        },
    ),
}
