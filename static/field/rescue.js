// What a phone that cannot send writes into a file, for the office to import.
import { db, meta, newID } from './db.js';
import { announced, shrink } from './photos.js';
import { zip } from './zip.js';

const most = 48 << 20; // bytes of photos in one file: the office takes 64 MiB

/**
 * Everything without a receipt, as POST /api/v1/rescue takes it: for each
 * jurisdiction, whose office takes in its own, one file, or several that each
 * hold all its operations.
 */
async function rescueFiles() {
  await shrink();
  const store = await db();
  const here = await meta('jurisdiction');
  const unsent = (/** @type {any} */ x) => x.state === 'waiting' || x.state === 'refused';
  const all = /** @type {import('./db.js').Op[]} */ (await store.getAll('ops'));
  const ops = all.filter(unsent);
  const place = (/** @type {any} */ p) => p.jurisdiction ?? all.find((o) => o.id === p.object || o.body.value?.asset === p.object)?.jurisdiction ?? here;
  const photos = /** @type {import('./db.js').Photo[]} */ (await store.getAll('photos')).filter((p) => unsent(p) && p.blob).map((p) => ({ ...p, jurisdiction: place(p) }));
  const places = new Set([...ops, ...photos].map((x) => x.jurisdiction));
  const device = await meta('device') ?? newID();
  const files = [];
  for (const jurisdiction of places.size > 0 ? places : [here]) {
    const mine = (/** @type {{jurisdiction?: string}} */ x) => x.jurisdiction === jurisdiction;
    files.push(...await filesOf({ device, jurisdiction, ops: ops.filter(mine).map((o) => o.body) }, photos.filter(mine)));
  }
  return files;
}

/**
 * The files of a jurisdiction, photos shared out among them.
 * @param {{device: string, jurisdiction: string, ops: any[]}} head @param {import('./db.js').Photo[]} photos
 */
async function filesOf(head, photos) {
  const files = [];
  do {
    let bytes = 0;
    const some = photos.filter((p) => bytes === 0 || bytes + p.size <= most ? (bytes += p.size) : false);
    for (const p of some) photos.splice(photos.indexOf(p), 1);
    const members = [{ name: 'ops.json', bytes: new TextEncoder().encode(JSON.stringify({ ...head, photos: some.map(announced) })) }];
    for (const p of some) members.push({ name: `photos/${p.sha256}`, bytes: new Uint8Array(await /** @type {Blob} */ (p.blob).arrayBuffer()) });
    files.push({ jurisdiction: head.jurisdiction, file: zip(members) });
  } while (photos.length > 0);
  return files;
}

/** Hands the files to the person. */
export async function saveRescue() {
  const stamp = new Date().toISOString().slice(0, 16).replace(/[^0-9]/g, '');
  for (const [i, { jurisdiction, file }] of (await rescueFiles()).entries()) {
    const url = URL.createObjectURL(file);
    const link = document.createElement('a');
    link.href = url;
    link.download = `streetbook-${jurisdiction}-${stamp}${i > 0 ? `-${i + 1}` : ''}.zip`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  }
}
