"""What the JSON of the five resources looks like, and what it is called in NetSuite."""

from __future__ import annotations

from marshmallow import fields
from marshmallow.validate import Length, Range

from tests.netsuite.by_hand import custom
from tests.netsuite.by_hand.fields import Address, Code, Sparse, Timestamp, reference

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
