"""``docs/performance.rst`` and its pictures, made from the kept results of the newest release."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from statistics import median
from typing import Any, Final

from tests.bench.plots import bars
from tests.bench.servers import FLOOR, HAND, NODE, OURS
from tests.bench.stored import kept
from tests.docs_pages.rst import GENERATED, code, heading, paragraph, table

_NAMES: Final = {OURS: "adapter", HAND: "Python by hand", NODE: "Node by hand", FLOOR: "the floor"}
_SHOWN: Final = {
    "small": ("small", "rate", "A customer, reply of 1.3 KB: answers a second", "/s", (OURS, HAND, NODE)),
    "large": ("large", "rate", "An order of 1,000 lines, reply of 184 KB: answers a second", "/s", (OURS, HAND, NODE)),
    "write": ("write", "rate", "A new order of 1,000 lines: answers a second", "/s", (OURS, HAND)),
    "floor": ("small", "cpu", "CPU time for a customer: less is better", "ms", (OURS, FLOOR)),
}
_COMPARED: Final = """\
* **The adapter** as it ships: default settings, every check, log and metric on, ``ops/gunicorn.conf.py``, one gevent
  worker, the example mappings.
* **Python by hand**: Flask, marshmallow and zeep as a careful engineer writes them. One zeep client made before the
  fork, kept connections, the same gevent worker, no access log. It is in ``tests/bench/peers/hand``.
* **Node by hand**: express and the npm package soap, kept connections, ``NODE_ENV=production``, no access log. It is
  in ``tests/bench/peers/node``.
* **The floor**: the adapter's own worker with a bare Flask view that makes the same HTTP call to the ERP and parses the
  reply. No Flask service in this worker costs less. It is in ``tests/bench/peers/floor.py``.

"""
_RUN: Final = """\
.. code-block:: text

    make bench

It takes some minutes, on Linux. As root on Debian it installs wrk, nginx and Node where they are missing; else it says
what is missing.
``ROUNDS=9`` and ``SECONDS=10`` make it longer and steadier, ``LONG=1`` adds the soak of half an hour. It prints one
line for each promise, as ``make evidence WHAT=speed`` does. Then it writes ``tests/bench/results/`` and this page;
``git checkout`` takes both back.

"""
_MISLEADS: Final = """\
* **Your ERP is slower than this one.** nginx plays the ERP and answers at once. A caller of a real ERP waits for the
  ERP. What you gain is CPU: fewer machines, and no queue when many call at once.
* **Everything shares one machine**: load, ERP and the service. So only ratios of one run mean something. Each line that
  compares says how busy load and ERP were, and what they do alone. Where they could be the limit, it is short.
* **A busy machine lies.** The dots are single rounds. Where they lie far apart, close other programs and measure again.
* **The messages suit everyone.** They have no empty and no nil elements, which zeep cannot tell from absent ones. So
  all can give the same JSON, and every run compares it.
* **Eight connections, each asked again once it answers.** This finds the most that a worker does. It does not show how
  long a caller waits under the load that you have.
* **No TLS** on either side.

"""


def page() -> str:
    """The page as reStructuredText."""
    newest = kept()[0]
    return "".join(
        (
            GENERATED,
            heading("Performance"),
            paragraph(
                f"How fast release {newest['version']} is beside what you would write by hand. All numbers come from "
                "one run of ``make bench``. This page and its pictures are made from what that run kept."
            ),
            *(_picture(name, newest) for name in _SHOWN),
            heading("What is promised, and what was found", "-"),
            _lines(newest),
            heading("What was compared", "-"),
            _COMPARED,
            _size(newest),
            heading("Where it ran", "-"),
            _machine(newest),
            heading("Run it yourself", "-"),
            _RUN,
            heading("What can mislead", "-"),
            _MISLEADS,
            *_history(kept()),
        )
    )


def _picture(name: str, result: Mapping[str, Any]) -> str:
    call, figure, title, unit, servers = _SHOWN[name]
    rounds = result["rounds"][call]
    said = ", ".join(f"{_NAMES[each]} {median(one[figure] for one in rounds[each]):,.4g} {unit}" for each in servers)
    return f".. image:: performance/{name}.svg\n    :alt: {title}. {said}\n\n"


def _drawn(name: str) -> Callable[[], str]:
    def draw() -> str:
        call, figure, title, unit, servers = _SHOWN[name]
        rounds = kept()[0]["rounds"][call]
        return bars(
            title, unit, {_NAMES[each]: [one[figure] for one in rounds[each]] for each in servers}, _NAMES[OURS]
        )

    return draw


def _lines(result: Mapping[str, Any]) -> str:
    rows = [
        (code(line["id"]), line["what"], line["goal"], _short(line["value"]) + ("" if line["ok"] else " **(short)**"))
        for line in result["lines"]
    ]
    return table(("Promise", "What", "Goal", "Found"), (20, 45, 15, 20), rows)


def _short(value: str) -> str:
    """Return what stands before the details."""
    return re.split(r" \(|, |: ", value, maxsplit=1)[0].replace("*", "\\*").replace("|", "\\|").replace("`", "")


def _size(result: Mapping[str, Any]) -> str:
    sizes, taken = result["bytes"], result["taken"]
    return paragraph(
        f"The reply to the small call has {sizes['small']['reply']:,} bytes, that to the large one "
        f"{sizes['large']['reply']:,}. The JSON of the new order has {sizes['write']['request']:,}. wrk keeps "
        f"{taken['connections']} connections busy for {taken['rounds']} rounds of {taken['seconds']} seconds, in turn "
        "for each server and call. A number is the median of its rounds."
    )


def _machine(result: Mapping[str, Any]) -> str:
    machine = result["machine"]
    versions = ", ".join(f"{name} {text}" for name, text in machine["versions"].items())
    return paragraph(f"{machine['cores']} cores of {machine['cpu']}, {machine['system']}. {versions}.")


def _history(results: Sequence[Mapping[str, Any]]) -> list[str]:
    if len(results) < 2:
        return []
    ids = [line["id"] for line in results[0]["lines"]]
    found = [{line["id"]: _short(line["value"]) for line in each["lines"]} for each in results]
    rows = [(code(id), *(each.get(id, "") for each in found)) for id in ids]
    head = ("Promise", *(each["version"] for each in results))
    return [heading("Earlier releases", "-"), table(head, [1] * len(head), rows)]


PAGES: Final[Mapping[str, Callable[[], str]]] = {
    "docs/performance.rst": page,
    **{f"docs/performance/{name}.svg": _drawn(name) for name in _SHOWN},
}
