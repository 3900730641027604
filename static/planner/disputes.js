// The conflicts of what phones brought: both values side by side, settled in one tap.
import { useState } from 'preact/hooks';
import { get, send } from '../base/api.js';
import { Badge, html, Icon, Pending } from '../base/view.js';
import { number, t, time } from '../base/i18n.js';
import { position } from '../base/format.js';
import { useDeed } from '../base/deed.js';
import { Refusal } from '../base/dialog.js';
import { announce } from '../base/events.js';
import { may } from '../base/session.js';
import { jurisdiction, page, select } from '../base/store.js';
import { useFetched } from './fetched.js';
import { memberName, memberValue } from './history.js';
import { Leaf } from './leaf.js';
import { disputes } from './live.js';
import * as registry from './registry.js';

/** @typedef {import('./live.js').Dispute} Dispute */
/** @typedef {'mine' | 'theirs'} Side */

/** @param {string} name @param {any} value @param {string} cls */
const shown = (name, value, cls) => (name === 'geometry' && value?.type === 'Point' ? position(value.coordinates) : memberValue(name, value, cls));

/** What was there before: where a restore took that away, nobody can say. @param {Dispute} d @param {any} f */
const before = (d, f) => (d.base === 0 && f.base === null ? t('disputes.unknown') : shown(f.field, f.base, d.class));

/** Whether a side deleted the object. @param {Dispute} d @param {Side} side */
const deletes = (d, side) => d.kind === (side === 'mine' ? 'delete_edit' : 'edit_delete');

/** What each side did, where it did not only set fields. @param {Dispute} d @param {Side} side */
function deedOf(d, side) {
  if (d.kind === 'fields') return '';
  return t(deletes(d, side) ? 'disputes.deleted' : 'disputes.edited');
}

/** @param {{dispute: Dispute, kept: Record<string, Side>, keep: ((kept: Record<string, Side>) => void) | null}} props */
function Values({ dispute: d, kept, keep }) {
  const value = (/** @type {any} */ f, /** @type {Side} */ side) => {
    const text = deletes(d, side) ? '—' : shown(f.field, f[side], d.class);
    if (!keep) return text;
    return html`<label><input type="radio" name=${`${d.id} ${f.field}`} checked=${kept[f.field] === side} onChange=${() => keep({ ...kept, [f.field]: side })} /><span>${text}</span></label>`;
  };
  return html`<table class="sides"><thead><tr><td></td><th scope="col">${t('disputes.base')}</th><th scope="col">${t('disputes.mine')} <small>${deedOf(d, 'mine')}</small></th><th scope="col">${t('disputes.theirs')} <small>${deedOf(d, 'theirs')}</small></th></tr></thead>
    <tbody>${d.fields.map((f) => html`<tr key=${f.field}><th scope="row">${memberName(f.field, d.class)}</th><td data-label=${t('disputes.base')}>${before(d, f)}</td>
      <td data-label=${t('disputes.mine')}>${value(f, 'mine')}</td><td data-label=${t('disputes.theirs')}>${value(f, 'theirs')}</td></tr>`)}</tbody></table>`;
}

/** @param {{dispute: Dispute, reload: () => void}} props */
function Card({ dispute: d, reload }) {
  const several = d.kind === 'fields' && d.fields.length > 1 && !d.resolved && may('field');
  const [kept, keep] = useState(/** @type {Record<string, Side>} */ ({}));
  const { act, busy, problem } = useDeed(async (op, /** @type {'mine' | 'theirs' | 'fields'} */ choice) => {
    await send('POST', `/api/v1/conflicts/${d.id}/resolve`, choice === 'fields' ? { choice, fields: kept } : { choice }, { op });
    announce([{ noun: 'asset', id: d.object }]);
    reload();
  });
  const c = registry.classByCode.value.get(d.class);
  const button = (/** @type {'mine' | 'theirs' | 'fields'} */ choice, disabled = false) => html`<button class="button" data-choice=${choice} disabled=${busy || disabled} onClick=${() => act(choice)}>${t(`disputes.keep.${choice}`)}</button>`;
  return html`<li class="dispute-card card" data-dispute=${d.id}><header><${Badge} icon=${c?.icon ?? 'other'} color=${c?.color ?? '#667580'} />
      <div><button class="link" onClick=${() => { page.value = ''; select('asset', d.object); }}>${d.name || registry.className(d.class) || t('asset')}</button>
        <p>${t('disputes.by', { who: d.actor, said: time(d.at), heard: time(d.received_at) })}</p></div></header>
    <${Values} dispute=${d} kept=${kept} keep=${several ? keep : null} />
    <${Refusal} problem=${problem} />
    ${d.resolved ? html`<p class="quiet">${t(`disputes.kept.${d.resolved.choice}`, { who: d.resolved.by, at: time(d.resolved.at) })}</p>`
      : may('field') && html`<p class="acts">${button('mine')}${button('theirs')}${several && button('fields', d.fields.some((f) => !kept[f.field]))}</p>`}
  </li>`;
}

export function Disputes() {
  const [settled, setSettled] = useState(false);
  const open = disputes.data.value;
  const { data, problem, reload } = useFetched(settled ? `disputes ${jurisdiction.value} ${open?.length}` : '', async (signal) => /** @type {Dispute[]} */ ((await get('/api/v1/conflicts', { jurisdiction: jurisdiction.value, open: 'false', limit: 1000 }, signal)).conflicts));
  const list = settled ? data.value : open;
  return html`<${Leaf} title=${t('disputes')} about=${open ? t('disputes.about', { n: number(open.length) }) : ''}>
    <div class="filters"><button class="chip" id="disputes-open" aria-pressed=${!settled} onClick=${() => setSettled(false)}>${t('disputes.open')}</button>
      <button class="chip" id="disputes-settled" aria-pressed=${settled} onClick=${() => setSettled(true)}>${t('disputes.settled')}</button></div>
    ${!list ? html`<${Pending} problem=${settled ? problem.value : disputes.problem.value} retry=${settled ? reload : disputes.reload} waiting=${t('loading')} failed=${t('disputes.failed')} again=${t('retry')} />`
      : list.length === 0 ? html`<div class="nothing"><${Icon} name="ui-check" /><p><b>${t(settled ? 'disputes.none.settled' : 'disputes.none')}</b></p></div>`
      : html`<ul class="disputes">${(settled ? [...list].reverse() : list).map((d) => html`<${Card} key=${d.id} dispute=${d} reload=${disputes.reload} />`)}</ul>`}
  <//>`;
}
