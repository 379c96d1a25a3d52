import argparse, json
import boto3
parser = argparse.ArgumentParser(); parser.add_argument("--endpoint", required=True); args = parser.parse_args()
boto3.client("sqs", endpoint_url=args.endpoint).list_queues()
print(json.dumps({"name": "answers", "ok": True}))
