"""The processes of a running product, as the machine sees them."""

from contextlib import suppress
from pathlib import Path

from tests.journeys.product import Product


def runners_of(product: Product) -> list[int]:
    """List the processes that run this product's crews."""
    model = f"OPENAI_BASE_URL={product.model_url}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended just now, or is somebody else's
            command = (folder / "cmdline").read_bytes().split(b"\0")
            variables = (folder / "environ").read_bytes().split(b"\0")
            if b"countersign" in command and model in variables:
                found.append(int(folder.name))
    return found
