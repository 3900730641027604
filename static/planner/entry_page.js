// One entry: what it says, what of it falls where and by which rule in words, its
// document, and the way back.
import { useState } from 'preact/hooks';
import { get } from '../base/api.js';
import { html, Icon, Pending } from '../base/view.js';
import { named, t } from '../base/i18n.js';
import { fen, yuan } from '../base/money.js';
import { may } from '../base/session.js';
import * as store from '../base/store.js';
import { useLedger } from './fetched.js';
import { Leaf } from './leaf.js';
import { ReverseDialog } from './reversal.js';
import { targetName } from './targets.js';

/** @typedef {import('./money.js').Entry} Entry */

/** @param {import('./targets.js').Target} target */
const open = (target) => { store.page.value = ''; store.select(/** @type {import('../base/store.js').Noun} */ (target.noun), target.id); };

/** @param {{entry: Entry}} props */
function Shares({ entry: e }) {
  const rest = fen(e.unallocated);
  const sum = (e.allocations ?? []).reduce((all, a) => all + fen(a.amount), rest);
  return html`<h3>${t('entry.shares')}</h3><table class="grid entry-shares"><caption class="hidden">${t('entry.shares')}</caption><thead><tr><th scope="col">${t('targets')}</th><th scope="col">${t('entry.rule')}</th><th scope="col" class="numeric">${t('table.amount')}</th></tr></thead><tbody>
    ${(e.allocations ?? []).map((a) => html`<tr key=${a.target.id}><th scope="row"><button class="link" onClick=${() => open(a.target)}>${a.name ?? targetName(a.target)}</button>${a.successors?.length ? html`<small>${t('entry.successors', { names: a.successors.map((s) => s.name).join('、') })}</small>` : ''}</th>
      <td class="rule-words">${named(a.words.zh, a.words.en)}</td><td class="numeric"><b>${yuan(fen(a.amount))}</b></td></tr>`)}
    ${rest !== 0n && html`<tr><th scope="row">${t('proof.unallocated')}</th><td></td><td class="numeric"><b>${yuan(rest)}</b></td></tr>`}
    <tr class="total"><th scope="row">${t('proof.sum')}</th><td>${t(`basis.${e.basis}`)}</td><td class="numeric"><b>${yuan(sum)}</b></td></tr></tbody></table>`;
}

/** @param {{entry: Entry}} props */
function Facts({ entry: e }) {
  const go = (/** @type {string} */ page) => () => { store.page.value = page; };
  const document = e.document && may('planner') && `/api/v1/entries/${e.id}/document`;
  const line = (/** @type {string} */ label, /** @type {any} */ value) => (value ? html`<div><dt>${label}</dt><dd>${value}</dd></div>` : null);
  return html`<dl class="facts entry-facts">
    ${line(t('project'), html`<button class="link" onClick=${go(`projects:${e.project}`)}>${e.project_name}</button>`)}
    ${line(t('entry.voucher'), e.voucher)}${line(t('entry.counterparty'), e.counterparty)}${line(t('entry.note'), e.note)}
    ${line(t('entry.document'), document ? html`<a class="link" id="to-document" href=${document} download=${e.document_name}>${e.document_name || t('entry.document')}</a>` : e.document ? e.document_name : '')}
    ${line(t('entry.assets'), e.assets?.length ? html`<ul class="tag-list">${e.assets.map((id) => html`<li key=${id}><button class="tag bought-asset" onClick=${() => open({ noun: 'asset', id })}>${targetName({ noun: 'asset', id })}</button></li>`)}</ul>` : '')}
    ${line(t('entry.reversal'), e.reverses ? html`<button class="link" onClick=${go(`entries:${e.reverses}`)}>${t('entry.reverses')}</button>` : e.reversed_by ? html`<button class="link" onClick=${go(`entries:${e.reversed_by}`)}>${t('entry.reversed')}</button>` : '')}
    ${line(t('entry.id'), html`<code>${e.id}</code>`)}</dl>`;
}

/** @param {{id: string}} props */
export function EntryPage({ id }) {
  const [doomed, doom] = useState(false);
  const { data, problem, reload } = useLedger(`${store.jurisdiction.value} entry ${id}`, (signal) => get(`/api/v1/entries/${id}`, {}, signal));
  /** @type {Entry | null} */
  const e = data.value;
  const back = { back: () => { store.page.value = 'entries'; }, backTo: t('page.entries') };
  if (!e) return html`<${Leaf} title=${t('entry')} ...${back}><${Pending} problem=${problem.value} retry=${reload} waiting=${t('loading')} failed=${t('dossier.failed')} again=${t('retry')} /><//>`;
  const open = may('planner') && !e.reverses && !e.reversed_by;
  return html`<${Leaf} className="entry-page" title=${`${t(`entry.${e.kind}`)} ${yuan(fen(e.amount))} ${t('unit.yuan')}`} about=${`${e.on} · ${e.project_name ?? ''}`} ...${back}
      actions=${open && html`<button class="button" id="reverse-entry" onClick=${() => doom(true)}><${Icon} name="ui-undo" />${t('entry.reverse')}</button>`}>
    <${Facts} entry=${e} /><${Shares} entry=${e} />
    ${doomed && html`<${ReverseDialog} entry=${e} close=${() => doom(false)} />`}
  <//>`;
}
