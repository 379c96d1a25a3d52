"""SOQL."""

from harness import Suite, codes
from simple_salesforce.exceptions import SalesforceMalformedRequest


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
