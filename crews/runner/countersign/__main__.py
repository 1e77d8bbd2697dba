"""A crew's own process: takes orders from the worker over a pipe, one at a time."""

import signal
import sys

from countersign.prints import PrintCatcher
from countersign.surroundings import Surroundings
from countersign.wire import Wire, leave


def main() -> None:
    """Serve one worker until it hangs up."""
    # Ctrl-C in a terminal goes to all; the worker decides when a runner ends.
    signal.signal(signal.SIGINT, lambda _number, _frame: None)
    wire = Wire.take_stdio()
    sys.stdout = PrintCatcher("stdout", wire.send)
    sys.stderr = PrintCatcher("stderr", wire.send)
    surroundings = Surroundings()
    surroundings.prepare()
    try:
        with surroundings.home_elsewhere():
            # Only now: what crewAI does at its import depends on its surroundings.
            from countersign.serving import serve  # noqa: PLC0415
    except BaseException as error:  # noqa: BLE001 - the worker must hear of it
        told = {"code": "no_crewai", "message": f"crewAI cannot be used: {error}"}
        wire.send({"type": "unfit", **told})
        code = 1
    else:
        code = serve(wire, surroundings)
    surroundings.remove()
    leave(code)


if __name__ == "__main__":
    main()
