"""Slack's numbers: times, sizes, rates. The only place that names them."""

#: Seconds an app has to acknowledge an envelope.
ACK_SECONDS = 3.0
#: Seconds a trigger_id may be used, once.
TRIGGER_SECONDS = 3.0
#: How often and how long a response_url may be used.
RESPONSE_URL_USES = 5
RESPONSE_URL_SECONDS = 30 * 60.0

#: Connections that an app may hold.
MOST_CONNECTIONS = 10
#: Seconds in which a ticket must be used.
TICKET_SECONDS = 30.0
#: How long a connection lives; with `debug_reconnects=true`; the warning before it.
CONNECTION_SECONDS = 18_060.0
DEBUG_CONNECTION_SECONDS = 360.0
WARNING_SECONDS = 10.0
#: Seconds after which an unacknowledged event is sent again: at once, 1 min, 5 min.
REDELIVERY_SECONDS = (0.0, 60.0, 300.0)

#: Blocks of a message, of a modal or Home tab.
MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
#: Views on top of each other.
VIEW_STACK = 3
#: Bytes of a view's JSON.
VIEW_BYTES = 250_000
#: Characters of a message: more is cut off; of an updated one: more is refused.
POSTED_TEXT = 40_000
UPDATED_TEXT = 4_000
MARKDOWN_TEXT = 12_000
ATTACHMENTS = 100
#: Table blocks in one message.
TABLES = 1
#: Bytes of message metadata; Slack publishes no number.
METADATA_BYTES = 16_000

#: Calls per minute that each tier allows.
TIER_1, TIER_2, TIER_3, TIER_4 = 1, 20, 50, 100
SPECIAL = 600
WINDOW_SECONDS = 60.0
#: chat.postMessage has a limit per channel instead, with a short burst.
CHANNEL_POSTS_PER_SECOND = 1.0
CHANNEL_BURST = 3
#: After slackapi/java-slack-sdk's table of rate limits.
TIER_OF_METHOD = {
    "apps.connections.open": TIER_1,
    "auth.test": SPECIAL,
    "blocks.validate": SPECIAL,
    "bots.info": TIER_3,
    "chat.delete": TIER_3,
    "chat.getPermalink": SPECIAL,
    "chat.postEphemeral": TIER_4,
    "chat.update": TIER_3,
    "conversations.history": TIER_3,
    "conversations.info": TIER_3,
    "conversations.invite": TIER_3,
    "conversations.join": TIER_3,
    "conversations.list": TIER_2,
    "conversations.members": TIER_4,
    "conversations.open": TIER_3,
    "conversations.replies": TIER_3,
    "dnd.info": TIER_3,
    "files.completeUploadExternal": TIER_4,
    "files.getUploadURLExternal": TIER_4,
    "files.info": TIER_4,
    "reactions.add": TIER_3,
    "reactions.remove": TIER_2,
    "team.info": TIER_3,
    "usergroups.list": TIER_2,
    "usergroups.users.list": TIER_2,
    "users.info": TIER_4,
    "users.list": TIER_2,
    "users.lookupByEmail": TIER_3,
    "views.open": TIER_4,
    "views.publish": TIER_4,
    "views.push": TIER_4,
    "views.update": TIER_4,
}
#: What may be called at once where that is not the whole minute's allowance.
BURST_OF_METHOD = {"apps.connections.open": 10}
