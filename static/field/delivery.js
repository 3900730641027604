// Sends what waits, and keeps the receipts. Nothing is given up here: what the
// server refuses is set apart for the person, and the others go on.
import { signal } from '@preact/signals';
import { Problem, send } from '../base/api.js';
import { t } from '../base/i18n.js';
import { may, refresh as askSession } from '../base/session.js';
import { db, meta, newID, setMeta, spoil } from './db.js';
import { items, look, release, shots } from './outbox.js';
import { assets, refresh } from './pack.js';
import { sendPhotos, shrink } from './photos.js';
import { say } from './screen.js';

/** @typedef {import('./db.js').Op} Op */

const batch = 100; // operations
const batchBytes = 1 << 20;
const first = 3000; // ms until the next attempt, doubled while it fails
const longest = 120_000; // ms, the same at most
const setApart = [400, 413, 422]; // statuses that one operation may bring upon a batch
const locks = [401, 403, 404]; // who sends may not, or no longer

export const sending = signal(false);
/** Why nothing is sent: '' while it works. */
export const halted = signal(/** @type {'' | 'offline' | 'locked' | 'server'} */ (''));
export const confirmedAt = signal(/** @type {number} */ (0));
/** The last time that a server came back from a backup: what was offered to it again. */
export const restored = signal(/** @type {{at: number, ops: number, photos: number} | null} */ (null));

/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
let pause = first;
let again = false;

/** Sends what waits. One at a time, over all pages of this phone. */
export async function flush() {
  if (sending.value) { again = true; return; }
  sending.value = true;
  clearTimeout(timer);
  let moved = false;
  try {
    await shrink();
    moved = await (navigator.locks ? navigator.locks.request('streetbook-flush', round) : round());
    halted.value = '';
    pause = moved ? first : Math.min(pause * 2, longest);
  } catch (cause) {
    if (!(cause instanceof Problem)) console.warn('sync', cause);
    const problem = cause instanceof Problem ? cause : new Problem('');
    halted.value = problem.offline ? 'offline' : locks.includes(problem.status) ? 'locked' : 'server';
    pause = Math.max(Math.min(pause * 2, longest), problem.wait * 1000);
  }
  sending.value = false;
  await look();
  if (again) { again = false; void flush(); return; }
  if (waiting() > 0) timer = setTimeout(flush, pause);
  else pause = first;
  if (moved) void refresh();
}

const waiting = () => items.value.filter((o) => o.state === 'waiting').length + shots.value.filter((p) => p.state === 'waiting').length;

/** Tries every item once. Holds whether any was settled. */
async function round() {
  const tried = /** @type {Set<string>} */ (new Set());
  let moved = false;
  for (;;) {
    const { jurisdiction, ops } = await take(tried);
    if (ops.length === 0 && tried.size > 0) break;
    for (const o of ops) tried.add(o.op);
    moved = await deliver(jurisdiction, ops) || moved;
    if (ops.length === 0) break;
  }
  const before = waiting();
  if (before > 0) { moved = await sendPhotos(look, mayStill) || moved; await look(); if (waiting() === 0) await post(await meta('jurisdiction'), []); }
  return moved;
}

/**
 * The next operations in their order, of one jurisdiction, marked as tried before they leave.
 * @param {Set<string>} tried
 * @returns {Promise<{jurisdiction: string, ops: Op[]}>}
 */
async function take(tried) {
  const here = await meta('jurisdiction');
  const tx = (await db()).transaction('ops', 'readwrite');
  const list = (await tx.store.index('state').getAll('waiting')).filter((/** @type {Op} */ o) => !tried.has(o.op)).sort((/** @type {Op} */ a, /** @type {Op} */ b) => Number(a.n) - Number(b.n));
  const jurisdiction = list[0]?.jurisdiction ?? here;
  let bytes = 0;
  const ops = list.filter((/** @type {Op} */ o) => o.jurisdiction === jurisdiction).slice(0, batch).filter((/** @type {Op} */ o, /** @type {number} */ i) => (bytes += JSON.stringify(o.body).length) < batchBytes || i === 0);
  for (const o of ops) { o.tries++; await tx.store.put(o); }
  await tx.done;
  return { jurisdiction, ops };
}

/**
 * Sends a batch. Where the server cannot read it, halves of it go by themselves
 * until what it cannot read is alone: unless it does not take an empty one either.
 * @param {string} jurisdiction
 * @param {Op[]} ops
 * @param {boolean} [proved] that it takes an empty one
 * @returns {Promise<boolean>} whether anything was settled
 */
async function deliver(jurisdiction, ops, proved = false) {
  try {
    return await post(jurisdiction, ops);
  } catch (cause) {
    const one = cause instanceof Problem && setApart.includes(cause.status) && ops.length > 0;
    if (!one) throw cause;
    if (!proved) await post(jurisdiction, []);
    if (ops.length === 1) return refuse(ops[0], { ...cause.body, title: cause.message, status: cause.status });
  }
  const half = ops.length >> 1;
  const a = await deliver(jurisdiction, ops.slice(0, half), true);
  const b = await deliver(jurisdiction, ops.slice(half), true);
  return a || b;
}

/** @param {Op} item @param {any} problem */
async function refuse(item, problem) {
  const tx = (await db()).transaction('ops', 'readwrite', { durability: 'strict' });
  await tx.store.put({ ...item, state: 'refused', problem });
  await release(tx, item);
  await tx.done;
  return true;
}

/**
 * Sends a batch and keeps its receipts. Holds whether anything was settled.
 * @param {string} jurisdiction
 * @param {Op[]} ops
 */
async function post(jurisdiction, ops) {
  const [device, seen] = await Promise.all([deviceID(), meta(`seen ${jurisdiction}`)]);
  await look();
  const left = items.value.filter((o) => o.state === 'waiting' && !ops.some((x) => x.op === o.op));
  const photos = shots.value.filter((p) => p.state === 'waiting');
  const oldest = [...left.map((o) => o.body.at), ...photos.map((p) => p.at)].sort()[0] ?? null;
  const answer = await send('POST', '/api/v1/sync', {
    device, ...(jurisdiction && { jurisdiction }), ...(seen && { seen }), unsent: { ops: left.length, photos: photos.length, oldest }, ops: ops.map((o) => o.body),
  });
  const shut = answer.results.some(isShut) && !await mayStill(jurisdiction);
  const settled = await keepReceipts(jurisdiction, ops, { ...answer, results: answer.results.filter((/** @type {any} */ r) => !shut || !isShut(r)) });
  if (seen && seen.epoch !== answer.epoch) await offerAgain(jurisdiction, answer.epoch);
  else if (settled > 0) confirmedAt.value = Date.now();
  await look();
  if (shut) throw new Problem('', { status: 403 });
  return settled > 0;
}

/** @param {any} result */
const kindOf = (result) => (result.outcome === 'refused' ? String(result.problem?.type ?? '').split('/').pop() ?? '' : '');
/** @param {any} result */
const isShut = (result) => ['forbidden', 'not_found'].includes(kindOf(result));

/** Whether who is signed in may still write here: if so, what was forbidden is one thing, not all. @param {string} jurisdiction */
async function mayStill(jurisdiction) {
  await askSession();
  return may('field', jurisdiction);
}

/** @param {string} jurisdiction @param {Op[]} ops @param {any} answer */
async function keepReceipts(jurisdiction, ops, answer) {
  const tx = (await db()).transaction(['ops', 'assets', 'meta'], 'readwrite', { durability: 'strict' });
  let settled = 0;
  const coded = /** @type {any[]} */ ([]);
  const behind = /** @type {string[]} */ ([]);
  let seen = await tx.objectStore('meta').get(`seen ${jurisdiction}`);
  for (const result of answer.results) {
    const item = ops.find((o) => o.op === result.op);
    if (!item || ['not_yet', 'busy'].includes(kindOf(result))) continue;
    settled++;
    if (result.outcome === 'refused') {
      await tx.objectStore('ops').put({ ...item, state: 'refused', problem: result.problem });
      await release(tx, item);
      continue;
    }
    await tx.objectStore('ops').put({ ...item, state: 'done', receipt: { ...result, epoch: answer.epoch }, problem: undefined, doneAt: Date.now() });
    if (!seen || seen.epoch !== answer.epoch || result.seq > seen.seq) seen = { epoch: answer.epoch, seq: result.seq, op: result.op };
    if (result.noun !== 'asset') continue;
    if (result.outcome === 'merged' || result.outcome === 'conflict') behind.push(result.id);
    const asset = await tx.objectStore('assets').get(result.id);
    if (!asset) continue;
    const told = { ...asset, version: result.version, epoch: answer.epoch, code: result.code ?? asset.code };
    await tx.objectStore('assets').put(told);
    coded.push(told);
  }
  if (seen) await tx.objectStore('meta').put(seen, `seen ${jurisdiction}`);
  if (behind.length > 0) await spoil(tx.objectStore('meta'), behind);
  await tx.done;
  if (coded.length > 0) assets.value = new Map([...assets.value, ...coded.map((a) => /** @type {const} */ ([a.id, a]))]);
  return settled;
}

/**
 * The server was restored from a backup: every receipt it may have lost is
 * offered again, the same operation with the same body.
 * @param {string} jurisdiction
 * @param {string} epoch
 */
async function offerAgain(jurisdiction, epoch) {
  const tx = (await db()).transaction(['ops', 'photos', 'meta'], 'readwrite', { durability: 'strict' });
  const ops = (await tx.objectStore('ops').index('state').getAll('done')).filter((/** @type {Op} */ o) => o.jurisdiction === jurisdiction && o.receipt.epoch !== epoch);
  const photos = (await tx.objectStore('photos').index('state').getAll('done')).filter((/** @type {any} */ p) => p.blob);
  for (const o of ops) await tx.objectStore('ops').put({ ...o, state: 'waiting' });
  for (const p of photos) await tx.objectStore('photos').put({ ...p, state: 'waiting' });
  await tx.objectStore('meta').delete(`seen ${jurisdiction}`); // the first receipt of the new epoch sets it
  const told = { at: Date.now(), ops: ops.length, photos: photos.length };
  await tx.objectStore('meta').put(told, 'restored');
  await tx.done;
  restored.value = told;
  say(t('field.restored', { n: ops.length, m: photos.length }), { bad: true });
  again = true;
}

/** The id of this phone, made once. */
async function deviceID() {
  const known = await meta('device');
  if (known) return known;
  const id = newID();
  await setMeta('device', id);
  return id;
}

export async function startDelivery() {
  restored.value = await meta('restored') ?? null;
  addEventListener('online', flush);
  document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'visible') void flush(); });
  await look();
  void flush();
}
