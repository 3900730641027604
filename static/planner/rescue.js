// The file that a phone wrote which can no longer send: taken in by the office.
import { useState } from 'preact/hooks';
import { send } from '../base/api.js';
import { html, Icon } from '../base/view.js';
import { number, t } from '../base/i18n.js';
import { useDeed } from '../base/deed.js';
import { Refusal } from '../base/dialog.js';
import { announce } from '../base/events.js';
import { page } from '../base/store.js';
import { Leaf } from './leaf.js';

/**
 * @typedef {{title: string, detail?: string, field?: string}} Told
 * @typedef {{op: string, outcome: 'applied' | 'already' | 'merged' | 'conflict' | 'refused', noun: string, id: string, code?: string, problem?: Told}} Result
 * @typedef {{results: Result[], photos: {sha256: string, receipt?: unknown, problem?: Told}[]}} Taken
 */

const most = 64 << 20; // bytes
const patience = 240_000; // ms: a season's work, one transaction each
const outcomes = /** @type {const} */ (['applied', 'already', 'merged', 'conflict', 'refused']);
const shownAtOnce = 200;

/** @param {{taken: Taken}} props */
function Report({ taken }) {
  const photos = taken.photos.filter((p) => p.receipt).length;
  const refused = [...taken.results.filter((r) => r.problem).map((r) => ({ key: r.op, what: `${t(`rescue.noun.${r.noun}`)} ${r.code ?? r.id.slice(-6)}`, why: /** @type {Told} */ (r.problem) })),
    ...taken.photos.filter((p) => p.problem).map((p) => ({ key: p.sha256, what: `${t('rescue.noun.photo')} ${p.sha256.slice(0, 8)}`, why: /** @type {Told} */ (p.problem) }))];
  const count = (/** @type {string} */ outcome) => taken.results.filter((r) => r.outcome === outcome).length;
  return html`<section class="findings" id="rescued" aria-live="polite"><div class=${`note ${refused.length === 0 ? 'ok' : 'warn'}`}><${Icon} name=${refused.length === 0 ? 'ui-check' : 'ui-alert'} />
      <div><b>${t('rescue.done', { ops: number(taken.results.length - count('refused')), photos: number(photos) })}</b><br />
      ${outcomes.filter((o) => count(o) > 0).map((o) => t(`rescue.${o}`, { n: number(count(o)) })).join(' · ')}</div></div>
    ${count('conflict') > 0 && html`<p><button class="link" onClick=${() => { page.value = 'disputes'; }}>${t('rescue.disputes')}</button></p>`}
    ${refused.length > 0 && html`<table class="grid faults"><caption class="hidden">${t('rescue.refusals')}</caption><thead><tr><th scope="col">${t('rescue.what')}</th><th scope="col">${t('rescue.why')}</th></tr></thead>
      <tbody>${refused.slice(0, shownAtOnce).map((r) => html`<tr key=${r.key}><th scope="row">${r.what}</th><td>${r.why.detail ?? r.why.title}</td></tr>`)}</tbody></table>
      ${refused.length > shownAtOnce && html`<p class="quiet">${t('bulk.more', { n: number(refused.length - shownAtOnce) })}</p>`}`}</section>`;
}

export function Rescue() {
  const [taken, setTaken] = useState(/** @type {Taken | null} */ (null));
  const [name, setName] = useState('');
  const [large, setLarge] = useState(false);
  const { act, busy, problem, forget } = useDeed(async (op, /** @type {File} */ chosen) => {
    const got = /** @type {Taken} */ (await send('POST', '/api/v1/rescue', chosen, { op, type: 'application/zip', wait: patience }));
    setTaken(got);
    announce(got.results.filter((r) => !r.problem).map((r) => ({ noun: r.outcome === 'conflict' ? 'conflict' : r.noun, id: r.id })));
  });
  const take = (/** @type {File | undefined} */ chosen) => {
    if (!chosen) return;
    forget(); setTaken(null); setName(chosen.name); setLarge(chosen.size > most);
    if (chosen.size <= most) act(chosen);
  };
  const pick = (/** @type {any} */ e) => {
    const input = e.currentTarget;
    take(input.files?.[0]);
    input.value = ''; // the same file may be chosen again
  };
  return html`<${Leaf} title=${t('page.rescue')} about=${t('rescue.about')} back=${() => { page.value = 'devices'; }} backTo=${t('devices')}>
    <label class="file-pick"><span class="field-label">${t('rescue.file')}</span><input type="file" id="rescue-file" accept=".zip,application/zip" disabled=${busy} onChange=${pick} /></label>
    ${name && html`<p class="quiet">${name}</p>`}
    ${large && html`<div class="note bad" role="alert"><${Icon} name="ui-alert" /><div>${t('rescue.large')}</div></div>`}
    <${Refusal} problem=${problem} />
    ${busy && html`<p class="pending" role="status">${t('rescue.busy')}</p>`}
    ${taken && html`<${Report} taken=${taken} />`}
  <//>`;
}
