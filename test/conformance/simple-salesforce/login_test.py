"""Logins and sessions."""

from harness import ORG, Suite, codes, connect, login, new_session
from simple_salesforce import Salesforce
from simple_salesforce.exceptions import SalesforceAuthenticationFailed, SalesforceExpiredSession


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
