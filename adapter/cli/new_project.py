"""The files that ``adapter new`` writes. They fit the contract of the pretend ERP, and so can be tried as they are."""

from __future__ import annotations

from collections.abc import Mapping

from adapter.mapping import editor

_README = """\
An API in front of a SOAP ERP
=============================

``wsdl/``
    The ERP's contracts, and ``lock.json``, which says what they said when somebody last looked.
``mappings/``
    One YAML file for each resource. Left is the API; right of ``soap:`` is the ERP. Editors complete and check them
    by ``mapping.schema.json``; after an upgrade, ``adapter schema -o mappings/mapping.schema.json`` writes it again.
``adapter.env``
    Settings, as ``KEY=VALUE``. The environment wins over this file.

From here to the first answer
-----------------------------

1. Bring the contract in, and accept it::

       adapter wsdl add https://erp.example/services/orders?wsdl --name erp
       adapter wsdl lock

2. Say in ``mappings/`` what the API is, and in ``adapter.env`` where the ERP is called.
3. See what is still wrong, until nothing is::

       adapter check

4. Make one call and look at every message on its way, then serve::

       adapter explain GET '/v1/items?limit=1'
       adapter serve

5. Callers need a key, which is shown once::

       adapter keys create --owner me --scopes items.read

Without an ERP
--------------

The example fits the pretend ERP that comes with the adapter. Start it in a second terminal with ``adapter virtual``;
then::

       adapter wsdl add 'http://127.0.0.1:9101/erp/soap12?wsdl' --name erp
       adapter wsdl lock
       adapter check
       adapter explain GET '/v1/items?limit=1'
"""

_WSDL_README = """\
Contracts
=========

``adapter wsdl add URL-or-FILE --name NAME`` puts a WSDL and everything it imports into a folder of its own here.
``adapter wsdl lock`` writes ``lock.json``. Keep all of it under version control: contracts are read from here only, and
a file that differs from the lock is a mistake that ``adapter check`` shows.
"""

_MAPPING = """\
# One resource of the API, and the ERP's operations behind it. Left is ours; right of "soap:" is the ERP's: a path of
# element names from the place where the rule stands, steps parted by ".", an attribute as "@name".
# Types, lengths, what is required and what repeats come from the WSDL; say here only what it cannot know.
version: 1
resource: items                 # operations are called items.list, items.read
path: /v1/items
title: Items
doc: What can be ordered.
scopes: {read: [items.read]}     # what callers must have; `adapter keys create` gives it to a key

soap:
  wsdl: erp/erp.wsdl            # below wsdl/
  service: ErpService           # `adapter wsdl add` prints services, ports and operations
  port: ErpSoap12
  fault_code: ErpFehler.Code    # where in a fault's detail the ERP's own code stands
  headers:                      # SOAP header blocks that every call needs
    Aufrufkontext.Mandant: {setting: client}    # the value of ADAPTER_VALUE_CLIENT
    Aufrufkontext.Sprache: DE                   # a constant

types:
  Item:
    fields:
      id: {soap: ArtikelNr, example: A-00001}
      name: Bez                                 # short for {soap: Bez}
      active: {soap: AktivKz, convert: "flag(J,N)"}                     # J and N become true and false
      unit: {soap: Einheit, codes: {piece: ST, kilogram: KG, metre: M, litre: L, pack: PAK, hour: STD}}
      prices: {soap: Preise.Preis, each: Price}                         # always an array, also for none and one
      valid_until: {soap: GueltBis, convert: sentinel_date(9999-12-31)} # that date means: no end, and becomes null
  Price:
    fields:
      value: {soap: ., doc: "A decimal, and so a string; nothing is rounded."}
      currency: "@waehrung"

operations:
  list:
    request: GET /
    call: SucheArtikel
    query:
      name: {soap: Suche.Bez, doc: Part of the name.}
    page: {limit: Blatt.MaxAnz, offset: Blatt.AbPos, total: GesamtAnz}
    reply: {each: Item, from: Artikel.Artikel}
  read:
    request: GET /{id}
    call: LeseArtikel
    path:
      id: {soap: ArtikelNr, example: A-00001}
    reply: {one: Item, from: Artikel}

faults:                         # the first line that fits says what the caller is told
  - {code: AR-404, status: 404, problem: item-not-found, title: No such item}
"""

_SETTINGS = """\
# Settings of this project, as NAME=VALUE. The environment wins over this file; `adapter settings` explains them all.
# Passwords belong into the environment, not here.

# Where a SOAP port is called: ADAPTER_ENDPOINT_<SERVICE>_<PORT>, or ADAPTER_ENDPOINT_<SERVICE> for all its ports.
# The address in a WSDL is never used.
ADAPTER_ENDPOINT_ERPSERVICE_ERPSOAP12=http://127.0.0.1:9101/erp/soap12

# Constants that mappings ask for with `setting:`.
ADAPTER_VALUE_CLIENT=100

# Callers show an API key (`adapter keys create`). What keys are protected with; not for version control.
ADAPTER_STORE_KEY_FILE=store.key

# Names that the API answers for, parted by commas.
# ADAPTER_HOSTS=api.example.com

# Seconds that a call may take where its mapping says nothing.
# ADAPTER_TIMEOUT=10

# How many proxies stand in front and are believed.
# ADAPTER_PROXIES=1
"""

FILES: Mapping[str, str] = {
    "README.rst": _README,
    "adapter.env": _SETTINGS,
    "mappings/items.yaml": editor.MODELINE + _MAPPING,
    f"mappings/{editor.FILE}": editor.text(),
    "wsdl/README.rst": _WSDL_README,
    ".gitignore": "__pycache__/\n*.sqlite3\n*.db\n*.key\n.env\n",
}
