"""Shipments, served by spyne (SOAP 1.1, document/literal, its own generated WSDL): ``python spyne_server.py PORT``."""

from __future__ import annotations

import sys
from datetime import date
from decimal import Decimal as Number
from wsgiref.simple_server import make_server

from spyne import Application, Array, ComplexModel, Date, Decimal, Fault, Integer, ServiceBase, Unicode, rpc
from spyne.protocol.soap import Soap11
from spyne.server.wsgi import WsgiApplication


class Parcel(ComplexModel):
    """One parcel."""

    __namespace__ = "urn:shipments"
    Weight = Decimal(min_occurs=1)
    Label = Unicode(nillable=True)


class Shipment(ComplexModel):
    """One shipment with its parcels."""

    __namespace__ = "urn:shipments"
    Id = Integer(min_occurs=1)
    Recipient = Unicode(min_occurs=1)
    SentOn = Date
    Parcels = Array(Parcel)


class Shipments(ServiceBase):
    """The service."""

    @rpc(Integer(min_occurs=1), _returns=Shipment)
    def GetShipment(ctx, Id):  # noqa: N802, N803, N805
        """Return one shipment; 404 is a fault."""
        if Id == 404:
            raise Fault("Client.NotFound", "no such shipment")
        return Shipment(
            Id=Id,
            Recipient="Müller & Söhne",
            SentOn=date(2026, 1, 31),
            Parcels=[Parcel(Weight=Number("1.50"), Label=None)],
        )

    @rpc(Shipment.customize(min_occurs=1), _returns=Integer)
    def CreateShipment(ctx, Shipment):  # noqa: N802, N803, N805
        """Take a shipment and return a number that depends on all of it."""
        return int(sum(parcel.Weight for parcel in Shipment.Parcels or ()) * 100) + len(Shipment.Recipient)


def main() -> None:
    """Serve on loopback."""
    application = Application([Shipments], "urn:shipments", in_protocol=Soap11(validator="lxml"), out_protocol=Soap11())
    make_server("127.0.0.1", int(sys.argv[1]), WsgiApplication(application)).serve_forever()


if __name__ == "__main__":
    main()
