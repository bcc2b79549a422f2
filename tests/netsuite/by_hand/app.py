"""The application: four endpoints for each resource."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, Response, jsonify, request, url_for
from marshmallow import ValidationError, fields

from tests.netsuite.by_hand import netsuite, problems
from tests.netsuite.by_hand.custom import CustomField
from tests.netsuite.by_hand.resources import RESOURCES, Resource
from tests.netsuite.by_hand.searching import Pages


def create_app(account: netsuite.NetSuite, cursor_key: str) -> Flask:
    """Return the application for one account."""
    app = Flask(__name__)
    problems.install(app)
    for resource in RESOURCES:
        app.register_blueprint(_blueprint(resource, account, cursor_key))
    return app


def _blueprint(resource: Resource, account: netsuite.NetSuite, cursor_key: str) -> Blueprint:
    routes = Blueprint(resource.path, __name__, url_prefix=f"/v1/{resource.path}")
    pages = Pages(account, cursor_key, resource.search, resource.type_name, resource.fixed)
    records = Records(resource, account)

    @routes.get("")
    def search() -> Response:
        arguments = _arguments()
        if "cursor" in arguments:
            found, page = pages.next(arguments["cursor"])
        else:
            found, page = pages.first(arguments, resource.filters)
        answer = jsonify(items=[records.shown(record) for record in found], page=page)
        if "next" in page:
            answer.headers["Link"] = f'<{url_for(".search", cursor=page["next"])}>; rel="next"'
        return answer

    @routes.get("/<record_id>")
    def read(record_id: str) -> Response:
        reference = account.make(netsuite.CORE, "RecordRef", internalId=record_id, type=resource.record_type)
        record = account.call("get", baseRef=reference).record
        if type(record).__name__ != resource.type_name:
            raise problems.Problem(*netsuite.NO_REPLY)
        return jsonify(records.shown(record))

    @routes.put("/external/<external_id>")
    def upsert(external_id: str) -> Response:
        return _written(account.call("upsert", record=records.given(nullable=False, externalId=external_id)))

    @routes.patch("/<record_id>")
    def update(record_id: str) -> Response:
        return _written(account.call("update", record=records.given(nullable=True, internalId=record_id)))

    return routes


def _arguments() -> dict[str, str]:
    twice = [name for name, values in request.args.lists() if len(values) > 1]
    if twice:
        raise problems.invalid("query", {name: ["is given twice"] for name in twice})
    return request.args.to_dict()


def _written(result: Any) -> Response:
    reference = result.baseRef
    told = {"id": reference.internalId, "external_id": reference.externalId}
    return jsonify({name: value for name, value in told.items() if value is not None})


class Records:
    """JSON to records of one kind, and back."""

    def __init__(self, resource: Resource, account: netsuite.NetSuite) -> None:
        self.resource, self.account, self.schema = resource, account, resource.schema()

    def shown(self, record: Any) -> dict[str, Any]:
        """Return a record as callers see it."""
        return self.schema.dump(record)

    def given(self, *, nullable: bool, **attributes: str) -> Any:
        """Return the record that the request's body describes; with ``nullable``, null clears a property."""
        body = request.get_json()
        if not isinstance(body, dict):
            raise problems.invalid("body", {"_schema": ["must be an object"]})
        nulls = [name for name, value in body.items() if value is None and nullable and self._can_be_set(name)]
        try:
            values = self.schema.load({name: value for name, value in body.items() if name not in nulls})
        except ValidationError as error:
            raise problems.invalid("body", error.messages) from None
        if nulls:
            values["nullFieldList"] = {"name": [self._name(self.schema.fields[name]) for name in nulls]}
        self._make_custom(values)
        return self.account.make(self.resource.namespace, self.resource.type_name, **values, **attributes)

    def _can_be_set(self, name: str) -> bool:
        return name in self.schema.fields and not self.schema.fields[name].dump_only

    def _name(self, field: fields.Field) -> str:
        """Return what nullFieldList calls a property."""
        return field.script_id if isinstance(field, CustomField) else (field.attribute or field.name).partition(".")[0]

    def _make_custom(self, values: Any) -> None:
        """Turn loaded custom fields into NetSuite's objects, in the record and in its lines."""
        for inner in values.values() if isinstance(values, dict) else values if isinstance(values, list) else ():
            self._make_custom(inner)
        if isinstance(values, dict) and "custom" in values:
            entries = [
                self.account.make(netsuite.CORE, kind, scriptId=script_id, value=value)
                for script_id, (kind, value) in values.pop("custom").items()
            ]
            values["customFieldList"] = {"customField": entries}
