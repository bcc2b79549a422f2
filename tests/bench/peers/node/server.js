// The API of the benchmark in Node: express in front of the npm package soap. node server.js PORT WSDL ENDPOINT
"use strict";

const http = require("http");
const axios = require("axios");
const express = require("express");
const soap = require("soap");

const [port, wsdl, endpoint] = [Number(process.argv[2]), process.argv[3], process.argv[4]];

const reversed = (codes) => Object.fromEntries(Object.entries(codes).map(([word, code]) => [code, word]));
const CUSTOMER_STATUS = reversed({ active: "A", dormant: "R", deleted: "L" });
const PHONES = reversed({ landline: "F", mobile: "M", fax: "X" });
const LEGAL_FORMS = reversed({ gmbh: "GMBH", ag: "AG", kg: "KG", ohg: "OHG", sole_trader: "EK", other: "SONST" });
const ORDER_STATUS = reversed({ open: "10", partly_delivered: "20", delivered: "30", invoiced: "40", cancelled: "90" });
const UNITS = reversed({ piece: "ST", kilogram: "KG", metre: "M", litre: "L", pack: "PAK", hour: "STD" });

const digits = (text) => text.replace(/^0+(?=.)/, "");
const day = (text) =>
  text === "00000000" ? null : `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}`;
const cents = (text) => `${Number(text.slice(0, -2))}.${text.slice(-2)}`;
const flag = (text) => text === "J";
const many = (value) => (value === undefined || value === null ? [] : Array.isArray(value) ? value : [value]);
// Absent stays absent: JSON.stringify leaves undefined out.
const given = (value, read) => (value === undefined ? undefined : read(value));
const whole = (value) => given(value, Number);
const amount = (value) => ({ value: value.$value, currency: value.attributes.waehrung });
const address = (value) => ({
  street: value.Strasse,
  postcode: value.Plz,
  city: value.Ort,
  country: value.attributes?.land,
});

function customer(partner) {
  const person = partner.attributes["xsi:type"].endsWith("PrivatPartnerTyp");
  return {
    kind: person ? "person" : "company",
    id: digits(partner.PartnerNr),
    name: partner.Name1,
    name_suffix: partner.Name2,
    status: given(partner.Status, (code) => CUSTOMER_STATUS[code]),
    blocked: given(partner.SperrKz, flag),
    credit_limit: given(partner.KreditLimit, cents),
    discount: partner.Rabatt,
    payment_days: whole(partner.ZahlZiel),
    email: partner.Email,
    note: partner.Notiz,
    address: given(partner.Adresse, address),
    phones: given(partner.Telefone, (list) =>
      many(list.Telefon).map((phone) => ({ number: phone.Nummer, kind: PHONES[phone.attributes?.art] }))),
    tags: given(partner.Merkmale, (list) => many(list.Merkmal)),
    last_contact_on: partner.LetztKontakt,
    created_on: given(partner.AnlDat, day),
    changed_at: partner.GeaendAm,
    account_number: partner.KontoRef,
    revenue: given(partner.Umsatz, amount),
    version: whole(partner.AendNr),
    ...(person
      ? { first_name: partner.Vorname, born_on: partner.GebDat }
      : { vat_id: partner.UstId, legal_form: given(partner.Rechtsform, (code) => LEGAL_FORMS[code]) }),
  };
}

const line = (position) => ({
  number: whole(position.PosNr),
  item_id: position.ArtikelNr,
  description: position.Bez,
  quantity: position.Menge,
  unit: UNITS[position.Einheit],
  unit_price: position.EinzelPreis,
  batches: many(position.Charge),
  amount: given(position.Betrag, amount),
});

const payment = (value) => ({
  direct_debit: given(value.Lastschrift, (debit) => ({ iban: debit.Iban, mandate: debit.MandatRef })),
  card: given(value.Karte, (card) => ({ token: card.Token, holder: card.Inhaber })),
  invoice: given(value.Rechnung, (invoice) => ({ days: whole(invoice.ZielTage) })),
});

const order = (found) => ({
  id: given(found.AuftragNr, digits),
  customer_id: digits(found.PartnerNr),
  reference: found.FremdRef,
  status: ORDER_STATUS[found.Status],
  ordered_on: given(found.AuftrDat, day),
  entered_at: found.ErfasstAm,
  wanted_on: found.WunschDat,
  partial_delivery: given(found.TeilLiefKz, flag),
  note: found.Hinweis,
  delivery_address: given(found.LieferAdresse, address),
  payment: given(found.Zahlung, payment),
  tags: given(found.Merkmale, (list) => many(list.Merkmal)),
  line_count: whole(found.PosAnz),
  total: given(found.GesBetrag, amount),
  version: whole(found.AendNr),
  lines: given(found.Positionen, (list) => many(list.Position).map(line)),
});

// Days and times stay the text that they are; the package would make Date objects of them.
const kept = (text) => text;

async function main() {
  const agent = new http.Agent({ keepAlive: true });
  const client = await soap.createClientAsync(wsdl, {
    endpoint,
    request: axios.create({ httpAgent: agent, proxy: false }),
    customDeserializer: { date: kept, dateTime: kept },
  });
  client.addSoapHeader(
    { "k:Aufrufkontext": { "k:Mandant": "100", "k:Sprache": "DE" } }, "", "k", "urn:muster-erp:kontext");
  const erp = client.ErpService.ErpSoap11;
  const call = (operation, args) =>
    new Promise((resolve, reject) => erp[operation](args, (error, found) => (error ? reject(error) : resolve(found))));

  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.get("/healthz", (request, response) => response.send("ok"));
  app.get("/v1/customers/:id", async (request, response) => {
    const found = await call("LesePartner", { PartnerNr: request.params.id.padStart(10, "0") });
    response.json(customer(found.Partner));
  });
  app.get("/v1/orders/:id", async (request, response) => {
    const found = await call("LeseAuftrag", { AuftragNr: request.params.id.padStart(10, "0") });
    response.json(order(found.Auftrag));
  });
  app.use((error, request, response, next) => response.status(502).json({ title: "The ERP failed" }));
  app.listen(port, "127.0.0.1");
}

main();
