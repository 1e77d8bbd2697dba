"""The OpenAI API's shapes: what a client sends, and what it gets back."""

import json
import math
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ConfigDict

from emulator.model.script import Answer, Prompt

#: A JSON object on its way out.
Json = dict[str, Any]

#: Roughly how many characters a token has in English text.
CHARACTERS_PER_TOKEN = 4
#: What OpenAI calls some errors; the others are named after their hundred.
ERROR_TYPES = {401: "authentication_error", 429: "rate_limit_error"}
#: From here on, an HTTP status says that the server is to blame.
SERVER_ERRORS = 500
#: How many characters one piece of a streamed answer holds.
PIECE = 24


class Part(BaseModel):
    """One part of a message that is made of several."""

    type: str
    text: str = ""


class Message(BaseModel):
    """One message of the conversation so far."""

    role: str
    content: str | list[Part] | None = None

    def text(self) -> str:
        """Give the message's words, without pictures and files."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if part.text)
        return self.content or ""


class ToolFunction(BaseModel):
    """The part of a tool that matters here: its name."""

    name: str


class Tool(BaseModel):
    """A tool that the model may call."""

    function: ToolFunction


class StreamOptions(BaseModel):
    """What a streaming client wants besides the text."""

    include_usage: bool = False


class ChatRequest(BaseModel):
    """The body of `POST /v1/chat/completions`, as far as a script can care."""

    model_config = ConfigDict(extra="ignore")

    model: str
    messages: list[Message]
    tools: list[Tool] = []
    stream: bool = False
    stream_options: StreamOptions | None = None

    def prompt(self) -> Prompt:
        """Give what the script matches on: all texts but the model's own earlier ones."""
        texts = [m.text() for m in self.messages if m.role != "assistant"]
        tools = frozenset(tool.function.name for tool in self.tools)
        return Prompt(text="\n\n".join(texts), tools=tools)

    def wants_usage_in_stream(self) -> bool:
        """Tell whether the stream must end with the usage numbers."""
        return self.stream_options is not None and self.stream_options.include_usage


def usage(prompt: Prompt, answer: Answer) -> Json:
    """Count tokens roughly, the same for the same texts."""
    asked = math.ceil(len(prompt.text) / CHARACTERS_PER_TOKEN)
    said = math.ceil(len(answer.text) / CHARACTERS_PER_TOKEN)
    return {
        "prompt_tokens": asked,
        "completion_tokens": said,
        "total_tokens": asked + said,
    }


def completion(*, n: int, created: int, model: str, answer: Answer) -> Json:
    """Make the body of a whole answer, without its usage numbers.

    Args:
        n: The call's number; the ids are made from it.
        created: Seconds since 1970.
        model: The model's name as the client wrote it.
        answer: What the model says.
    """
    message: Json = {"role": "assistant", "content": answer.text or None}
    if answer.tool_calls:
        message["tool_calls"] = _tool_calls(n, answer)
    choice = {
        "index": 0,
        "message": message,
        "logprobs": None,
        "finish_reason": _finish_reason(answer),
    }
    return {
        "id": f"chatcmpl-{n}",
        "object": "chat.completion",
        "created": created,
        "model": model,
        "choices": [choice],
    }


def chunks(*, n: int, created: int, model: str, answer: Answer) -> Iterator[Json]:
    """Make the pieces of a streamed answer, in order (see `completion`)."""

    def chunk(delta: Json, finish_reason: str | None = None) -> Json:
        choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
        return {
            "id": f"chatcmpl-{n}",
            "object": "chat.completion.chunk",
            "created": created,
            "model": model,
            "choices": [choice],
        }

    yield chunk({"role": "assistant", "content": ""})
    for start in range(0, len(answer.text), PIECE):
        yield chunk({"content": answer.text[start : start + PIECE]})
    for index, call in enumerate(_tool_calls(n, answer)):
        yield chunk({"tool_calls": [{"index": index, **call}]})
    yield chunk({}, _finish_reason(answer))


def usage_chunk(*, n: int, created: int, model: str, numbers: Json) -> Json:
    """Make the piece that ends a stream with the usage numbers."""
    return {
        "id": f"chatcmpl-{n}",
        "object": "chat.completion.chunk",
        "created": created,
        "model": model,
        "choices": [],
        "usage": numbers,
    }


def error(*, status: int, message: str, code: str | None = None) -> Json:
    """Make the body of an error as OpenAI's client reads it."""
    otherwise = "invalid_request_error" if status < SERVER_ERRORS else "server_error"
    kind = ERROR_TYPES.get(status, otherwise)
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}


def models(names: tuple[str, ...]) -> Json:
    """Make the body of `GET /v1/models`."""
    data = [
        {"id": name, "object": "model", "created": 0, "owned_by": "script"}
        for name in names
    ]
    return {"object": "list", "data": data}


def _tool_calls(n: int, answer: Answer) -> list[Json]:
    return [
        {
            "id": f"call_{n}_{index}",
            "type": "function",
            "function": {
                "name": call.name,
                "arguments": json.dumps(dict(call.arguments)),
            },
        }
        for index, call in enumerate(answer.tool_calls)
    ]


def _finish_reason(answer: Answer) -> str:
    return "tool_calls" if answer.tool_calls else "stop"
