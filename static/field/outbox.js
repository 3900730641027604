// Every action is an operation in the store before the screen says so. Here it
// is written, taken back and mended; delivery.js sends it.
import { signal } from '@preact/signals';
import { dayOf, db, newID, spoil } from './db.js';
import { flush } from './delivery.js';
import { pack, refresh } from './pack.js';

/** @typedef {import('./db.js').Op} Op */
/** @typedef {Omit<import('./db.js').Photo, 'blob' | 'raw'>} Shot */

/** What the chip and the sync page show. */
export const items = signal(/** @type {Op[]} */ ([]));
export const shots = signal(/** @type {Shot[]} */ ([]));

/** @param {any} photo @returns {Shot} */
const withoutBytes = ({ blob: _, raw: __, ...rest }) => rest;

let written = 0;

/** Reads the state of every item anew. */
export async function look() {
  const store = await db();
  const before = written;
  const [ops, photos] = await Promise.all([store.getAll('ops'), store.getAll('photos')]);
  if (written !== before) { await look(); return; } // read while something was added
  items.value = ops;
  shots.value = photos.map(withoutBytes);
}

/** @param {any} into @param {any} patch attributes are merged by key */
function patched(into, patch) {
  const attributes = patch.attributes ? { ...into.attributes, ...patch.attributes } : into.attributes;
  return { ...into, ...patch, ...(attributes && { attributes }) };
}

/**
 * Writes an operation, and the asset as it now looks to this phone, in one
 * transaction. Resolves when the store holds them.
 * @param {{noun: string, id?: string, kind: string, value?: any, seen?: any, local?: any}} action `seen`: the asset as the person saw it; `local`: as it looks after it; null when it is gone
 * @param {import('./db.js').Photo[]} [photos] that belong to the object
 */
export async function act({ noun, id = newID(), kind, value, seen, local }, photos = []) {
  const jurisdiction = pack.peek().jurisdiction.code;
  const tx = (await db()).transaction(['ops', 'assets', 'photos'], 'readwrite', { durability: 'strict' });
  const body = /** @type {any} */ ({ op: newID(), noun, id, kind, base: null, at: new Date().toISOString() });
  if (value !== undefined) body.value = kind === 'create' ? { ...value, jurisdiction } : value;
  if (kind !== 'create') Object.assign(body, await chain(tx, id, kind === 'update' && seen ? saw(seen, value) : {}));
  const item = /** @type {Op} */ ({ op: body.op, noun, id, jurisdiction, state: 'waiting', tries: 0, day: dayOf(), body });
  const n = await tx.objectStore('ops').add(item);
  if (local === null) tx.objectStore('assets').delete(id);
  else if (local) tx.objectStore('assets').put(local);
  for (const p of photos) tx.objectStore('photos').put({ ...p, jurisdiction });
  await tx.done;
  written++;
  items.value = [...items.value, { ...item, n }];
  if (photos.length > 0) shots.value = [...shots.value, ...photos.map(withoutBytes)];
  setTimeout(flush); // the screen says that it is kept, then it goes
  return { op: body.op, id };
}

/** @param {any} tx @param {string} id @returns {Promise<Op[]>} in their order */
const opsOf = async (tx, id) => (await tx.objectStore('ops').index('id').getAll(id)).sort((/** @type {Op} */ a, /** @type {Op} */ b) => Number(a.n) - Number(b.n));

/**
 * What an edit was made from: the last version the server told and its epoch, the
 * unanswered operation before it, and what unanswered ones set or the person saw.
 * @param {any} tx
 * @param {string} id
 * @param {any} seen
 */
async function chain(tx, id, seen) {
  const asset = await tx.objectStore('assets').get(id);
  const epoch = asset?.epoch;
  const earlier = await opsOf(tx, id);
  const versions = earlier.filter((o) => o.receipt && o.noun !== 'photo' && (!epoch || o.receipt.epoch === epoch)).map((o) => o.receipt.version ?? 0);
  return { base: Math.max(asset?.version ?? 1, 1, ...versions), ...(epoch && { epoch }), ...links(earlier.filter((o) => o.state === 'waiting'), seen) };
}

/** @param {any} names @param {any} from */
const those = (names, from) => Object.fromEntries(Object.keys(names).filter((k) => from[k] !== undefined).map((k) => [k, from[k]]));

/** What a person saw of the members that a value changes. @param {any} asset @param {any} value */
function saw({ geometry, properties }, value) {
  const { attributes, ...rest } = value;
  const none = Object.fromEntries(Object.keys(attributes ?? {}).map((k) => [k, null]));
  return { ...those(rest, { ...properties, geometry }), ...(attributes && { attributes: { ...none, ...those(attributes, properties.attributes ?? {}) } }) };
}

/** What an edit says of the unanswered ones before it, and of what was seen. @param {Op[]} open @param {any} seen */
function links(open, seen) {
  const was = patched(open.filter((o) => o.body.kind === 'update').reduce((sum, o) => patched(sum, o.body.value), {}), seen);
  return { ...(open.length > 0 && { after: /** @type {Op} */ (open.at(-1)).op }), ...(Object.keys(was).length > 0 && { was }) };
}

/**
 * What a person would have seen without an edit: where it is the last to have set
 * a member, what was there before it. An older one that does not say that leaves it out.
 * @param {Op} later @param {Op} gone @param {Op[]} between
 */
function without(later, gone, between) {
  const { attributes: inner = {}, ...rest } = later.body.was ?? {};
  const set = (/** @type {any} */ b, /** @type {string} */ k, /** @type {boolean} */ inside) => (inside ? b.value?.attributes : b.value)?.[k] !== undefined;
  const back = (/** @type {any} */ names, /** @type {boolean} */ inside) => Object.fromEntries(Object.entries(names).flatMap(([k, v]) => {
    if (!set(later.body, k, inside)) return []; // links tell it
    if (!set(gone.body, k, inside) || between.some((o) => set(o.body, k, inside))) return [[k, v]];
    const before = (inside ? gone.body.was?.attributes : gone.body.was)?.[k];
    return before === undefined ? [] : [[k, before]];
  }));
  const attributes = back(inner, true);
  return { ...back(rest, false), ...(Object.keys(attributes).length > 0 && { attributes }) };
}

/**
 * What was made after an operation that will not be applied no longer waits for
 * it, nor builds on what it set.
 * @param {any} tx
 * @param {Op} gone
 */
export async function release(tx, gone) {
  const all = await opsOf(tx, gone.id);
  for (const later of all.filter((o) => o.state === 'waiting' && Number(o.n) > Number(gone.n) && o.body.kind !== 'create')) {
    const before = all.filter((o) => Number(o.n) < Number(later.n) && o.op !== gone.op && (o.state === 'waiting' || (o.state === 'done' && o.receipt.version > later.body.base)));
    const { after: _, was: __, ...body } = later.body;
    const seen = without(later, gone, before.filter((o) => Number(o.n) > Number(gone.n)));
    await tx.objectStore('ops').put({ ...later, body: { ...body, ...links(before, seen) } });
  }
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
  if (unsent) await drop(tx, item);
  await tx.done;
  if (unsent) await look();
  else await act({ noun: item.noun, id: item.id, kind: 'delete', local: item.noun === 'asset' ? null : undefined });
}

/** Sets an operation aside, with all that needs it. It stays in the store for a while. @param {any} tx @param {Op} item */
async function drop(tx, item) {
  const doneAt = Date.now();
  await tx.objectStore('ops').put({ ...item, state: 'undone', doneAt });
  if (item.body.kind !== 'create' || item.noun !== 'asset') { await release(tx, item); return; }
  for (const later of await opsOf(tx, item.id)) if (later.state !== 'done' && later.op !== item.op) await tx.objectStore('ops').put({ ...later, state: 'undone', doneAt });
  for (const p of await tx.objectStore('photos').index('object').getAll(item.id)) if (p.state !== 'done') await tx.objectStore('photos').put({ ...p, state: 'undone', doneAt });
  await tx.objectStore('assets').delete(item.id);
}

/**
 * Gives a refused operation up, by the person's own word.
 * @param {Op} item
 */
export async function giveUp(item) {
  const tx = (await db()).transaction(['ops', 'assets', 'photos', 'meta'], 'readwrite', { durability: 'strict' });
  await drop(tx, item);
  if (item.noun === 'asset' && item.body.kind !== 'create') await spoil(tx.objectStore('meta'), [item.id]);
  await tx.done;
  await look();
  void flush();
  void refresh(); // what the server holds is seen again
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

/** Sends a refused photo once more, or gives it up. @param {string} photo @param {'waiting' | 'undone'} state */
export async function settlePhoto(photo, state) {
  const store = await db();
  const p = await store.get('photos', photo);
  await store.put('photos', { ...p, state, problem: undefined, ...(state === 'undone' && { doneAt: Date.now() }) });
  await look();
  void flush();
}
