"""The five resources: what their JSON looks like, and what it is called in NetSuite."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from marshmallow import Schema, fields
from marshmallow.validate import Length, Range

from tests.netsuite.by_hand import custom, netsuite
from tests.netsuite.by_hand.fields import Address, Code, Sparse, Timestamp, reference
from tests.netsuite.by_hand.searching import Filter, at_least, contains, equals, flag, one_of, refers_to, since, until

STAGES = {"lead": "_lead", "prospect": "_prospect", "customer": "_customer"}
EMAIL_FORMATS = {"default": "_default", "html": "_hTML", "pdf": "_pDF"}
WEIGHT_UNITS = {"g": "_g", "kg": "_kg", "lb": "_lb", "oz": "_oz"}
ORDER_STATUSES = {
    "pending_approval": "_pendingApproval",
    "pending_fulfillment": "_pendingFulfillment",
    "cancelled": "_cancelled",
    "partially_fulfilled": "_partiallyFulfilled",
    "pending_billing_partly_fulfilled": "_pendingBillingPartFulfilled",
    "pending_billing": "_pendingBilling",
    "fully_billed": "_fullyBilled",
    "closed": "_closed",
    "undefined": "_undefined",
}
# A search has other words for the same.
SEARCHED_STATUSES = {word: f"_salesOrder{code[1].upper()}{code[2:]}" for word, code in ORDER_STATUSES.items()}


class Record(Sparse):
    """What every record has."""

    id = fields.String(attribute="internalId", dump_only=True)
    external_id = fields.String(attribute="externalId", dump_only=True)


class AddressEntry(Sparse):
    """One address of an address book."""

    id = fields.String(attribute="internalId", dump_only=True)
    label = fields.String()
    ship_to = fields.Boolean(attribute="defaultShipping")
    bill_to = fields.Boolean(attribute="defaultBilling")
    address = fields.Nested(Address, attribute="addressbookAddress")


class Customer(Record):
    """A company or person who buys from us, or may."""

    number = fields.String(attribute="entityId")
    name = fields.String(attribute="companyName")
    person = fields.Boolean(attribute="isPerson")
    first_name = fields.String(attribute="firstName")
    last_name = fields.String(attribute="lastName")
    email = fields.String(validate=Length(max=254))
    phone = fields.String()
    website = fields.String(attribute="url")
    vat_id = fields.String(attribute="vatRegNumber")
    inactive = fields.Boolean(attribute="isInactive")
    stage = Code(STAGES)
    email_format = Code(EMAIL_FORMATS, attribute="emailPreference")
    category = reference()
    subsidiary = reference()
    sales_rep = reference(attribute="salesRep")
    terms = reference()
    credit_limit = fields.Float(attribute="creditLimit", validate=Range(min=0))
    balance = fields.Float(dump_only=True)
    note = fields.String(attribute="comments")
    addresses = fields.List(fields.Nested(AddressEntry), attribute="addressbookList.addressbook")
    created_at = Timestamp(attribute="dateCreated", dump_only=True)
    changed_at = Timestamp(attribute="lastModifiedDate", dump_only=True)
    vip = custom.boolean("custentity_vip")
    industry = custom.text("custentity_industry")
    rating = custom.number("custentity_rating", validate=Range(0, 5))
    contract_until = custom.moment("custentity_contract_until")
    segment = custom.choice("custentity_segment")
    regions = custom.choices("custentity_regions")


class Vendor(Record):
    """A company that we buy from."""

    number = fields.String(attribute="entityId")
    name = fields.String(attribute="companyName")
    legal_name = fields.String(attribute="legalName")
    email = fields.String(validate=Length(max=254))
    phone = fields.String()
    inactive = fields.Boolean(attribute="isInactive")
    category = reference()
    subsidiary = reference()
    our_account_number = fields.String(attribute="accountNumber")
    vat_id = fields.String(attribute="vatRegNumber")
    tax_id = fields.String(attribute="taxIdNum")
    expense_account = reference(attribute="expenseAccount")
    terms = reference()
    credit_limit = fields.Float(attribute="creditLimit", validate=Range(min=0))
    currency = reference()
    eligible_for_1099 = fields.Boolean(attribute="is1099Eligible")
    balance = fields.Float(dump_only=True)
    note = fields.String(attribute="comments")
    created_at = Timestamp(attribute="dateCreated", dump_only=True)
    changed_at = Timestamp(attribute="lastModifiedDate", dump_only=True)
    certified = custom.boolean("custentity_certified")
    audited_at = custom.moment("custentity_audited_on")
    supplier_class = custom.choice("custentity_supplier_class")


class Contact(Record):
    """A person at a customer or vendor."""

    name = fields.String(attribute="entityId")
    company = reference()
    salutation = fields.String()
    first_name = fields.String(attribute="firstName")
    last_name = fields.String(attribute="lastName")
    title = fields.String()
    email = fields.String(validate=Length(max=254))
    phone = fields.String()
    mobile = fields.String(attribute="mobilePhone")
    private = fields.Boolean(attribute="isPrivate")
    inactive = fields.Boolean(attribute="isInactive")
    subsidiary = reference()
    note = fields.String(attribute="comments")
    created_at = Timestamp(attribute="dateCreated", dump_only=True)
    changed_at = Timestamp(attribute="lastModifiedDate", dump_only=True)
    born_at = custom.moment("custentity_birthday")
    newsletter = custom.boolean("custentity_newsletter")
    topics = custom.choices("custentity_topics")


class Price(Sparse):
    """A price from a quantity on."""

    quantity = fields.Float()
    value = fields.Float()


class PriceList(Sparse):
    """The prices of one level in one currency."""

    currency = reference()
    level = reference(attribute="priceLevel")
    discount = fields.Float()
    prices = fields.List(fields.Nested(Price), attribute="priceList.price")


class Item(Record):
    """A thing that we stock."""

    number = fields.String(attribute="itemId")
    name = fields.String(attribute="displayName")
    description = fields.String(attribute="salesDescription")
    purchase_description = fields.String(attribute="purchaseDescription")
    upc = fields.String(attribute="upcCode")
    manufacturer = fields.String()
    manufacturer_number = fields.String(attribute="mpn")
    weight = fields.Float(validate=Range(min=0))
    weight_unit = Code(WEIGHT_UNITS, attribute="weightUnit")
    taxable = fields.Boolean(attribute="isTaxable")
    online = fields.Boolean(attribute="isOnline")
    inactive = fields.Boolean(attribute="isInactive")
    cost = fields.Float(validate=Range(min=0))
    vendor = reference()
    reorder_point = fields.Float(attribute="reorderPoint")
    on_hand = fields.Float(attribute="quantityOnHand", dump_only=True)
    available = fields.Float(attribute="quantityAvailable", dump_only=True)
    price_lists = fields.List(fields.Nested(PriceList), attribute="pricingMatrix.pricing")
    created_at = Timestamp(attribute="createdDate", dump_only=True)
    changed_at = Timestamp(attribute="lastModifiedDate", dump_only=True)
    shelf_life_days = custom.number("custitem_shelf_life")
    brand = custom.choice("custitem_brand")
    care = custom.text("custitem_care")


class Line(Sparse):
    """One line of an order."""

    number = fields.Integer(attribute="line", dump_only=True)
    item = reference()
    quantity = fields.Float(validate=Range(min=0))
    unit = reference(attribute="units")
    description = fields.String()
    rate = fields.String()
    amount = fields.Float()
    tax_code = reference(attribute="taxCode")
    closed = fields.Boolean(attribute="isClosed")
    fulfilled = fields.Float(attribute="quantityFulfilled", dump_only=True)
    engraving = custom.text("custcol_engraving")


class SalesOrder(Record):
    """What a customer ordered."""

    number = fields.String(attribute="tranId", dump_only=True)
    customer = reference(attribute="entity")
    ordered_at = Timestamp(attribute="tranDate")
    status = Code(ORDER_STATUSES, attribute="orderStatus")
    customer_order_number = fields.String(attribute="otherRefNum")
    memo = fields.String()
    email = fields.String(validate=Length(max=254))
    currency = reference()
    subsidiary = reference()
    location = reference()
    ship_at = Timestamp(attribute="shipDate")
    ship_method = reference(attribute="shipMethod")
    ship_complete = fields.Boolean(attribute="shipComplete")
    ship_to = fields.Nested(Address, attribute="shippingAddress")
    subtotal = fields.Float(attribute="subTotal", dump_only=True)
    tax = fields.Float(attribute="taxTotal", dump_only=True)
    total = fields.Float(dump_only=True)
    lines = fields.List(fields.Nested(Line), attribute="itemList.item")
    created_at = Timestamp(attribute="createdDate", dump_only=True)
    changed_at = Timestamp(attribute="lastModifiedDate", dump_only=True)
    gift = custom.boolean("custbody_gift")
    channel = custom.choice("custbody_channel")
    promised_at = custom.moment("custbody_promised_on")


@dataclass(frozen=True)
class Resource:
    """One resource: where it lives, its schema, and its type, record type and search in NetSuite.

    ``fixed`` is what every search of it says; ``replaced`` are the sublists that a change replaces as a whole.
    """

    path: str
    schema: type[Schema]
    namespace: str
    type_name: str
    record_type: str
    search: str
    filters: dict[str, Filter]
    fixed: dict[str, Any] = field(default_factory=dict)
    replaced: tuple[str, ...] = ()


ACTIVITY = {"inactive": flag("isInactive")}
CREATED = {"created_after": since("dateCreated"), "created_before": until("dateCreated")}
RESOURCES = [
    Resource(
        "customers",
        Customer,
        netsuite.RELATIONSHIPS,
        "Customer",
        "customer",
        "CustomerSearchBasic",
        {
            "name": contains("companyName"),
            "email": equals("email"),
            "stage": one_of("stage", STAGES),
            "subsidiary": refers_to("subsidiary"),
            "balance_above": at_least("balance"),
            **ACTIVITY,
            **CREATED,
        },
        replaced=("addressbookList",),
    ),
    Resource(
        "vendors",
        Vendor,
        netsuite.RELATIONSHIPS,
        "Vendor",
        "vendor",
        "VendorSearchBasic",
        {
            "name": contains("entityId"),
            "email": equals("email"),
            "eligible_for_1099": flag("is1099Eligible"),
            "subsidiary": refers_to("subsidiary"),
            **ACTIVITY,
            **CREATED,
        },
    ),
    Resource(
        "contacts",
        Contact,
        netsuite.RELATIONSHIPS,
        "Contact",
        "contact",
        "ContactSearchBasic",
        {
            "name": contains("entityId"),
            "email": equals("email"),
            "company": refers_to("company"),
            "private": flag("isPrivate"),
            **ACTIVITY,
            **CREATED,
        },
    ),
    Resource(
        "items",
        Item,
        netsuite.ACCOUNTING,
        "InventoryItem",
        "inventoryItem",
        "ItemSearchBasic",
        {
            "name": contains("displayName"),
            "number": equals("itemId"),
            "vendor": refers_to("vendor"),
            "cost_above": at_least("cost"),
            "changed_after": since("lastModifiedDate"),
            **ACTIVITY,
        },
        fixed={"type": {"operator": "anyOf", "searchValue": ["_inventoryItem"]}},
        replaced=("pricingMatrix",),
    ),
    Resource(
        "sales-orders",
        SalesOrder,
        netsuite.SALES,
        "SalesOrder",
        "salesOrder",
        "TransactionSearchBasic",
        {
            "memo": contains("memo"),
            "customer": refers_to("entity"),
            "status": one_of("status", SEARCHED_STATUSES),
            "ordered_after": since("tranDate"),
            "ordered_before": until("tranDate"),
            "total_above": at_least("totalAmount"),
        },
        fixed={"type": {"operator": "anyOf", "searchValue": ["_salesOrder"]}},
        replaced=("itemList",),
    ),
]
