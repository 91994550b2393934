// A Fleetline device in JavaScript, written from docs/protocol.md alone: publishes readings, keeps what is not acknowledged,
// survives reconnects, answers the command "read-now". Its outbox lives in memory. Prints what happens as JSON lines.
//
//   node device.mjs --url wss://127.0.0.1:8443/connect --ca ca.pem --id demo/guest --credentials credentials --count 20
import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { loadavg, uptime } from 'node:os';
import { parseArgs } from 'node:util';
import * as cbor from 'cborg';
import WebSocket from 'ws';

const { values: options } = parseArgs({
  options: {
    url: { type: 'string' }, ca: { type: 'string' }, id: { type: 'string' }, credentials: { type: 'string' },
    count: { type: 'string', default: '20' }, every: { type: 'string', default: '250' }, linger: { type: 'string', default: '0' },
  },
});
for (const needed of ['url', 'id', 'credentials']) if (!options[needed]) { console.error(`--${needed} is missing`); process.exit(2); }
const say = (what, more = {}) => console.log(JSON.stringify({ what, ...more }));

// Section 6: the simplest client draws store and run once, and keeps the order that the first welcome gave. The store's lowest bit
// is 1: it ends with the program.
const store = randomInt(2 ** 31) * 2 + 1, run = randomInt(2 ** 32);
const lane = () => ({ items: [], last: 0, acked: 0, next: 1, opened: false, waiting: false });
const lanes = { 0: lane(), 3: lane() };
const outcomes = new Map();
let socket, order, last = 0, limits, window = 5_000, attempt = 0, heartbeat, dead, published = 0;

function append(number, item) {
  lanes[number].items.push({ seq: ++lanes[number].last, item, bytes: cbor.encode(item).length });
  send(number);
}

function send(number) { // sections 6 to 8: one open, then items within the window, oldest first
  const l = lanes[number];
  if (!limits || l.waiting || socket.readyState !== WebSocket.OPEN) return;
  const inFlight = Object.values(lanes).flatMap(({ items, next }) => items.filter(({ seq }) => seq < next));
  let room = limits.window - inFlight.length, bytes = limits.windowBytes - inFlight.reduce((sum, i) => sum + i.bytes, 0);
  const batch = [];
  for (const entry of l.items.filter(({ seq }) => seq >= l.next).slice(0, 50)) {
    if ((room-- <= 0 || (bytes -= entry.bytes) < 0) && inFlight.length + batch.length > 0) break;
    batch.push(entry.item);
  }
  if (batch.length === 0) return;
  if (!l.opened) { frame([2, number, store, run, order, 1, l.next, l.acked]); l.opened = true; }
  frame([3, number, l.next, l.acked, batch]);
  l.next += batch.length;
  send(number);
}

function rewind(number, after) { // section 7: open again behind what is acknowledged
  Object.assign(lanes[number], { next: lanes[number].acked + 1, opened: false, waiting: true });
  const of = socket;
  setTimeout(() => { if (of === socket) { lanes[number].waiting = false; send(number); } }, after);
}

const handlers = {
  65: ([welcome]) => {
    limits = Object.fromEntries(welcome); last = Math.max(last, limits.connection); window = limits.reconnectWindow;
    order ??= Math.floor(limits.time / 1000);
    for (const l of Object.values(lanes)) Object.assign(l, { next: l.acked + 1, opened: false, waiting: false });
    say('connected', { connection: limits.connection });
    Object.keys(lanes).forEach((number) => send(Number(number)));
    idle();
  },
  66: ([number, upTo, place]) => {
    const l = lanes[number];
    l.items = l.items.filter(({ seq }) => seq > upTo);
    l.acked = upTo;
    attempt = 0;
    say('acked', { lane: number, upTo, place });
    send(number);
  },
  67: ([number, seq, code, message]) => { // the device itself puts a gap in the item's place
    say('rejected', { lane: number, seq, code, message });
    const entry = lanes[number].items.find((i) => i.seq === seq);
    if (entry) Object.assign(entry, { item: [1, seq, 4], bytes: 12 });
    rewind(number, 0);
  },
  68: ([, , reconnectWindow]) => { window = reconnectWindow; },
  69: ([id, name]) => { // at most once: a repeat gets the outcome that the first one had
    if (lanes[3].items.some(({ item }) => item[1] === id)) return;
    if (!outcomes.has(id)) {
      say('command', { id, name });
      outcomes.set(id, name === 'read-now' ? [2, id, 1, Date.now(), reading()] : [2, id, 4, Date.now(), null]);
    }
    append(3, outcomes.get(id));
  },
  70: ([reconnectWindow]) => setTimeout((of) => of.close(1000), Math.random() * reconnectWindow, socket),
  71: () => {},
  72: ([number, from, after]) => { say('rewind', { lane: number, from, after }); rewind(number, after); },
};

// Section 3: element by element, as cborg knows no strings in chunks, and a command's body may have some. Of tags, the content.
const tags = new Proxy([], { get: (_, tag) => (tag === 'length' ? 0 : (content) => (typeof content === 'function' ? content() : content)) });
function elements(data) {
  if (data[0] < 0x81 || data[0] > 0x97) throw new Error('not a frame of this protocol');
  const read = [];
  for (let element, rest = data.subarray(1); rest.length > 0; read.push(element)) {
    try {
      [element, rest] = cbor.decodeFirst(rest, { useMaps: true, tags });
    } catch (error) {
      if (read[0] !== 69 || read.length !== 4) throw error;
      return read; // a command whose body cannot be read: none of ours looks at it
    }
  }
  return read;
}

const reading = () => ({ load: loadavg()[0], uptimeSeconds: Math.floor(uptime()) });
const frame = (value) => { socket.send(cbor.encode(value)); idle(); };

function idle() { // section 9: a heartbeat when nothing else was sent
  clearTimeout(heartbeat);
  if (limits) heartbeat = setTimeout(() => frame([4, 1]), limits.heartbeat * (0.9 + Math.random() * 0.2));
}

function alive() { // any frame counts; two intervals without one mean that the connection is dead
  clearTimeout(dead);
  dead = setTimeout((of) => of.terminate(), 2 * (limits?.heartbeat ?? 10_000), socket);
}

function connect() {
  const credential = readFileSync(options.credentials, 'utf8').split('\n').find((line) => line.startsWith(`${options.id}:`));
  if (!credential) { console.error(`${options.credentials} has no line ${options.id}:SECRET`); process.exit(2); }
  socket = new WebSocket(options.url, 'fleetline.v1', {
    ca: options.ca && readFileSync(options.ca), perMessageDeflate: false, followRedirects: false,
    headers: { Authorization: 'Basic ' + Buffer.from(credential.trim()).toString('base64') },
  });
  socket.on('open', () => { alive(); frame([1, last, { sdk: 'node-example/1' }]); });
  socket.on('message', (data, binary) => {
    if (!binary) return socket.close(1003);
    alive();
    try {
      const [type, ...rest] = elements(data);
      if (!handlers[type]) return socket.close(4400, 'unknown frame type');
      handlers[type](rest);
    } catch (error) { // ours or the node's mistake: either way this connection is of no more use
      say('trouble', { message: error.message });
      socket.close(1007);
    }
  });
  socket.on('error', (error) => say('trouble', { message: error.message }));
  socket.on('close', (code, text) => {
    clearTimeout(heartbeat); clearTimeout(dead);
    if (code === 4409) last = Math.max(last, Number(text.toString()) || 0);
    const most = attempt === 0 ? window : Math.min(60_000, 1_000 * 2 ** attempt);
    const wait = Math.random() * most + (code === 4409 || code === 4429 ? 30_000 : code === 1013 ? 5_000 : 0);
    attempt++; limits = undefined;
    say('closed', { code, waitMs: Math.round(wait) });
    if (!finished()) setTimeout(connect, wait);
  });
}

const finished = () => published >= Number(options.count) && Object.values(lanes).every(({ items }) => items.length === 0);

const started = Date.now();
const timer = setInterval(() => {
  if (published < Number(options.count)) append(0, [0, 'node/reading', Date.now(), { counter: ++published, ...reading() }]);
  else if (finished() && Date.now() >= started + Number(options.linger)) { clearInterval(timer); say('done', { published, acked: lanes[0].acked }); socket.close(1000); }
}, Number(options.every));
connect();
