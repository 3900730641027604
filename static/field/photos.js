// Photos go apart from records: made small first, sent in pieces, done when the
// server's SHA-256 is ours.
import { Problem, send } from '../base/api.js';
import { language } from '../base/i18n.js';
import { db, newID } from './db.js';

const side = 1600; // pixels of the longer one
const piece = 512 << 10; // bytes
const patience = 60_000; // ms, for one piece

/** @param {ArrayBuffer} bytes */
async function sha256(bytes) {
  return [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))].map((b) => b.toString(16).padStart(2, '0')).join('');
}

/**
 * A copy of at most 1600 pixels, as JPEG.
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
 * A picked file as an item of the store. Throws for what is no picture.
 * @param {File} file
 * @param {string} object id of the asset
 * @param {{position: number[], accuracy: number | null} | null} fix
 * @returns {Promise<import('./db.js').Photo>}
 */
export async function photoOf(file, object, fix) {
  const blob = await smaller(file);
  return {
    photo: newID(), state: 'waiting', tries: 0, object, noun: 'asset', sha256: await sha256(await blob.arrayBuffer()), size: blob.size, type: 'image/jpeg',
    at: new Date().toISOString(), blob, ...(fix && { position: fix.position, ...(fix.accuracy !== null && { accuracy_m: fix.accuracy }) }),
  };
}

/**
 * Sends every photo whose object the server knows.
 * @param {() => Promise<void>} look after each
 */
export async function sendPhotos(look) {
  const store = await db();
  for (const key of await store.getAllKeysFromIndex('photos', 'state', 'waiting')) {
    const p = await store.get('photos', key);
    const create = (await store.getAllFromIndex('ops', 'id', p.object)).find((/** @type {any} */ o) => o.body.kind === 'create');
    if (create && create.state !== 'done') continue;
    try {
      const receipt = await upload(p);
      if (receipt.sha256 !== p.sha256) throw new Problem('SHA-256', { status: 422, code: 'invalid' });
      await store.put('photos', { ...p, state: 'done', receipt, doneAt: Date.now() });
    } catch (cause) {
      const final = cause instanceof Problem && cause.status >= 400 && cause.status < 500 && ![401, 403, 408, 409, 425, 429].includes(cause.status);
      if (!final) throw cause;
      await store.put('photos', { ...p, state: 'refused', problem: { title: cause.message, status: cause.status } });
    }
    await look();
  }
}

/** @param {import('./db.js').Photo} p */
async function upload(p) {
  const place = await send('POST', '/api/v1/photos', {
    photo: p.photo, sha256: p.sha256, size: p.size, media_type: p.type, noun: p.noun, id: p.object, taken_at: p.at,
    ...(p.position && { position: p.position }), ...(p.accuracy_m !== undefined && { accuracy_m: p.accuracy_m }),
  }, { op: p.photo });
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
