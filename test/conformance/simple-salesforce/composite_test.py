"""Collections, and the composite resources."""

from harness import ACCOUNT, Suite, codes
from simple_salesforce.exceptions import SalesforceMalformedRequest


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
