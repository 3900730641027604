// Putting segments that meet end to end together: which, and what the whole is
// called.
import { useEffect, useState } from 'preact/hooks';
import { send } from '../base/api.js';
import { html } from '../base/view.js';
import { number, t } from '../base/i18n.js';
import { length } from '../base/format.js';
import { along, distance } from '../base/geo.js';
import { useDeed } from '../base/deed.js';
import { Refusal } from '../base/dialog.js';
import { TextField } from '../base/fields.js';
import { select } from '../base/store.js';
import { pieces } from '../map/overlay.js';
import { faultsUnder } from './form.js';
import { did } from './toast.js';
import { reach, useClicks } from './split.js';
import * as registry from './registry.js';

/** @typedef {import('./registry.js').Feature} Feature */

const gap = 5; // metres that ends may be apart, as the server allows

const first = (/** @type {Feature} */ f) => f.geometry.coordinates[0];
const last = (/** @type {Feature} */ f) => f.geometry.coordinates.at(-1);

/**
 * The free ends of a chain that grew from one segment, and who of it meets it:
 * a segment that lost its neighbour is no longer part.
 * @param {Feature[]} list
 */
function chain([own, ...others]) {
  const ends = [first(own), last(own)];
  const kept = [own];
  for (const f of others) {
    const at = ends.findIndex((e) => distance(e, first(f)) <= gap || distance(e, last(f)) <= gap);
    if (at < 0) continue;
    ends[at] = distance(ends[at], first(f)) <= gap ? last(f) : first(f);
    kept.push(f);
  }
  return { ends, kept };
}

/**
 * Segments that meet a chain, those of the same road first.
 * @param {Feature[]} kept
 * @param {any[]} ends
 */
function meeting(kept, ends) {
  const near = (registry.segments.data.value ?? []).filter((f) => !kept.includes(f) && ends.some((e) => distance(e, first(f)) <= gap || distance(e, last(f)) <= gap));
  const alike = (/** @type {Feature} */ f) => Number(f.properties.road === kept[0].properties.road);
  return near.sort((a, b) => alike(b) - alike(a) || (a.properties.code ?? '').localeCompare(b.properties.code ?? ''));
}

/** @param {{feature: Feature, close: () => void}} props */
export function MergeForm({ feature, close }) {
  const [picked, setPicked] = useState(/** @type {string[]} */ ([]));
  const [name, setName] = useState('');
  const [code, setCode] = useState('');
  const found = picked.map((id) => registry.segments.data.value?.find((s) => s.id === id)).filter((f) => f !== undefined);
  const { ends, kept } = chain([feature, ...found]);
  const offered = [...kept.slice(1), ...meeting(kept, ends)];
  const toggle = (/** @type {string} */ id) => setPicked(picked.includes(id) ? picked.filter((x) => x !== id) : [...kept.slice(1).map((f) => f.id), id]);
  const form = useClicks('merge', (map, at) => {
    const near = offered.map((f) => ({ f, off: along(f.geometry.coordinates, at).offset_m })).sort((a, b) => a.off - b.off)[0];
    if (near && near.off <= reach(map, at[1])) toggle(near.f.id);
  }, close);
  useEffect(() => { pieces.value = kept.map((f) => f.geometry.coordinates); }, [picked, feature.geometry]);
  const { act, busy, problem } = useDeed(async (op, /** @type {Feature[]} */ list, /** @type {{name: string, code: string}} */ called) => {
    const done = await send('POST', '/api/v1/segments/merge', { ids: list.map((f) => f.id), versions: list.map((f) => f.properties.version), ...called }, { op });
    did(t('merge.done', { n: number(list.length) }), op, [...list, ...done.created].map(({ id }) => ({ noun: 'segment', id })), () => select('segment', feature.id));
    close();
    select('segment', done.created[0].id);
  });
  const whole = kept.reduce((sum, f) => sum + f.properties.length_m, 0);
  const submit = (/** @type {Event} */ e) => { e.preventDefault(); if (kept.length > 1) act(kept, { name: name.trim(), code: code.trim() }); };
  return html`<form class="restructure" id="merge" ref=${form} novalidate aria-label=${t('merge')} onSubmit=${submit}>
    <p class="field-hint" role="status">${t(offered.length > 0 ? 'merge.how' : 'merge.none')}</p>
    ${offered.length > 0 && html`<ul class="merge-list" aria-label=${t('merge.list')}>${offered.map((f) => html`<li key=${f.id} class="check"><label><input type="checkbox" data-merge=${f.id} checked=${kept.includes(f)} onChange=${() => toggle(f.id)} />
      <span>${f.properties.name}</span><small>${length(f.properties.length_m)}</small></label></li>`)}</ul>`}
    <${TextField} name="merged" label=${t('merge.name')} value=${name} set=${setName} placeholder=${feature.properties.name} maxlength="100" hint=${kept.length > 1 ? `${t('merge.length')} ${number(whole, 1)} m` : undefined} />
    <${TextField} name="merged-code" label=${t('member.code')} value=${code} set=${setCode} optional maxlength="30" error=${faultsUnder(problem).code} />
    <p class="field-hint">${t('merge.money')}</p>
    <${Refusal} problem=${problem} title=${problem?.status === 412 ? t('moved.on') : ''} />
    <p class="restructure-foot"><button type="button" class="button" onClick=${close}>${t('cancel')}</button>
      <button type="submit" class=${`button primary ${busy ? 'busy' : ''}`} id="merge-do" disabled=${kept.length < 2} aria-disabled=${busy}>${t('merge')}</button></p>
  </form>`;
}
