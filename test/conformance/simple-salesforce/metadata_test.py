"""Descriptions, limits and who the user is."""

from harness import ORG, Suite


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
