"""The surface of simple-salesforce, against the simulator that the environment names.

The client is as published. It speaks https and to salesforce.com's hosts only: an adapter of its
HTTP library sends every request to the simulator instead.
"""

import datetime
import json
import os
import unittest
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from simple_salesforce import Salesforce
from simple_salesforce.exceptions import (
    SalesforceAuthenticationFailed,
    SalesforceExpiredSession,
    SalesforceGeneralError,
    SalesforceMalformedRequest,
    SalesforceMoreThanOneRecord,
    SalesforceResourceNotFound,
)

ORG = json.loads(os.environ["CONFORMANCE_ORG"])
VERSION = "68.0"
ACCOUNT = "/services/data/v68.0/sobjects/Account"


class ToSimulator(HTTPAdapter):
    """Sends what is meant for Salesforce's hosts to the simulator."""

    def send(self, request, **kwargs):
        address = urlsplit(request.url)
        path = request.url.split(address.netloc, 1)[1]
        request.url = ORG["url"] + path
        return super().send(request, **kwargs)


def new_session():
    session = requests.Session()
    session.mount("https://", ToSimulator())
    return session


def login(**options):
    return Salesforce(session=new_session(), version=VERSION, **options)


def connect(token=None):
    return login(instance="simulator.my.salesforce.com", session_id=token or ORG["token"])


def codes(error):
    return [entry["errorCode"] for entry in error.exception.content]


class Suite(unittest.TestCase):
    def setUp(self):
        requests.post(ORG["url"] + "/__sim/reset", timeout=10).raise_for_status()
        self.sf = connect()

    def create(self, **fields):
        return self.sf.Account.create({"Name": "Acme", **fields})["id"]


class Login(Suite):
    def who(self, client):
        return client.query("SELECT Id FROM Account")["totalSize"]

    def test_logs_in_with_a_password_by_soap(self):
        client = Salesforce(
            session=new_session(),
            username=ORG["username"],
            password=ORG["password"],
            security_token=ORG["securityToken"],
        )
        self.assertEqual(self.who(client), 0)

    def test_logs_in_with_a_jwt(self):
        client = login(
            username=ORG["username"],
            consumer_key=ORG["clientId"],
            privatekey=ORG["privateKey"],
        )
        self.assertEqual(self.who(client), 0)

    def test_logs_in_with_client_credentials(self):
        client = login(
            consumer_key=ORG["clientId"],
            consumer_secret=ORG["clientSecret"],
            domain="simulator.my",
        )
        self.assertEqual(self.who(client), 0)

    def test_logs_in_with_a_password_by_oauth(self):
        client = login(
            username=ORG["username"],
            password=ORG["password"] + ORG["securityToken"],
            consumer_key=ORG["clientId"],
            consumer_secret=ORG["clientSecret"],
        )
        self.assertEqual(self.who(client), 0)

    def test_is_refused_with_a_wrong_password(self):
        for how in ({"security_token": "x"}, {"consumer_key": ORG["clientId"], "consumer_secret": "x"}):
            with self.assertRaises(SalesforceAuthenticationFailed):
                login(username=ORG["username"], password="wrong", **how)

    def test_raises_for_a_dead_session(self):
        with self.assertRaises(SalesforceExpiredSession) as error:
            connect("00D5g0000000001!dead").query("SELECT Id FROM Account")
        self.assertEqual(codes(error), ["INVALID_SESSION_ID"])

    def test_is_a_sandbox_or_not(self):
        self.assertIn(self.sf.is_sandbox(), (True, False))


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


class Queries(Suite):
    def names(self, where):
        found = self.sf.query(f"SELECT Name FROM Account WHERE {where} ORDER BY Name")
        return [row["Name"] for row in found["records"]]

    def test_filters(self):
        for name in ("Acme", "Beta", "O'Hara"):
            self.create(Name=name)
        self.assertEqual(self.names("Name = 'acme'"), ["Acme"])
        self.assertEqual(self.names("Name IN ('Acme', 'O\\'Hara')"), ["Acme", "O'Hara"])
        self.assertEqual(self.names("(NOT Name LIKE 'a%') AND CreatedDate = TODAY"), ["Beta", "O'Hara"])
        self.assertEqual(self.names("Name = 'x' OR (Name = 'Beta' AND IsDeleted = FALSE)"), ["Beta"])

    def test_reads_parents_and_children(self):
        self.sf.Contact.create({"LastName": "Ann", "AccountId": self.create()})
        contact = self.sf.query("SELECT LastName, Account.Name FROM Contact")["records"][0]
        self.assertEqual(contact["Account"]["Name"], "Acme")
        account = self.sf.query("SELECT Id, (SELECT LastName FROM Contacts) FROM Account")["records"][0]
        self.assertEqual(account["Contacts"]["records"][0]["LastName"], "Ann")

    def test_follows_pages(self):
        for start in range(0, 2200, 200):
            rows = [{"attributes": {"type": "Client__c"}} for _ in range(start, start + 200)]
            self.sf.restful("composite/sobjects", method="POST", json={"records": rows})
        first = self.sf.query("SELECT Id FROM Client__c")
        self.assertEqual((first["totalSize"], first["done"], len(first["records"])), (2200, False, 2000))
        more = self.sf.query_more(first["nextRecordsUrl"], identifier_is_url=True)
        self.assertEqual((more["done"], len(more["records"])), (True, 200))
        locator = first["nextRecordsUrl"].rsplit("/", 1)[1]
        self.assertEqual(len(self.sf.query_more(locator)["records"]), 200)
        self.assertEqual(len(self.sf.query_all("SELECT Id FROM Client__c")["records"]), 2200)
        self.assertEqual(len(list(self.sf.query_all_iter("SELECT Id FROM Client__c"))), 2200)

    def test_finds_deleted_records(self):
        self.sf.Account.delete(self.create())
        query = "SELECT Name, IsDeleted FROM Account"
        self.assertEqual(self.sf.query(query)["totalSize"], 0)
        self.assertEqual(self.sf.query(query, include_deleted=True)["totalSize"], 1)

    def test_counts_and_groups(self):
        self.create(Name="A")
        self.create(Name="A")
        self.assertEqual(self.sf.query("SELECT COUNT() FROM Account")["totalSize"], 2)
        group = self.sf.query("SELECT Name, COUNT(Id) n FROM Account GROUP BY Name")["records"][0]
        self.assertEqual((group["Name"], group["n"]), ("A", 2))

    def test_raises_what_salesforce_refuses(self):
        for soql, code in (
            ("SELECT Nope FROM Account", "INVALID_FIELD"),
            ("SELECT Id FROM Nope", "INVALID_TYPE"),
            ("SELECT Id FROM Account WHERE Name = 'a' OR Name = 'b' AND Name = 'c'", "MALFORMED_QUERY"),
            ("SELECT Id FROM Account WHERE Name = 5", "INVALID_FIELD"),
        ):
            with self.subTest(soql), self.assertRaises(SalesforceMalformedRequest) as error:
                self.sf.query(soql)
            self.assertEqual(codes(error), [code])

    def test_raises_that_search_is_not_simulated(self):
        with self.assertRaises(SalesforceMalformedRequest) as error:
            self.sf.quick_search("Acme")
        self.assertEqual(codes(error), ["NOT_SIMULATED"])


class Collections(Suite):
    PATH = "composite/sobjects"

    def rows(self, *names):
        return [{"attributes": {"type": "Account"}, "Name": name} for name in names]

    def create_rows(self, *names, **options):
        return self.sf.restful(self.PATH, method="POST", json={"records": self.rows(*names), **options})

    def test_create_update_retrieve_and_delete(self):
        ids = [row["id"] for row in self.create_rows("a", "b")]
        rows = [{"attributes": {"type": "Account"}, "id": each, "Name": "new"} for each in ids]
        updated = self.sf.restful(self.PATH, method="PATCH", json={"records": rows})
        self.assertEqual([row["success"] for row in updated], [True, True])
        body = {"ids": ids, "fields": ["Name"]}
        read = self.sf.restful(f"{self.PATH}/Account", method="POST", json=body)
        self.assertEqual([row["Name"] for row in read], ["new", "new"])
        by_url = self.sf.restful(f"{self.PATH}/Account", params={"ids": ",".join(ids), "fields": "Name"})
        self.assertEqual(by_url, read)
        deleted = self.sf.restful(self.PATH, params={"ids": ",".join(ids)}, method="DELETE")
        self.assertEqual([row["id"] for row in deleted], ids)

    def test_upsert(self):
        rows = [{"attributes": {"type": "Client__c"}, "Ext__c": key} for key in ("a", "b")]
        path = f"{self.PATH}/Client__c/Ext__c"
        first = self.sf.restful(path, method="PATCH", json={"records": rows})
        again = self.sf.restful(path, method="PATCH", json={"records": rows})
        self.assertEqual([row["created"] for row in first + again], [True, True, False, False])

    def test_fail_by_row_or_as_a_whole(self):
        partly = self.create_rows("a", "")
        self.assertEqual([row["success"] for row in partly], [True, False])
        self.assertEqual(partly[1]["errors"][0]["statusCode"], "REQUIRED_FIELD_MISSING")
        whole = self.create_rows("b", "", allOrNone=True)
        self.assertEqual(whole[0]["errors"][0]["statusCode"], "ALL_OR_NONE_OPERATION_ROLLED_BACK")
        self.assertEqual(self.sf.query("SELECT Id FROM Account")["totalSize"], 1)

    def test_are_refused_beyond_200(self):
        with self.assertRaises(SalesforceMalformedRequest) as error:
            self.create_rows(*["x"] * 201)
        self.assertEqual(codes(error), ["EXCEEDED_ID_LIMIT"])


class Composite(Suite):
    def composite(self, *parts, **options):
        body = {"compositeRequest": list(parts), **options}
        return self.sf.restful("composite", method="POST", json=body)["compositeResponse"]

    def part(self, reference, method, url, body=None):
        part = {"referenceId": reference, "method": method, "url": url}
        return part if body is None else {**part, "body": body}

    def test_refers_to_earlier_parts(self):
        contact = "/services/data/v68.0/sobjects/Contact"
        query = "/services/data/v68.0/query?q=SELECT+LastName+FROM+Contact+WHERE+AccountId='@{a.id}'"
        answers = self.composite(
            self.part("a", "POST", ACCOUNT, {"Name": "Acme"}),
            self.part("c", "POST", contact, {"LastName": "Ann", "AccountId": "@{a.id}"}),
            self.part("q", "GET", query),
        )
        self.assertEqual([answer["httpStatusCode"] for answer in answers], [201, 201, 200])
        self.assertEqual(answers[2]["body"]["records"][0]["LastName"], "Ann")
        self.assertTrue(answers[0]["httpHeaders"]["Location"].startswith(ACCOUNT))

    def test_rolls_back_all_or_none(self):
        answers = self.composite(
            self.part("a", "POST", ACCOUNT, {"Name": "Acme"}),
            self.part("b", "POST", ACCOUNT, {}),
            allOrNone=True,
        )
        self.assertEqual(answers[0]["body"][0]["errorCode"], "PROCESSING_HALTED")
        self.assertEqual(self.sf.query("SELECT Id FROM Account")["totalSize"], 0)

    def test_runs_a_graph(self):
        node = self.part("a", "POST", ACCOUNT, {"Name": "Acme"})
        body = {"graphs": [{"graphId": "g1", "compositeRequest": [node]}]}
        [graph] = self.sf.restful("composite/graph", method="POST", json=body)["graphs"]
        self.assertTrue(graph["isSuccessful"])


class Metadata(Suite):
    def test_describes_the_org(self):
        names = [each["name"] for each in self.sf.describe()["sobjects"]]
        self.assertIn("Account", names)
        self.assertIn("Client__c", names)

    def test_describes_an_object(self):
        description = self.sf.Account.describe()
        fields = {field["name"]: field for field in description["fields"]}
        self.assertEqual(fields["Name"]["length"], 255)
        self.assertEqual(self.sf.Account.metadata()["objectDescribe"]["keyPrefix"], "001")

    def test_reads_limits_and_usage(self):
        self.assertEqual(self.sf.limits()["DailyApiRequests"]["Max"], 100000)
        self.assertEqual(self.sf.api_usage["api-usage"].total, 100000)

    def test_reads_who_it_is(self):
        self.assertEqual(self.sf.oauth2("userinfo")["preferred_username"], ORG["username"])

    def test_raises_that_bulk_is_not_simulated(self):
        with self.assertRaises(Exception) as error:
            self.sf.bulk2.Account.insert(records=[{"Name": "x"}])
        self.assertIn("NOT_SIMULATED", str(error.exception))


if __name__ == "__main__":
    unittest.main()
