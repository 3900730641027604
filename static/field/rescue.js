// What a phone that cannot send writes into a file, for the office to import.
import { db, meta } from './db.js';
import { zip } from './zip.js';

/** Everything without a receipt, as POST /api/v1/rescue takes it. */
export async function rescueFile() {
  const store = await db();
  const ops = (await store.getAll('ops')).filter((/** @type {any} */ o) => o.state === 'waiting' || o.state === 'refused').map((/** @type {any} */ o) => o.body);
  const photos = (await store.getAll('photos')).filter((/** @type {any} */ p) => (p.state === 'waiting' || p.state === 'refused') && p.blob);
  for (const p of photos) {
    ops.push({ op: p.photo, noun: 'photo', id: p.photo, kind: 'create', base: null, at: p.at, value: {
      sha256: p.sha256, size: p.size, media_type: p.type, noun: p.noun, id: p.object, taken_at: p.at, ...(p.position && { position: p.position }), ...(p.accuracy_m !== undefined && { accuracy_m: p.accuracy_m }),
    } });
  }
  const body = { device: await meta('device') ?? '00000000-0000-7000-8000-000000000000', jurisdiction: await meta('jurisdiction'), ops };
  const members = [{ name: 'ops.json', bytes: new TextEncoder().encode(JSON.stringify(body)) }];
  for (const p of photos) members.push({ name: `photos/${p.sha256}`, bytes: new Uint8Array(await p.blob.arrayBuffer()) });
  return zip(members);
}

/** Hands the file to the person. */
export async function saveRescue() {
  const url = URL.createObjectURL(await rescueFile());
  const link = document.createElement('a');
  link.href = url;
  link.download = `streetbook-${new Date().toISOString().slice(0, 16).replace(/[^0-9]/g, '')}.zip`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
