"""What an exception remembers of the calls that it came through, and how it forgets them.

A traceback holds frames, a frame holds its variables and all that called it. Where one of these variables is the
exception itself, all of it, the whole request, stays until the cyclic collector comes by; that is seldom in a worker
(``ops/gunicorn.conf.py``), and what has grown old until then stays for hours. Our own code keeps to a rule: whoever
keeps an error keeps a copy of it (``dataclasses.replace``), and no variable holds one that is raised on. Libraries do
not.
"""

from __future__ import annotations


def forget(error: BaseException, kinds: tuple[type[BaseException], ...]) -> None:
    """Take the tracebacks from an exception of some kinds, and from those of the same kinds that led to it."""
    following: list[BaseException | None] = [error]
    while following:
        each = following.pop()
        if isinstance(each, kinds) and each.__traceback__ is not None:
            each.__traceback__ = None
            following += (each.__cause__, each.__context__)
