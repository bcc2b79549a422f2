"""Log in at an ERP by one of its operations: the token of a session, and how long it is good."""

from __future__ import annotations

import math
import uuid
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from adapter.backends.soap import SoapPort
from adapter.backends.soap.answer import open_answer
from adapter.errors import BackendFault
from adapter.exchange import reply_invalid
from adapter.identity.session import cookie, usable
from adapter.mapping.bound import BoundSession
from adapter.messages import Call, Checked, Request
from adapter.translate.fault import fault_reader
from adapter.translate.made import TextOf
from adapter.translate.reader import value_reader
from adapter.translate.writer import header_writer, writer


def logging_in(port: SoapPort, session: BoundSession, text_of: TextOf) -> Callable[[float], tuple[str, float]]:
    """Return the function that logs in: a deadline in, token and life in seconds out.

    Raises what a call raises, and BackendFault with problem ``backend-refused-us`` where the ERP refuses us, by a fault
    or by a reply without a token.
    """
    rule, login = session.rule, session.login
    write, headers = writer(login, text_of), header_writer(login, text_of)
    read_fault, read = fault_reader(login), value_reader(login, session.token) if session.token is not None else None
    life = math.inf if rule.life is None else float(rule.life)

    def ask(deadline: float) -> tuple[str, float]:
        request = Request(login.name, uuid.uuid4().hex, deadline)
        call = Call(request.id)
        return port.guard.run(request, lambda turn: logged_in(request, call), login.policy), life

    def logged_in(request: Request, call: Call) -> str:
        answered = port.call(login.operation, write(Checked(call=call)), partial(headers, call), request)
        answer = open_answer(answered.reply, port.version, login.operation.output, verify=answered.verify)
        if answer.fault is not None:
            fault = read_fault(answer.fault)
            raise replace(_refused(f"fault {fault.code}", fault.code), side=fault.side)
        token = cookie(answered.reply, rule.where) if read is None else _text(read(answer.child))
        if not token:
            raise _refused("the reply holds no token", "none")
        if not usable(rule, token):
            raise reply_invalid("a token that cannot be shown")
        return token

    return ask


def _text(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)


def _refused(cause: str, code: str) -> BackendFault:
    return BackendFault("backend-refused-us", 502, cause=cause, sent="yes", code=code)
