"""SQS event source mappings: batches beyond 10 messages, up to BatchSize and 6 MB, and the batching window.

The stock engine takes at most 10 messages at a time, ignores MaximumBatchingWindowInSeconds, and stops polling if
a template parameter makes MaximumConcurrency a string.

Delete this file when the probe `needed: event source mapping batches` fails.
"""

import time

from ministack.services import lambda_svc, sqs

# Lambda's limit for a synchronous invocation's payload (Developer Guide, "Lambda quotas").
MAX_BATCH_BYTES = 6 * 1024 * 1024
# Approximate size of a record's metadata and the escaping of its body.
RECORD_OVERHEAD_BYTES = 1024


_stock_concurrency = lambda_svc._sqs_esm_concurrency


def _window_seconds(queue):
    arn = queue["attributes"].get("QueueArn")
    for _account, _region, mapping in lambda_svc._iter_all_esms():
        if mapping.get("EventSourceArn") == arn:
            return int(mapping.get("MaximumBatchingWindowInSeconds") or 0)
    return 0


def _fitting(messages, limit):
    total = 0
    for count, message in enumerate(messages[:limit]):
        total += len(message["body"].encode()) + RECORD_OVERHEAD_BYTES
        if total > MAX_BATCH_BYTES:
            return max(count, 1)
    return min(len(messages), limit)


def receive_messages(queue_url, max_number):
    with sqs._queues_lock:
        queue = sqs._get_q(queue_url)
        sqs._expire_retained(queue)
        sqs._dlq_sweep(queue)
        now = time.time()
        ready = [m for m in queue["messages"] if m.get("visible_at", now) <= now]
        if not ready:
            return []
        count = _fitting(ready, int(max_number or 1))
        oldest = min(m.get("visible_at", now) for m in ready)
        if count == len(ready) < int(max_number or 1) and now - oldest < _window_seconds(queue):
            return []
        visibility = int(queue["attributes"].get("VisibilityTimeout", "30"))
        return sqs._collect_msgs(queue, count, visibility)


def concurrency(mapping, *args):
    scaling = mapping.get("ScalingConfig") or {}
    if "MaximumConcurrency" in scaling:
        mapping = {**mapping, "ScalingConfig": {"MaximumConcurrency": int(scaling["MaximumConcurrency"])}}
    return _stock_concurrency(mapping, *args)


def register():
    lambda_svc._sqs_esm_concurrency = concurrency
    sqs._receive_messages_for_esm = receive_messages
