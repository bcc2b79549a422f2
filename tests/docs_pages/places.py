"""Where each section of the mapping grammar stands, and an example of it."""

from __future__ import annotations

from typing import NamedTuple

from adapter.mapping import (
    keys,
    schema,
    schema_cache,
    schema_calls,
    schema_change,
    schema_cursor,
    schema_document,
    schema_filter,
    schema_guard,
    schema_lookup,
    schema_operation,
    schema_rollout,
    schema_rows,
    schema_scopes,
    schema_service,
    schema_stream,
    schema_write,
)


class Place(NamedTuple):
    """Where a section of the grammar stands, and an example of it."""

    title: str
    kind: type[keys.Section]
    example: str


PLACES = (
    Place("The file", schema.FileSection, ""),
    Place("shared", schema.SharedSection, "# mappings/shared/erp.yaml; a mapping says `uses: erp`\nversion: 1\n"
          "soap: {wsdl: erp/erp.wsdl, service: ErpService, port: ErpSoap11}\n"
          "types:\n  Money: {fields: {value: Betrag, currency: Waehrung}}\n"
          "operations:\n  read:\n    request: GET /{id}\n    call: Lese$(record)\n    path: {id: $(record)Nr}\n"
          "    reply: {one: $(type), from: $(record)}\n"
          "faults:\n  - {code: GP-404, status: 404, problem: record-not-found}"),
    Place("scopes", schema_scopes.ScopesSection, "scopes: {read: [orders.read], write: [orders.write]}"),
    Place("soap", schema.SoapSection, "soap:\n  wsdl: erp/erp.wsdl\n  service: ErpService\n  port: ErpSoap11\n"
          "  fault_code: ErpFehler.Code\n  headers:\n    Aufrufkontext.Mandant: {setting: client}\n"
          "    Aufrufkontext.Sprache: DE"),
    Place("identity", schema.IdentitySection, "identity: {username_token: erp, digest: true, certificate: erp_tls}"),
    Place("session", schema.SessionSection, "session:\n  call: Anmelden\n  set:\n"
          "    Benutzer: {credential: erp, part: USER}\n    Kennwort: {credential: erp, part: PASSWORD}\n"
          "  token: Ergebnis.SitzungsId\n  place: {header: Sitzung.Id}\n  expired: [{code: SESSION_EXPIRED}]"),
    Place("place of session", schema.TokenPlaceSection, "place: {http_header: X-Session}"),
    Place("One line of expired", schema.ExpiredSection, "expired: [{code: GONE}, {detail: InvalidSessionFault}]"),
    Place("http", schema_service.HttpSection, "http:\n  service: customers\n  path: /customers\n  timeout: 2\n"
          "  credentials: customers_service\n  shadow: customers_shadow\n"
          "  fields:\n    Customer: {name: fullName, address.city: town}\n"
          "  faults:\n    - {status: 404, code: CUST-404, at: /error/code, problem: customer-not-found}"),
    Place("One property there", schema_service.SaidSection, "fields:\n  Customer:\n    name: person.fullName\n"
          "    status: {name: state, codes: {active: A, dormant: D, deleted: X}}\n    credit_limit: {json: number}"),
    Place("One fault of a service", schema_service.ServiceFaultSection,
          "faults:\n  - {status: 409, type: stale-version, problem: version-conflict}"),
    Place("http of an operation", schema_service.ThereSection, "http:\n  request: GET /partners\n  timeout: 5\n"
          "  query: {name: q, limit: size}\n  items: /content\n  total: /totalElements"),
    Place("rollout", schema_rollout.RolloutSection, "rollout:\n  key: id\n  stays: [cancel]\n"
          "  steps: [shadow, dualwrite, canary 1, canary 25, live, rampdown, complete]\n  judge: automatic\n"
          "  windows: [mon-thu 09:00-16:00]\n  zone: Europe/Berlin"),
    Place("gate", schema_rollout.GateSection, "gate: {mismatches: 0.1%, sure: 99%, keys: 200, minutes: 30, lag: 10}"),
    Place("beside", schema_rollout.BesideSection, "beside: {share: 20%, queue: 32, noise: 2%, slow: 2}"),
    Place("compare", schema_rollout.CompareSection, "compare:\n  ignore: [/changed_at]\n"
          "  unordered: {/phones: number}\n  numbers: {/revenue/value: 0.01}\n"
          "  codes: {/status: {inactive: dormant}}\n  show: [/status]"),
    Place("One type", schema.TypeSection, "types:\n  Address:\n    doc: Where it is sent.\n"
          '    fields: {street: Strasse, country: {soap: "@land"}}'),
    Place("One field", schema.FieldSection, 'id: {soap: PartnerNr, convert: zero_padded(10), read_only: true}\n'
          'blocked: {soap: SperrKz, convert: "flag(J,N)"}\nstatus: {soap: Status, codes: {active: A, dormant: R}}\n'
          "address: {soap: Adresse, one: Address}\nphones: {soap: Telefone.Telefon, each: Phone}\nname: Name1"),
    Place("number", schema.NumberSection, "lines: {soap: Position, each: Line, number: {soap: PosNr, step: 10}}"),
    Place("link", schema.LinkSection, "content: {soap: Inhalt, link: {over: 65536, operation: invoice-files.read}}"),
    Place("bags", schema.BagSection, 'bags:\n  custom: {each: customFieldList.customField, name: "@scriptId"}\n'
          "fields:\n  vip: {bag: custom, entry: custentity_vip, soap: (BooleanCustomFieldRef).value}"),
    Place("variants", schema.VariantsSection, "variants:\n  by: kind\n  of:\n"
          "    person: {soap_type: PrivatPartnerTyp, fields: {first_name: Vorname}}\n"
          "    company: {soap_type: FirmenPartnerTyp, fields: {vat_id: UstId}}"),
    Place("One variant", schema.VariantSection, ""),
    Place("One operation", schema_operation.OperationSection, "operations:\n  read:\n    request: GET /{id}\n"
          "    call: LesePartner\n    path: {id: {soap: PartnerNr, convert: zero_padded(10)}}\n"
          "    reply: {one: Customer, from: Partner}\n    timeout: 5"),
    Place("filter", schema_filter.FilterSection, "query:\n"
          "  name: {filter: companyName, test: contains}\n"
          "  created_after: {filter: dateCreated, test: at_least}\n"
          "  created_before: {filter: dateCreated, test: at_most}\n"
          "filter:\n  at: searchRecord(CustomerSearchBasic)\n  value: searchValue\n  to: searchValue2\n"
          '  operator: "@operator"\n'
          "  words: {contains: contains, at_least: onOrAfter, at_most: onOrBefore, between: within}\n"
          "# or every test is one entry of a list, with operators inside the value:\n"
          "#filter: {each: filter, field: Field, value: Criteria, text: {contains: '@*{value}*'}, never: ['*', '@']}"),
    Place("One test", schema_filter.TestSection, "query:\n"
          "  blocked: {filter: Blocked, test: equals, like: blocked}\n"
          "  category: {filter: category, test: one_of, value: searchValue.@internalId}"),
    Place("one_of", schema_filter.SeveralSection, 'text: {one_of: {each: "{value}", join: "|"}}'),
    Place("page", schema_operation.PageSection, "page: {limit: Blatt.MaxAnz, offset: Blatt.AbPos, total: GesamtAnz}"),
    Place("cursor", schema_cursor.CursorSection, "cursor:\n  limit: setSize\n  next: {bookmarkKey: last.Key}\n"
          "  end: short_page\n"
          "# or the ERP keeps a search that another operation goes on with:\n"
          "#cursor:\n#  limit: {header: searchPreferences.pageSize}\n#  min: 5\n#  call: searchMoreWithId\n"
          "#  next: {searchId: searchResult.searchId, pageIndex: {from: searchResult.pageIndex, add: 1}}\n"
          "#  end: {where: searchResult.pageIndex, reaches: searchResult.totalPages}"),
    Place("limit of a cursor", schema_cursor.LimitSection, ""),
    Place("One next value", schema_cursor.NextSection, ""),
    Place("end", schema_cursor.EndSection, ""),
    Place("sort", schema_operation.SortSection, "sort:\n  soap: Blatt.SortFeld\n"
          "  direction: {soap: Blatt.SortRichtung, ascending: AUF, descending: AB}\n"
          "  by: {id: PARTNERNR, name: NAME1}\n  default: id"),
    Place("direction", schema_operation.DirectionSection, ""),
    Place("body", schema_operation.BodySection, "body: {one: Customer, into: Aenderung, patch: partial}"),
    Place("body of a document", schema_document.DocumentBodySection,
          "body:\n  document: Inhalt\n  media_types: [application/pdf, image/png]\n  max_bytes: 5000000\n"
          "  media_type: Typ\n  file_name: Name"),
    Place("body of many rows", schema_rows.RowsBodySection, "body: {each: Posting, into: Buchungen.Buchung}"),
    Place("reply of a document", schema_document.DocumentReplySection,
          "reply: {document: Pdf, media_type: {value: application/pdf}, file_name: Name}"),
    Place("media type of a document", schema_document.MediaTypeSection, "media_type: {value: application/pdf}"),
    Place("patch", schema_change.PatchSection, "body:\n  one: Customer\n  into: record(Customer)\n"
          "  patch: {null_list: nullFieldList.name}"),
    Place("reply", schema_operation.ReplySection, "reply: {one: Customer, from: Partner, "
          "when_empty: {status: 404, problem: customer-not-found}}"),
    Place("when_empty", schema_operation.EmptySection, ""),
    Place("stream", schema_stream.StreamSection, "reply:\n  each: Order\n  from: Auftraege.Auftrag\n"
          "  stream: {max_bytes: 2000000000, idle: 30}"),
    Place("refused", schema_operation.RefusedSection, "reply:\n"
          '  refused: {where: Status.@isSuccess, is: ["false"], code: Status.Code, text: Status.Text}\n'
          "# or in a table of messages, of which the first that fits decides:\n"
          "#  refused: {each: RETURN.item, where: TYPE, is: [E, A], code: [ID, NUMBER], text: MESSAGE}"),
    Place("warnings", schema_operation.WarningsSection, "reply:\n"
          "  warnings: {each: RETURN.item, where: TYPE, is: [W], code: [ID, NUMBER]}"),
    Place("cache", schema_cache.CacheSection, "cache: {fresh: 30, stale: 60, stale_if_error: 3600, not_found: 10}"),
    Place("guard", schema_guard.GuardSection, "guard:\n  breaker: {failures: 5, slow: 4, open: 2}\n  concurrency: 8\n"
          "  rate: 50/second\n  closed: [22:00-04:00, sat]\n  zone: Europe/Berlin"),
    Place("breaker", schema_guard.BreakerSection, "breaker: {failures: 5, slow: 4, open: 2, probes: 1}"),
    Place("write", schema_write.WriteSection, "write:\n  key: required\n  entity: customer_id\n"
          "  reference: reference\n  resolve: {by: list, with: {reference: reference}, then: read}"),
    Place("resolve", schema_write.ResolveSection, "resolve: {by: list, with: {reference: reference}, after: 10}"),
    Place("if_match", schema_write.MatchSection,
          "if_match: {property: version, conflict: version-conflict, required: true}"),
    Place("One lookup", schema_lookup.LookupSection, "lookups:\n"
          "  countries: {call: LeseLaender, each: Laender.Land, code: Code, word: Name, keep: 3600}"),
    Place("One call", schema_calls.CallSection, "calls:\n"
          "  lines: {call: LesePositionen, path: {id: AuftragNr}, reply: {each: Line, from: Positionen.Position}}\n"
          "  customer: {call: LesePartner, take: {PartnerNr: Kopf.KundenNr}, reply: {one: Customer, from: Partner}}"),
    Place("body of a call", schema_calls.PartSection, "calls:\n"
          "  lines: {call: FuegePositionAn, take: {AuftragNr: Kopf.AuftragNr}, body: {each: Line, into: Position}}"),
    Place("commit", schema_calls.CommitSection, "commit: {call: Bestaetige, take: {AuftragNr: Kopf.AuftragNr}}"),
    Place("undo", schema_calls.UndoSection, "undo: {call: Verwirf, take: {AuftragNr: Kopf.AuftragNr}}"),
    Place("One constant", schema.ConstantSection, "# of an operation, of a type, or of SOAP header blocks:\n"
          "set:\n  Modus: TEIL                 # short for {value: TEIL}\n"
          "  Mandant: {setting: client}  # ADAPTER_VALUE_CLIENT"),
    Place("One fault", schema_operation.FaultSection,
          "faults:\n  - {code: GP-404, status: 404, problem: customer-not-found, title: No such customer}\n"
          "  - {detail: SperrFehler, status: 423, problem: record-locked, retryable: true}"),
)  # fmt: skip
