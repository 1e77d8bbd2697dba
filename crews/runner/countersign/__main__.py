"""A crew's own process: takes orders from the worker over a pipe, one at a time."""

import signal
import sys

from countersign.prints import Lines
from countersign.surroundings import Surroundings
from countersign.wire import Wire, leave


def main() -> None:
    """Serve one worker until it hangs up."""
    # Ctrl-C in a terminal goes to all; the worker decides when a runner ends.
    signal.signal(signal.SIGINT, lambda _number, _frame: None)
    wire = Wire.take_stdio()
    prints = (Lines("stdout", 1, wire.send), Lines("stderr", 2, wire.send))
    sys.stdout, sys.stderr = (lines.as_text() for lines in prints)
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
        try:
            code = serve(wire, surroundings, prints)
        except BaseException as error:  # noqa: BLE001 - as above
            told = {"code": "runner", "message": f"the runner broke: {error!r}"}
            wire.send({"type": "unfit", **told})
            code = 1
    surroundings.remove()
    leave(code)


if __name__ == "__main__":
    main()
