"""One cold start of the stand-in: loads it, handles the event in a file, exits with 0 if it was accepted."""

import json
import sys

import app
from figures import say_figures

is_accepted = app.lambda_handler(json.load(open(sys.argv[1])), None)["statusCode"] == 202
say_figures()
sys.exit(0 if is_accepted else 1)
