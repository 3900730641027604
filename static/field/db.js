// The only place that touches the phone's store. Nothing here deletes what has
// no receipt.
import { openDB } from 'idb';

/** How long a confirmed item stays on the phone, ms. */
export const keep = 7 * 24 * 3600 * 1000;

/**
 * @typedef {'waiting' | 'done' | 'refused' | 'undone'} State
 * @typedef {{n?: number, op: string, noun: string, id: string, state: State, tries: number, day: string, body: any, receipt?: any, problem?: any, doneAt?: number}} Op
 * @typedef {{photo: string, state: State, tries: number, object: string, noun: string, sha256: string, size: number, type: string, at: string, blob: Blob | null, position?: number[], accuracy_m?: number, receipt?: any, problem?: any, doneAt?: number}} Photo
 */

const version = 1;

/** @type {Promise<any>} */
const opened = openDB('streetbook-field', version, {
  // One step per version, each from exactly the version before it.
  upgrade(db, from) {
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
  },
  // A page of a newer version must not wait for this one.
  blocking(_from, _to, event) { /** @type {any} */ (event.target).close(); location.reload(); },
});

export const db = () => opened;

/** @param {string} key */
export const meta = async (key) => (await opened).get('meta', key);

/** @param {string} key @param {any} value */
export const setMeta = async (key, value) => { await (await opened).put('meta', value, key); };

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
