// What became of every item: the chip, and the page behind it.
import { useEffect, useState } from 'preact/hooks';
import { Badge, html, Icon } from '../base/view.js';
import { get, send } from '../base/api.js';
import { hour, named, number, t } from '../base/i18n.js';
import { db, meta } from './db.js';
import { confirmedAt, flush, halted, items, look, sending, shots } from './outbox.js';
import { assets, classOf } from './pack.js';
import { saveRescue } from './rescue.js';
import { mending, say, screen } from './screen.js';
import { nameOf } from './tag.js';
import { titleOf } from './tagging.js';

/** @typedef {import('./db.js').Op} Op */

const live = (/** @type {{state: string}} */ x) => x.state !== 'undone';
const done = (/** @type {{state: string}} */ x) => x.state === 'done';
const open = (/** @type {Op} */ o) => o.state === 'done' && o.receipt.conflict && !o.receipt.resolved;

/** Confirmed and all, of records and of photos. */
export function tally() {
  const [o, p] = [items.value.filter(live), shots.value.filter(live)];
  return { ops: o.length, opsDone: o.filter(done).length, photos: p.length, photosDone: p.filter(done).length, refused: [...o, ...p].filter((x) => x.state === 'refused').length, conflicts: o.filter(open).length };
}

export function Chip() {
  const n = tally();
  const all = n.ops === n.opsDone && n.photos === n.photosDone;
  const stopped = halted.value !== '' && !all;
  const state = n.refused + n.conflicts > 0 ? 'bad' : stopped ? 'off' : all ? 'ok' : 'busy';
  const at = confirmedAt.value || Math.max(0, ...items.value.map((o) => o.doneAt ?? 0), ...shots.value.map((p) => p.doneAt ?? 0));
  const words = all && at > 0 ? t('field.chip.done', { time: hour(new Date(at)) }) : t(`field.chip.${state}`);
  return html`<button class=${`sync-chip ${state}`} id="chip" data-all=${all} onClick=${() => { screen.value = 'sync'; }}>
    <${Icon} name=${stopped ? 'ui-offline' : 'ui-sync'} /><span>${n.ops + n.photos > 0 && html`<b>${t('field.chip.count', { ops: `${n.opsDone}/${n.ops}`, photos: `${n.photosDone}/${n.photos}` })}</b> `}${words}</span></button>`;
}

/** What the browser grants: bytes used, and whether it may throw them away. */
function useStorage() {
  const [storage, set] = useState({ used: 0, quota: 0, kept: true });
  useEffect(() => {
    (async () => {
      const [estimate, kept] = await Promise.all([navigator.storage?.estimate?.(), navigator.storage?.persisted?.()]);
      set({ used: estimate?.usage ?? 0, quota: estimate?.quota ?? 0, kept: kept ?? false });
    })();
  }, []);
  return storage;
}

export function SyncPage() {
  const n = tally();
  const storage = useStorage();
  const left = n.ops - n.opsDone + n.photos - n.photosDone;
  return html`<main class="field-page" aria-label=${t('field.sync')}>
    <header><button class="ghost square" id="back" aria-label=${t('field.back')} onClick=${() => { screen.value = 'tiles'; }}><${Icon} name="ui-back" /></button><h1>${t('field.sync')}</h1></header>
    <div class="field-scroll" tabindex="0">
      ${left > 0 && html`<div class="notice"><${Icon} name="ui-offline" /><p><b>${t('field.left', { n: number(left) })}</b><br />${t(`field.why.${halted.value || 'none'}`)}</p></div>`}
      ${left > 0 && !storage.kept && html`<div class="notice"><${Icon} name="ui-alert" /><p>${t('field.evict')}</p></div>`}
      ${storage.quota > 0 && storage.used > 0.8 * storage.quota && html`<div class="notice"><${Icon} name="ui-alert" /><p>${t('field.full')}</p></div>`}
      <ul class="items">${[...items.value].filter(live).reverse().slice(0, 300).map((o) => html`<${Item} key=${o.op} item=${o} />`)}</ul>
      <p class="quiet">${t('field.storage', { mb: number(storage.used / 1e6, 1) })}</p>
    </div>
    <footer><button class="save" id="sync-now" disabled=${sending.value} onClick=${flush}><${Icon} name="ui-sync" />${t('field.now')}</button>
      <button class="button big" id="rescue" onClick=${saveRescue}>${t('field.rescue')}</button></footer>
  </main>`;
}

/** @param {{item: Op}} props */
function Item({ item }) {
  const code = item.body.value?.class ?? assets.value.get(item.id)?.properties.class;
  const c = code && classOf(code);
  const photos = shots.value.filter((p) => p.object === item.id && live(p));
  const state = open(item) ? 'conflict' : item.state;
  return html`<li class="item"><${Badge} icon=${c?.icon ?? 'other'} color=${c?.color ?? '#5d6b76'} className="large" />
    <div><b>${titleOf(item, classOf, nameOf)}</b><p>${hour(new Date(item.body.at))}${photos.length > 0 && ` · ${t('field.photos', { n: `${photos.filter(done).length}/${photos.length}` })}`}
      ${item.receipt && ` · ${item.receipt.code ?? ''} v${item.receipt.version} #${item.receipt.seq}`}</p>
      ${item.problem && html`<p class="bad">${item.problem.detail ?? item.problem.title}</p>`}</div>
    ${state === 'refused' && item.body.value ? html`<button class="button" onClick=${() => { mending.value = item; screen.value = 'repair'; }}>${t('field.state.refused')}</button>` : html`<span class=${`state ${state}`}>${t(`field.state.${state}`)}</span>`}
    ${state === 'conflict' && html`<${Conflict} item=${item} />`}</li>`;
}

/** The member in words; an attribute as its class calls it. @param {string} field @param {any} c */
function memberOf(field, c) {
  const key = field.replace(/^attributes\./, '');
  const known = (c?.fields ?? []).find((/** @type {any} */ f) => f.key === key);
  return known ? named(known.name, known.name_en) : t(`member.${key}`);
}

/** @param {{field: string}} f @param {unknown} v */
const plain = ({ field }, v) => (v === null || v === undefined ? '—' : field === 'condition' ? t(`condition.${v}`) : typeof v === 'object' ? JSON.stringify(v) : String(v));

/** Both values side by side; one tap settles it. @param {{item: Op}} props */
function Conflict({ item }) {
  const { conflict } = item.receipt;
  const c = classOf(item.body.value?.class ?? assets.value.get(item.id)?.properties.class);
  const settle = async (/** @type {'mine' | 'theirs'} */ choice) => {
    try {
      await send('POST', `/api/v1/conflicts/${conflict.id}/resolve`, { choice });
    } catch (cause) {
      const problem = /** @type {any} */ (cause);
      if (problem.status !== 409) { say(problem.message, { bad: true }); return; }
      const { conflicts } = await get('/api/v1/conflicts', { jurisdiction: await meta('jurisdiction'), open: 'true' });
      if (conflicts.some((/** @type {any} */ x) => x.id === conflict.id)) { say(problem.message, { bad: true }); return; }
    }
    await (await db()).put('ops', { ...item, receipt: { ...item.receipt, resolved: choice } });
    await look();
  };
  return html`<div class="sides">
    <table><thead><tr><th>${t('field.member')}</th><th>${t('field.mine')}</th><th>${t('field.theirs')}</th></tr></thead>
      <tbody>${(conflict.fields ?? []).map((/** @type {any} */ f) => html`<tr key=${f.field}><th>${memberOf(f.field, c)}</th><td>${plain(f, f.mine)}</td><td>${plain(f, f.theirs)}</td></tr>`)}</tbody></table>
    <div class="pair"><button class="button big" onClick=${() => settle('mine')}>${t('field.keep.mine')}</button><button class="button big" onClick=${() => settle('theirs')}>${t('field.keep.theirs')}</button></div></div>`;
}
