"""Prints each event once and in order, from the exact topic, as JSON lines.

    python3 read_exact.py 127.0.0.1:9092 [COUNT]
"""
import base64
import json
import os
import sys
from datetime import datetime, timezone

import cbor2
from confluent_kafka import Consumer, KafkaException


def in_json(value):
    """What JSON has no form for: byte strings as base64url, as Fleetline does it, others as text."""
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode() if isinstance(value, bytes) else str(value)


left = int(sys.argv[2]) if len(sys.argv) > 2 else -1
consumer = Consumer({
    "bootstrap.servers": sys.argv[1],
    "group.id": f"read-exact-{os.getpid()}",
    "auto.offset.reset": "earliest",
    # librdkafka's default, and what makes "once" true: records of aborted transactions are left out.
    "isolation.level": "read_committed",
})
consumer.subscribe(["fleetline.events.exact"])
try:
    while left != 0:
        record = consumer.poll(1.0)
        if record is None:
            continue
        if record.error():
            raise KafkaException(record.error())
        # A record without a value is a gap: numbers that the device gave up.
        if record.value() is None:
            continue
        headers = dict(record.headers())
        # [version, lane, store, run, order, first, seq, acked, event time, clock quality]
        position = cbor2.loads(headers["fl"])
        media_type = headers.get("content-type", b"").decode()
        if media_type.startswith("application/json"):
            body = json.loads(record.value())
        else:
            body = record.value().decode() if media_type else cbor2.loads(record.value())
        print(json.dumps({
            "device": record.key().decode(),
            "channel": headers["channel"].decode(),
            "seq": position[6],
            "time": datetime.fromtimestamp(position[8] / 1000, timezone.utc).isoformat(),
            "body": body,
        }, default=in_json), flush=True)
        left -= 1
finally:
    consumer.close()
