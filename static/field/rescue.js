// What a phone that cannot send writes into a file, for the office to import.
import { db, meta, newID } from './db.js';
import { announced, shrink } from './photos.js';
import { zip } from './zip.js';

const most = 48 << 20; // bytes of photos in one file: the office takes 64 MiB

/** Everything without a receipt, as POST /api/v1/rescue takes it: one file, or several that each hold all operations. */
async function rescueFiles() {
  await shrink();
  const store = await db();
  const unsent = (/** @type {any} */ x) => x.state === 'waiting' || x.state === 'refused';
  const ops = (await store.getAll('ops')).filter(unsent).map((/** @type {any} */ o) => o.body);
  const photos = (await store.getAll('photos')).filter((/** @type {any} */ p) => unsent(p) && p.blob);
  const head = { device: await meta('device') ?? newID(), jurisdiction: await meta('jurisdiction'), ops };
  const files = [];
  do {
    let bytes = 0;
    const some = photos.filter((/** @type {any} */ p) => bytes === 0 || bytes + p.size <= most ? (bytes += p.size) : false);
    for (const p of some) photos.splice(photos.indexOf(p), 1);
    const members = [{ name: 'ops.json', bytes: new TextEncoder().encode(JSON.stringify({ ...head, photos: some.map(announced) })) }];
    for (const p of some) members.push({ name: `photos/${p.sha256}`, bytes: new Uint8Array(await p.blob.arrayBuffer()) });
    files.push(zip(members));
  } while (photos.length > 0);
  return files;
}

/** Hands the files to the person. */
export async function saveRescue() {
  const stamp = new Date().toISOString().slice(0, 16).replace(/[^0-9]/g, '');
  for (const [i, file] of (await rescueFiles()).entries()) {
    const url = URL.createObjectURL(file);
    const link = document.createElement('a');
    link.href = url;
    link.download = `streetbook-${stamp}${i > 0 ? `-${i + 1}` : ''}.zip`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  }
}
