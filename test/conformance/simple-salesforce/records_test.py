"""Single records."""

import datetime

from harness import ACCOUNT, Suite, codes
from simple_salesforce.exceptions import (
    SalesforceGeneralError,
    SalesforceMalformedRequest,
    SalesforceMoreThanOneRecord,
    SalesforceResourceNotFound,
)


class Records(Suite):
    def test_creates_and_gets(self):
        result = self.sf.Account.create({"name": "Acme", "NumberOfEmployees": 5})
        self.assertEqual((result["success"], result["errors"]), (True, []))
        record = self.sf.Account.get(result["id"])
        self.assertEqual((record["Name"], record["NumberOfEmployees"]), ("Acme", 5))
        self.assertEqual(record["attributes"]["url"], f"{ACCOUNT}/{result['id']}")

    def test_gets_some_fields(self):
        record = self.sf.Account.get(self.create(), params={"fields": "Name"})
        self.assertEqual(record["Name"], "Acme")
        self.assertNotIn("OwnerId", record)

    def test_updates(self):
        identity = self.create()
        self.assertEqual(self.sf.Account.update(identity, {"Name": "New"}), 204)
        self.assertEqual(self.sf.Account.get(identity)["Name"], "New")

    def test_deletes(self):
        identity = self.create()
        self.assertEqual(self.sf.Account.delete(identity), 204)
        with self.assertRaises(SalesforceResourceNotFound) as error:
            self.sf.Account.get(identity)
        self.assertEqual(codes(error), ["ENTITY_IS_DELETED"])

    def test_upserts_by_an_external_id(self):
        self.assertEqual(self.sf.Client__c.upsert("Ext__c/k", {"Name": "One"}), 201)
        self.assertEqual(self.sf.Client__c.upsert("Ext__c/k", {"Name": "Two"}), 200)
        self.assertEqual(self.sf.Client__c.get_by_custom_id("Ext__c", "k")["Name"], "Two")

    def test_upserts_by_an_id(self):
        identity = self.create()
        response = self.sf.Account.upsert(f"Id/{identity}", {"Name": "New"}, raw_response=True)
        self.assertIn(response.status_code, (200, 204))
        self.assertEqual(self.sf.Account.get(identity)["Name"], "New")

    def test_takes_keys_with_reserved_characters(self):
        self.sf.Client__c.upsert("Ext__c/a%20b%2Fc%25d", {"Name": "Odd"})
        found = self.sf.query("SELECT Ext__c FROM Client__c")["records"]
        self.assertEqual([row["Ext__c"] for row in found], ["a b/c%d"])

    def test_raises_for_several_records_of_a_key(self):
        for _ in range(2):
            self.sf.Client__c.create({"Loose__c": "same"})
        with self.assertRaises(SalesforceMoreThanOneRecord):
            self.sf.Client__c.upsert("Loose__c/same", {"Name": "x"})

    def test_raises_what_salesforce_refuses(self):
        for fields, code in (
            ({}, "REQUIRED_FIELD_MISSING"),
            ({"Name": "x", "Nope__c": 1}, "INVALID_FIELD"),
            ({"Name": "x", "NumberOfEmployees": {"a": 1}}, "JSON_PARSER_ERROR"),
            ({"Name": "x" * 256}, "STRING_TOO_LONG"),
            ({"Name": "x", "Id": "0015g0000000001AAA"}, "INVALID_FIELD"),
        ):
            with self.subTest(code), self.assertRaises(SalesforceMalformedRequest) as error:
                self.sf.Account.create(fields)
            self.assertEqual(codes(error), [code])

    def test_raises_for_records_and_objects_that_do_not_exist(self):
        for call in (
            lambda: self.sf.Account.get("0015g0000000zzzAAA"),
            lambda: self.sf.Nope__c.create({"Name": "x"}),
            lambda: self.sf.Client__c.get_by_custom_id("Ext__c", "nothing"),
        ):
            with self.assertRaises(SalesforceResourceNotFound) as error:
                call()
            self.assertEqual(codes(error), ["NOT_FOUND"])

    def test_lists_updated_and_deleted_records(self):
        kept, gone = self.create(), self.create()
        self.sf.Account.delete(gone)
        now = datetime.datetime.now(datetime.timezone.utc)
        span = (now - datetime.timedelta(minutes=5), now + datetime.timedelta(minutes=1))
        self.assertEqual(self.sf.Account.updated(*span)["ids"], [kept])
        deleted = self.sf.Account.deleted(*span)["deletedRecords"]
        self.assertEqual([row["id"] for row in deleted], [gone])

    def test_respects_conditions(self):
        headers = {"If-Unmodified-Since": "Tue, 10 Aug 1999 00:00:00 GMT"}
        with self.assertRaises(SalesforceGeneralError) as error:
            self.sf.Account.update(self.create(), {"Name": "x"}, headers=headers)
        self.assertEqual(error.exception.status, 412)
