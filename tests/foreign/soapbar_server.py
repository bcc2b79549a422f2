"""Currency rates, served by soapbar (SOAP 1.1, rpc/literal, a WSDL of its own): ``python soapbar_server.py PORT``."""

from __future__ import annotations

import sys
from decimal import Decimal
from wsgiref.simple_server import make_server

from soapbar import BindingStyle, SoapApplication, SoapFault, SoapService, WsgiSoapApp, soap_operation


class Rates(SoapService):
    """The service."""

    __service_name__ = "Rates"
    __tns__ = "urn:rates"
    __binding_style__ = BindingStyle.RPC_LITERAL

    @soap_operation()
    def convert(self, amount: Decimal, source: str, target: str) -> Decimal:
        """Convert an amount; only euros and francs are known."""
        if {source, target} != {"EUR", "CHF"}:
            raise SoapFault("Client", "unknown currency")
        return amount * (Decimal("0.95") if source == "EUR" else Decimal("1.0526"))


def main() -> None:
    """Serve on loopback."""
    application = SoapApplication(service_url=f"http://127.0.0.1:{sys.argv[1]}/")
    application.register(Rates())
    make_server("127.0.0.1", int(sys.argv[1]), WsgiSoapApp(application)).serve_forever()


if __name__ == "__main__":
    main()
