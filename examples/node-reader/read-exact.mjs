// Prints each event once and in order, from the exact topic, as JSON lines.
//   node read-exact.mjs --bootstrap 127.0.0.1:9092 [--count 20]
import { decode } from 'cborg'
import { Kafka, logLevel } from 'kafkajs'
import { parseArgs } from 'node:util'

const { values: options } = parseArgs({
  options: { bootstrap: { type: 'string' }, count: { type: 'string' } },
})
let left = Number(options.count ?? Infinity)

const kafka = new Kafka({ clientId: 'read-exact', brokers: options.bootstrap.split(','), logLevel: logLevel.ERROR })
// readUncommitted false, the default, is what makes "once" true: records of aborted transactions are left out.
const consumer = kafka.consumer({ groupId: `read-exact-${process.pid}`, readUncommitted: false })
await consumer.connect()
await consumer.subscribe({ topic: 'fleetline.events.exact', fromBeginning: true })

const text = (header) => header?.toString('utf8')
const done = new Promise((resolve) => {
  consumer.run({
    eachMessage: async ({ message }) => {
      // A record without a value is a gap: numbers that the device gave up.
      if (message.value === null || left <= 0) return
      // [version, lane, store, run, order, first, seq, acked, event time, clock quality]
      const position = decode(message.headers.fl)
      const type = text(message.headers['content-type'])
      console.log(
        JSON.stringify({
          device: text(message.key),
          channel: text(message.headers.channel),
          seq: Number(position[6]),
          time: new Date(Number(position[8])).toISOString(),
          body: type ? (type.startsWith('application/json') ? JSON.parse(message.value) : text(message.value)) : decode(message.value),
        }, (_, value) => (typeof value === 'bigint' ? value.toString() : value)),
      )
      left -= 1
      if (left <= 0) resolve()
    },
  })
})
await done
await consumer.disconnect()
