// Every action is an operation in the store before the screen says so; here it
// is written, sent, and its receipt kept.
import { signal } from '@preact/signals';
import { Problem, send } from '../base/api.js';
import { dayOf, db, meta, newID, setMeta } from './db.js';
import { assets } from './pack.js';
import { sendPhotos } from './photos.js';

/** @typedef {import('./db.js').Op} Op */

const batch = 100; // operations
const batchBytes = 1 << 20;
const first = 3000; // ms until the next attempt, doubled while it fails
const longest = 120_000; // ms, the same at most

/** What the chip and the sync page show. */
export const items = signal(/** @type {Op[]} */ ([]));
export const shots = signal(/** @type {Omit<import('./db.js').Photo, 'blob'>[]} */ ([]));
export const sending = signal(false);
/** Why nothing is sent: '' while it works. */
export const halted = signal(/** @type {'' | 'offline' | 'locked' | 'server'} */ (''));
export const confirmedAt = signal(/** @type {number} */ (0));

/** Reads the state of every item anew. */
export async function look() {
  const store = await db();
  const [ops, photos] = await Promise.all([store.getAll('ops'), store.getAll('photos')]);
  items.value = ops;
  shots.value = photos.map((/** @type {any} */ { blob: _, ...rest }) => rest);
}

/** @param {any} into @param {any} patch attributes are merged by key */
export function patched(into, patch) {
  const attributes = patch.attributes ? { ...into.attributes, ...patch.attributes } : into.attributes;
  return { ...into, ...patch, ...(attributes && { attributes }) };
}

/**
 * Writes an operation, and the asset as it now looks to this phone, in one
 * transaction. Resolves when the store holds them.
 * @param {{noun: string, id?: string, kind: string, value?: any, local?: any}} action `local`: the asset as it looks after it; null when it is gone
 * @param {any[]} [photos] that belong to the object
 */
export async function act({ noun, id = newID(), kind, value, local }, photos = []) {
  const jurisdiction = await meta('jurisdiction');
  const tx = (await db()).transaction(['ops', 'assets', 'photos'], 'readwrite', { durability: 'strict' });
  const body = /** @type {any} */ ({ op: newID(), noun, id, kind, base: null, at: new Date().toISOString() });
  if (value !== undefined) body.value = kind === 'create' ? { ...value, jurisdiction } : value;
  if (kind !== 'create') Object.assign(body, await chain(tx, id));
  tx.objectStore('ops').add({ op: body.op, noun, id, state: 'waiting', tries: 0, day: dayOf(), body });
  if (local === null) tx.objectStore('assets').delete(id);
  else if (local) tx.objectStore('assets').put(local);
  for (const p of photos) tx.objectStore('photos').put(p);
  await tx.done;
  await look();
  void flush();
  return { op: body.op, id };
}

/**
 * What an edit was made from: the last version the server told, the unanswered
 * operation before it, and what unanswered ones set.
 * @param {any} tx
 * @param {string} id
 */
async function chain(tx, id) {
  const asset = await tx.objectStore('assets').get(id);
  const earlier = (/** @type {Op[]} */ (await tx.objectStore('ops').index('id').getAll(id)));
  const versions = earlier.filter((o) => o.receipt && o.noun !== 'photo').map((o) => o.receipt.version ?? 0);
  const found = /** @type {any} */ ({ base: Math.max(asset?.version ?? 1, 1, ...versions) });
  const open = earlier.filter((o) => o.state === 'waiting');
  if (open.length > 0) found.after = /** @type {Op} */ (open.at(-1)).op;
  const was = open.filter((o) => o.body.kind === 'update').reduce((sum, o) => patched(sum, o.body.value), {});
  if (Object.keys(was).length > 0) found.was = was;
  return found;
}

/**
 * Takes an action back: what was never sent is not sent, anything else is
 * deleted by an operation of its own.
 * @param {string} op
 */
export async function undo(op) {
  const tx = (await db()).transaction(['ops', 'assets', 'photos'], 'readwrite', { durability: 'strict' });
  const item = /** @type {Op | undefined} */ (await tx.objectStore('ops').index('op').get(op));
  if (!item || item.body.kind !== 'create') { await tx.done; return; }
  const unsent = item.state === 'waiting' && item.tries === 0;
  if (unsent) {
    await tx.objectStore('ops').put({ ...item, state: 'undone', doneAt: Date.now() });
    for (const p of await tx.objectStore('photos').index('object').getAll(item.id)) await tx.objectStore('photos').put({ ...p, state: 'undone', doneAt: Date.now() });
    await tx.objectStore('assets').delete(item.id);
  }
  await tx.done;
  if (unsent) await look();
  else await act({ noun: item.noun, id: item.id, kind: 'delete', local: item.noun === 'asset' ? null : undefined });
}

/**
 * A refused item with another value goes out again. What the server once knew
 * under its operation gets a new one.
 * @param {Op} item
 * @param {any} value
 */
export async function repair(item, value) {
  const body = { ...item.body, value };
  if (item.problem?.type?.endsWith('op_reused')) body.op = newID();
  await (await db()).put('ops', { ...item, op: body.op, body, state: 'waiting', tries: item.tries + 1, problem: undefined, first: item.body });
  await look();
  void flush();
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
let pause = first;
let again = false;

/** Sends what waits. One at a time, over all pages of this phone. */
export async function flush() {
  if (sending.value) { again = true; return; }
  sending.value = true;
  clearTimeout(timer);
  try {
    await (navigator.locks ? navigator.locks.request('streetbook-flush', round) : round());
    halted.value = '';
    pause = first;
  } catch (cause) {
    if (!(cause instanceof Problem)) console.warn('sync', cause);
    const status = cause instanceof Problem ? cause.status : 0;
    halted.value = cause instanceof Problem && cause.offline ? 'offline' : status === 401 || status === 403 ? 'locked' : 'server';
    pause = Math.min(pause * 2, longest);
  }
  sending.value = false;
  await look();
  if (again) { again = false; void flush(); return; }
  if (waiting() > 0) timer = setTimeout(flush, pause);
}

const waiting = () => items.value.filter((o) => o.state === 'waiting').length + shots.value.filter((p) => p.state === 'waiting').length;

async function round() {
  for (;;) {
    const ops = await take();
    const progress = await post(ops);
    if (!progress || ops.length === 0) break;
  }
  await sendPhotos(look);
  if (waiting() > 0) { await look(); if (waiting() === 0) await post([]); }
}

/** The next operations in their order, marked as tried before they leave. @returns {Promise<Op[]>} */
async function take() {
  const tx = (await db()).transaction('ops', 'readwrite');
  const list = (await tx.store.index('state').getAll('waiting')).sort((/** @type {Op} */ a, /** @type {Op} */ b) => Number(a.n) - Number(b.n));
  let bytes = 0;
  const taken = list.slice(0, batch).filter((/** @type {Op} */ o, /** @type {number} */ i) => (bytes += JSON.stringify(o.body).length) < batchBytes || i === 0);
  for (const o of taken) { o.tries++; await tx.store.put(o); }
  await tx.done;
  return taken;
}

/**
 * Sends a batch and keeps its receipts. Holds whether anything was settled.
 * @param {Op[]} ops
 */
async function post(ops) {
  const store = await db();
  const [device, jurisdiction, seen] = await Promise.all([deviceID(), meta('jurisdiction'), meta('seen')]);
  await look();
  const left = items.value.filter((o) => o.state === 'waiting' && !ops.some((x) => x.op === o.op));
  const photos = shots.value.filter((p) => p.state === 'waiting');
  const oldest = [...left.map((o) => o.body.at), ...photos.map((p) => p.at)].sort()[0] ?? null;
  const answer = await send('POST', '/api/v1/sync', {
    device, ...(jurisdiction && { jurisdiction }), ...(seen && { seen }), unsent: { ops: left.length, photos: photos.length, oldest }, ops: ops.map((o) => o.body),
  });
  const settled = await keepReceipts(store, ops, answer);
  if (seen && seen.epoch !== answer.epoch) await offerAgain(store, answer);
  else if (settled > 0) confirmedAt.value = Date.now();
  await look();
  return settled > 0;
}

/** @param {any} store @param {Op[]} ops @param {any} answer */
async function keepReceipts(store, ops, answer) {
  const tx = store.transaction(['ops', 'assets', 'meta'], 'readwrite', { durability: 'strict' });
  let settled = 0;
  const coded = /** @type {any[]} */ ([]);
  let seen = await tx.objectStore('meta').get('seen');
  for (const result of answer.results) {
    const item = ops.find((o) => o.op === result.op);
    if (!item) continue;
    const kind = String(result.problem?.type ?? '').split('/').pop();
    if (result.outcome === 'refused' && (kind === 'not_yet' || kind === 'busy')) continue;
    settled++;
    if (result.outcome === 'refused') {
      await tx.objectStore('ops').put({ ...item, state: 'refused', problem: result.problem });
      await release(tx.objectStore('ops'), item.op);
      continue;
    }
    await tx.objectStore('ops').put({ ...item, state: 'done', receipt: { ...result, epoch: answer.epoch }, problem: undefined, doneAt: Date.now() });
    if (!seen || seen.epoch !== answer.epoch || result.seq > seen.seq) seen = { epoch: answer.epoch, seq: result.seq, op: result.op };
    const asset = result.noun === 'asset' && await tx.objectStore('assets').get(result.id);
    if (!asset) continue;
    const told = { ...asset, version: result.version, code: result.code ?? asset.code };
    await tx.objectStore('assets').put(told);
    coded.push(told);
  }
  if (seen) await tx.objectStore('meta').put(seen, 'seen');
  await tx.done;
  if (coded.length > 0) assets.value = new Map([...assets.value, ...coded.map((a) => /** @type {const} */ ([a.id, a]))]);
  return settled;
}

/** What was made after a refused operation no longer waits for it. @param {any} ops @param {string} op */
async function release(ops, op) {
  for (const later of await ops.index('state').getAll('waiting')) {
    if (later.body.after !== op) continue;
    const { after: _, was: __, ...body } = later.body;
    await ops.put({ ...later, body });
  }
}

/**
 * The server was restored from a backup: every receipt it may have lost is
 * offered again, the same operation with the same body.
 * @param {any} store @param {any} answer
 */
async function offerAgain(store, answer) {
  const tx = store.transaction(['ops', 'photos', 'meta'], 'readwrite', { durability: 'strict' });
  for (const item of await tx.objectStore('ops').index('state').getAll('done')) {
    if (item.receipt.epoch !== answer.epoch) await tx.objectStore('ops').put({ ...item, state: 'waiting' });
  }
  for (const p of await tx.objectStore('photos').index('state').getAll('done')) await tx.objectStore('photos').put({ ...p, state: 'waiting' });
  await tx.objectStore('meta').delete('seen'); // the first receipt of the new epoch sets it
  await tx.done;
}

/** The id of this phone, made once. */
async function deviceID() {
  const known = await meta('device');
  if (known) return known;
  const id = newID();
  await setMeta('device', id);
  return id;
}

export function startOutbox() {
  addEventListener('online', flush);
  document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'visible') void flush(); });
  return look().then(() => { void flush(); });
}
