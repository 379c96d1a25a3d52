"""Harness: simple-salesforce against the simulator that the environment names.

The client is as published. It speaks https and to salesforce.com's hosts only: an adapter of its
HTTP library sends every request to the simulator instead.
"""

import json
import os
import unittest
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from simple_salesforce import Salesforce

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
