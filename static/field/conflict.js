// Two people changed one thing differently: both values side by side, settled in
// one tap, by either.
import { html } from '../base/view.js';
import { get, send } from '../base/api.js';
import { t } from '../base/i18n.js';
import { db, meta } from './db.js';
import { items, look } from './outbox.js';
import { assets, classOf, conflicts, readAssets, refresh } from './pack.js';
import { say } from './screen.js';
import { nameOf } from './tag.js';
import { memberOf } from './tagging.js';

/** @typedef {{id: string, object: string, class?: string, fields: any[], kind?: string, actor?: string, op: string}} Dispute */

/** Open conflicts about what was worked on here: those that others' work is in, and our own. @returns {Dispute[]} */
export function disputes() {
  const told = conflicts.value.filter((c) => items.value.some((o) => o.id === c.object));
  const own = items.value.filter((o) => o.state === 'done' && o.receipt.conflict && !o.receipt.resolved && !told.some((c) => c.id === o.receipt.conflict.id));
  return [...told, ...own.map((o) => ({ ...o.receipt.conflict, object: o.id, op: o.op }))];
}

/** @param {{field: string}} f @param {any} v */
function plain({ field }, v) {
  if (v === null || v === undefined || v === '') return '—';
  if (field === 'condition') return t(`condition.${v}`);
  if (field === 'geometry' && v.type === 'Point') return v.coordinates.map((/** @type {number} */ x) => x.toFixed(6)).join(', ');
  return typeof v === 'object' ? JSON.stringify(v) : String(v);
}

/** @param {Dispute} dispute @param {'mine' | 'theirs'} choice */
async function settle(dispute, choice) {
  const jurisdiction = await meta('jurisdiction');
  try {
    await send('POST', `/api/v1/conflicts/${dispute.id}/resolve`, { choice });
  } catch (cause) {
    const problem = /** @type {any} */ (cause);
    if (problem.status !== 409) { say(problem.message, { bad: true }); return; }
    const open = await get('/api/v1/conflicts', { jurisdiction, open: 'true' });
    if (open.conflicts.some((/** @type {any} */ x) => x.id === dispute.id)) { say(problem.message, { bad: true }); return; }
  }
  await forget(dispute, choice);
  await refresh(); // brings what now holds
}

/** @param {Dispute} dispute @param {string} choice */
async function forget(dispute, choice) {
  const tx = (await db()).transaction(['ops', 'conflicts'], 'readwrite');
  const item = await tx.objectStore('ops').index('op').get(dispute.op);
  if (item?.receipt) await tx.objectStore('ops').put({ ...item, receipt: { ...item.receipt, resolved: choice } });
  await tx.objectStore('conflicts').delete(dispute.id);
  await tx.done;
  await Promise.all([look(), readAssets([])]);
}

/** @param {{dispute: Dispute}} props */
export function Conflict({ dispute }) {
  const c = classOf(dispute.class || assets.value.get(dispute.object)?.properties.class);
  const ours = items.value.some((o) => o.op === dispute.op);
  const other = ours ? t('field.mine') : dispute.actor || t('field.other');
  const what = dispute.kind && dispute.kind !== 'fields' ? t(`field.conflict.${dispute.kind}`) : '';
  return html`<li class="item conflict" data-conflict=${dispute.id}><div><b>${nameOf(c)}</b><p>${assets.value.get(dispute.object)?.code ?? ''}</p>${what && html`<p>${what}</p>`}</div><span class="state conflict">${t('field.state.conflict')}</span>
    <div class="sides">
      ${dispute.fields?.length > 0 && html`<table><thead><tr><th>${t('field.member')}</th><th>${other}</th><th>${t('field.theirs')}</th></tr></thead>
        <tbody>${dispute.fields.map((/** @type {any} */ f) => html`<tr key=${f.field}><th>${memberOf(f.field, c)}</th><td>${plain(f, f.mine)}</td><td>${plain(f, f.theirs)}</td></tr>`)}</tbody></table>`}
      <div class="pair"><button class="button big" data-choice="mine" onClick=${() => settle(dispute, 'mine')}>${ours ? t('field.keep.mine') : t('field.keep.other', { who: other })}</button>
        <button class="button big" data-choice="theirs" onClick=${() => settle(dispute, 'theirs')}>${t('field.keep.theirs')}</button></div></div></li>`;
}
