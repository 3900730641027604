// The only place that touches the phone's store. Nothing here deletes what has
// no receipt.
import { openDB } from 'idb';

/** How long a confirmed item stays on the phone, ms. */
export const keep = 7 * 24 * 3600 * 1000;

/**
 * @typedef {'waiting' | 'done' | 'refused' | 'undone'} State
 * @typedef {{n?: number, op: string, noun: string, id: string, jurisdiction: string, state: State, tries: number, day: string, body: any, receipt?: any, problem?: any, doneAt?: number}} Op
 * @typedef {object} Photo `raw` is what the camera gave, until `blob` is what is sent; `original` is set where that is the same, for the small copy it names
 * @property {string} photo
 * @property {string} [jurisdiction] of its object
 * @property {State} state
 * @property {number} tries
 * @property {string} object
 * @property {string} noun
 * @property {string} sha256 '' until there is a blob
 * @property {number} size
 * @property {string} type
 * @property {string} at
 * @property {Blob | null} blob
 * @property {Blob} [raw]
 * @property {string} [original]
 * @property {number[]} [position]
 * @property {number} [accuracy_m]
 * @property {any} [receipt]
 * @property {any} [problem]
 * @property {number} [doneAt]
 */

const version = 2;

/** @type {Promise<any>} */
const opened = openDB('streetbook-field', version, {
  // One step per version, each from exactly the version before it.
  async upgrade(db, from, _to, tx) {
    if (from < 1) {
      const ops = db.createObjectStore('ops', { keyPath: 'n', autoIncrement: true });
      ops.createIndex('op', 'op', { unique: true });
      ops.createIndex('id', 'id');
      ops.createIndex('state', 'state');
      const photos = db.createObjectStore('photos', { keyPath: 'photo' });
      photos.createIndex('state', 'state');
      photos.createIndex('object', 'object');
      db.createObjectStore('assets', { keyPath: 'id' });
      db.createObjectStore('meta');
    }
    if (from < 2) {
      db.createObjectStore('conflicts', { keyPath: 'id' });
      await nameJurisdictions(tx);
    }
  },
  // A page of a newer version must not wait for this one.
  blocking(_from, _to, event) { /** @type {any} */ (event.target).close(); location.reload(); },
});

/** From version 2 on every operation and every position says which jurisdiction it is of: a phone may work in several. @param {any} tx */
async function nameJurisdictions(tx) {
  const here = await tx.objectStore('meta').get('jurisdiction') ?? '';
  const seen = await tx.objectStore('meta').get('seen');
  if (seen) await tx.objectStore('meta').put(seen, `seen ${here}`);
  await tx.objectStore('meta').delete('seen');
  for (let c = await tx.objectStore('ops').openCursor(); c; c = await c.continue()) await c.update({ ...c.value, jurisdiction: c.value.body.value?.jurisdiction ?? here });
}

export const db = () => opened;

/** @param {string} key */
export const meta = async (key) => (await opened).get('meta', key);

/** @param {string} key @param {any} value */
export const setMeta = async (key, value) => { await (await opened).put('meta', value, key); };

/**
 * Notes assets whose copy here may be behind the server's.
 * @param {any} store of meta, in a transaction
 * @param {Iterable<string>} ids
 */
export async function spoil(store, ids) {
  await store.put([...new Set([...await store.get('stale') ?? [], ...ids])], 'stale');
}

/** A UUIDv7: ids sort by the time they were made. */
export function newID() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let ms = Date.now();
  for (let i = 5; i >= 0; i--) { bytes[i] = ms % 256; ms = Math.floor(ms / 256); }
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((b) => b.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** The day on the phone's calendar. @param {Date} [at] */
export const dayOf = (at = new Date()) => `${at.getFullYear()}-${String(at.getMonth() + 1).padStart(2, '0')}-${String(at.getDate()).padStart(2, '0')}`;

/** Removes what was confirmed more than seven days ago. */
export async function tidy() {
  const old = Date.now() - keep;
  const tx = (await opened).transaction(['ops', 'photos'], 'readwrite');
  for (const name of ['ops', 'photos']) {
    for (let c = await tx.objectStore(name).openCursor(); c; c = await c.continue()) {
      const settled = c.value.state === 'done' || c.value.state === 'undone';
      const open = c.value.receipt?.conflict && !c.value.receipt.resolved;
      if (settled && !open && c.value.doneAt < old) await c.delete();
    }
  }
  await tx.done;
}
