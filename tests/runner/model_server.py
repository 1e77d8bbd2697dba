"""A small endpoint that speaks OpenAI's API and answers as a test tells it to."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What a call is answered with."""

    text: str = "Final answer"
    status: int = 200
    code: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    never: bool = False


@dataclass(kw_only=True)
class ModelServer:
    """Replies in order; the last one again and again."""

    base_url: str = ""
    replies: list[Reply] = field(default_factory=lambda: [Reply()])
    requests: list[dict[str, Any]] = field(default_factory=list)
    asked: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def environment(self) -> dict[str, str]:
        """What a runner needs to find it."""
        return {
            "OPENAI_API_KEY": "sk-none",
            "OPENAI_BASE_URL": self.base_url,
            "MODEL": "openai/gpt-4o-mini",
        }

    async def complete(self, request: web.Request) -> web.Response:
        self.requests.append(await request.json())
        self.asked.set()
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if reply.never:
            await asyncio.Event().wait()
        if reply.status != web.HTTPOk.status_code:
            error = {"message": "told to", "type": "error", "code": reply.code}
            return web.json_response(
                {"error": error}, status=reply.status, headers=dict(reply.headers)
            )
        return web.json_response(
            {
                "id": "c1",
                "object": "chat.completion",
                "created": 1,
                "model": "gpt-4o-mini",
                "choices": [
                    {
                        "index": 0,
                        "finish_reason": "stop",
                        "message": {"role": "assistant", "content": reply.text},
                    }
                ],
                "usage": {
                    "prompt_tokens": 7,
                    "completion_tokens": 3,
                    "total_tokens": 10,
                },
            }
        )


@asynccontextmanager
async def model_server(*replies: Reply) -> AsyncIterator[ModelServer]:
    """Serve on a port that the system chooses."""
    server = ModelServer()
    if replies:
        server.replies = list(replies)
    app = web.Application()
    app.router.add_post("/v1/chat/completions", server.complete)
    running = web.AppRunner(app, shutdown_timeout=0.1)
    await running.setup()
    site = web.TCPSite(running, "127.0.0.1", 0)
    await site.start()
    host, port = running.addresses[0][:2]
    server.base_url = f"http://{host}:{port}/v1"
    try:
        yield server
    finally:
        await running.cleanup()
