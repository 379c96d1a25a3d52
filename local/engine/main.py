"""Starts the AWS engine with the extensions that this project needs (README.md in this folder)."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.dont_write_bytecode = True

import alarms  # noqa: E402
import change_sets  # noqa: E402
import connection_states  # noqa: E402
import delivery  # noqa: E402
import event_source_mapping  # noqa: E402
import function_urls  # noqa: E402
import iam  # noqa: E402
import input_paths  # noqa: E402
import log_events  # noqa: E402
import node_worker  # noqa: E402
import oauth_tokens  # noqa: E402
import partner_events  # noqa: E402
import resources  # noqa: E402
import web_pages  # noqa: E402
from ministack import app  # noqa: E402

resources.register()
alarms.register()
change_sets.register()
connection_states.register()
delivery.register()
event_source_mapping.register()
function_urls.register()
iam.register()
input_paths.register()
log_events.register()
node_worker.register()
oauth_tokens.register()
partner_events.register()
web_pages.register()

if __name__ == "__main__":
    app.main()
