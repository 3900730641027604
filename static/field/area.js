// The area on the phone: which, how old, how large; all of it or along segments.
import { useState } from 'preact/hooks';
import { html } from '../base/view.js';
import { CheckField, SelectField } from '../base/fields.js';
import { number, t, time } from '../base/i18n.js';
import { assets, choices, download, fetching, pack, packProblem, refresh } from './pack.js';

/** Asks where to work, where the person may in several places. */
export function JurisdictionChoice() {
  return html`<section class="field-sheet" aria-label=${t('field.jurisdiction')}><header><h2>${t('field.jurisdiction')}</h2></header>
    ${packProblem.value && html`<p class="bad" role="alert">${packProblem.value.message}</p>`}
    ${choices.value.map((j) => html`<button key=${j.code} class="button big" data-jurisdiction=${j.code} disabled=${fetching.value} onClick=${() => download([], j.code)}>${j.name}</button>`)}</section>`;
}

export function AreaBlock() {
  const p = pack.value;
  const [picking, setPicking] = useState(false);
  return html`<section class="card block"><h2>${t('field.area')}</h2>
    ${choices.value.length > 1 && html`<${SelectField} label=${t('field.jurisdiction')} name="jurisdiction" value=${p?.jurisdiction.code ?? ''} disabled=${fetching.value}
      options=${choices.value.map((j) => ({ value: j.code, text: j.name }))} set=${(/** @type {string} */ code) => download([], code)} />`}
    <p id="area-state">${p ? t('field.area.state', { name: p.jurisdiction.name, n: number(assets.value.size), mb: number(p.size / 1e6, 1), at: time(new Date(p.freshAt).toISOString()) }) : t('field.area.none')}
      ${p?.along?.length > 0 && ` · ${t('field.area.along', { n: number(p.along.length) })}`}</p>
    ${packProblem.value && html`<p class="bad" role="alert">${packProblem.value.message || t('offline.short')}</p>`}
    <div class="pair"><button class="button big" id="download" disabled=${fetching.value} onClick=${() => download([])}>${t('field.download')}</button>
      <button class="button big" id="refresh" disabled=${fetching.value || !p} onClick=${refresh}>${t('field.refresh')}</button></div>
    ${p && html`<button class="button big" id="by-segment" aria-expanded=${picking} onClick=${() => setPicking(!picking)}>${t('field.area.pick')}</button>`}
    ${picking && html`<${Segments} along=${p.along ?? []} done=${() => setPicking(false)} />`}</section>`;
}

/** Key segments first. @param {{along: string[], done: () => void}} props */
function Segments({ along, done }) {
  const [chosen, choose] = useState(/** @type {Set<string>} */ (new Set(along)));
  const list = [...pack.value.segments.features].sort((a, b) => Number(b.properties.key ?? false) - Number(a.properties.key ?? false) || String(a.properties.name).localeCompare(b.properties.name));
  const pick = (/** @type {string} */ id) => { const next = new Set(chosen); if (!next.delete(id)) next.add(id); choose(next); };
  return html`<div class="segments">${list.map((s) => html`<${CheckField} key=${s.id} name=${`segment.${s.id}`} label=${s.properties.name || s.properties.road} value=${chosen.has(s.id)} set=${() => pick(s.id)} />`)}</div>
    <button class="save" id="download-along" disabled=${chosen.size === 0 || fetching.value} onClick=${() => { void download([...chosen]); done(); }}>${t('field.area.get', { n: number(chosen.size) })}</button>`;
}
