// Photos go apart from records: kept as the camera gave them, made small, sent
// in pieces, done when the server's SHA-256 is ours.
import { signal } from '@preact/signals';
import { Problem, send } from '../base/api.js';
import { language, t } from '../base/i18n.js';
import { db, meta, newID, setMeta } from './db.js';
import { exif } from './exif.js';

/** @typedef {import('./db.js').Photo} Photo */

const side = 1600; // pixels of the longer one
const piece = 512 << 10; // bytes
const patience = 60_000; // ms, for one piece
const most = 25 << 20; // bytes the server takes of an original
const passing = [401, 408, 425, 429]; // statuses that say nothing of the photo

/** Whether the camera's own files are sent too, behind all small copies. */
export const originals = signal(false);

/** @param {boolean} wanted */
export async function sendOriginals(wanted) {
  await setMeta('originals', wanted);
  originals.value = wanted;
}

export async function startPhotos() {
  originals.value = await meta('originals') ?? false;
}

/** @param {ArrayBuffer} bytes */
async function sha256(bytes) {
  return [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))].map((b) => b.toString(16).padStart(2, '0')).join('');
}

/**
 * A copy of at most 1600 pixels, upright, as JPEG.
 * @param {Blob} file
 * @returns {Promise<Blob>}
 */
async function smaller(file) {
  const picture = await createImageBitmap(file, { imageOrientation: 'from-image' });
  const scale = Math.min(1, side / Math.max(picture.width, picture.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return new Promise((resolve, reject) => { canvas.toBlob((b) => (b ? resolve(b) : reject(new Error('no JPEG'))), 'image/jpeg', 0.82); });
}

/**
 * A picked file as an item of the store; nothing of it is computed yet, so that
 * it is kept before anything can cut it off.
 * @param {File} file
 * @param {string} object id of the asset
 * @param {{position: number[], accuracy: number | null} | null} fix
 * @returns {Photo}
 */
export const photoOf = (file, object, fix) => ({
  photo: newID(), state: 'waiting', tries: 0, object, noun: 'asset', sha256: '', size: file.size, type: 'image/jpeg', at: new Date().toISOString(), blob: null, raw: file,
  ...(fix && { position: fix.position, ...(fix.accuracy !== null && { accuracy_m: fix.accuracy }) }),
});

/** Makes the small copies that are not made yet. What is no picture is set apart. */
export async function shrink() {
  const store = await db();
  for (const key of await store.getAllKeysFromIndex('photos', 'state', 'waiting')) {
    const p = /** @type {Photo | undefined} */ (await store.get('photos', key));
    if (!p?.raw || p.blob) continue;
    const made = await copies(p).catch((cause) => { console.warn('photo', cause); return [{ ...p, state: 'refused', problem: { title: t('field.notphoto') } }]; });
    const tx = store.transaction('photos', 'readwrite', { durability: 'strict' });
    if ((await tx.store.get(key))?.state === 'waiting') for (const one of made) tx.store.put(one);
    await tx.done;
  }
}

/** The small copy of a photo and, where it is wanted, the original beside it. @param {Photo} p @returns {Promise<Photo[]>} */
async function copies(p) {
  const { raw, ...rest } = p;
  const file = /** @type {Blob} */ (raw);
  const blob = await smaller(file);
  const bytes = await file.arrayBuffer();
  // What the camera wrote of its place is of the picture; the phone's is of the tap.
  const { position } = exif(bytes);
  const small = { ...rest, ...(position && { position, accuracy_m: undefined }), blob, size: blob.size, sha256: await sha256(await blob.arrayBuffer()) };
  const whole = originals.peek() && file.size <= most && ['image/jpeg', 'image/png', 'image/webp'].includes(file.type);
  return whole ? [small, { ...small, photo: newID(), original: p.photo, blob: file, size: file.size, type: file.type, sha256: await sha256(bytes) }] : [small];
}

/**
 * Sends every photo whose object the server knows, originals last. One that the
 * server does not take stops no other.
 * @param {() => Promise<void>} look after each
 * @param {(jurisdiction: string) => Promise<boolean>} mayStill
 * @returns {Promise<boolean>} whether any was settled
 */
export async function sendPhotos(look, mayStill) {
  const store = await db();
  const list = (await store.getAllFromIndex('photos', 'state', 'waiting')).filter((/** @type {Photo} */ p) => p.blob);
  list.sort((/** @type {Photo} */ a, /** @type {Photo} */ b) => Number(Boolean(a.original)) - Number(Boolean(b.original)));
  let moved = false;
  for (const { photo } of list) {
    const p = /** @type {Photo} */ (await store.get('photos', photo));
    const create = (await store.getAllFromIndex('ops', 'id', p.object)).find((/** @type {any} */ o) => o.body.kind === 'create');
    if (p.state !== 'waiting' || (create && create.state !== 'done')) continue;
    const end = await upload(p).then((receipt) => settled(p, receipt), (cause) => refused(p, cause, mayStill));
    if (!end) continue;
    await store.put('photos', end);
    moved = true;
    await look();
  }
  return moved;
}

/** @param {Photo} p @param {any} receipt @returns {Photo} */
function settled(p, receipt) {
  if (receipt.sha256 !== p.sha256) return { ...p, state: 'refused', problem: { title: 'SHA-256' } };
  return { ...p, state: 'done', receipt, doneAt: Date.now() };
}

/**
 * What a refusal means: the photo's own fault, its object on the way (null), or
 * nothing of the photo, which stops the round.
 * @param {Photo} p @param {unknown} cause @param {(jurisdiction: string) => Promise<boolean>} mayStill
 * @returns {Promise<Photo | null>}
 */
async function refused(p, cause, mayStill) {
  if (!(cause instanceof Problem) || cause.status < 400 || cause.status >= 500 || passing.includes(cause.status)) throw cause;
  if (cause.code === 'not_yet') return null;
  if (cause.status === 403 && !await mayStill(await meta('jurisdiction'))) throw cause;
  return { ...p, state: 'refused', problem: { title: cause.message, status: cause.status } };
}

/** What the server is told of a photo before its bytes. @param {Photo} p */
export const announced = (p) => ({
  photo: p.photo, sha256: p.sha256, size: p.size, media_type: p.type, noun: p.noun, id: p.object, taken_at: p.at, ...(p.original && { original_of: p.original }),
  ...(p.position && { position: p.position }), ...(p.accuracy_m !== undefined && { accuracy_m: p.accuracy_m }),
});

/** @param {Photo} p */
async function upload(p) {
  const place = await send('POST', '/api/v1/photos', announced(p), { op: p.photo });
  if (place.receipt) return place.receipt;
  let { offset } = place;
  for (let strays = 0; strays < 5;) {
    const response = await patch(place.upload, offset, /** @type {Blob} */ (p.blob).slice(offset, offset + piece));
    if (response.status === 200) return response.json();
    const at = Number(response.headers.get('Upload-Offset'));
    if (response.status === 409) strays++;
    else if (response.status !== 204) throw new Problem((await response.json()).detail ?? '', { status: response.status });
    offset = at;
  }
  throw new Problem('Upload-Offset', { status: 503 });
}

/** @param {string} path @param {number} offset @param {Blob} body */
async function patch(path, offset, body) {
  try {
    return await fetch(path, {
      method: 'PATCH', body, signal: AbortSignal.timeout(patience),
      headers: { 'Content-Type': 'application/offset+octet-stream', 'Upload-Offset': String(offset), 'Accept-Language': language.peek() },
    });
  } catch (cause) {
    console.warn(path, cause);
    throw new Problem('', { offline: true });
  }
}
