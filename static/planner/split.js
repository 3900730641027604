// Parting a segment: where, as a click on the map or a chainage, and what the
// parts are called.
import { useEffect, useRef, useState } from 'preact/hooks';
import { send } from '../base/api.js';
import { html } from '../base/view.js';
import { number, t } from '../base/i18n.js';
import { chainage } from '../base/format.js';
import { along, parted } from '../base/geo.js';
import { toFirstFault, useDeed } from '../base/deed.js';
import { Refusal } from '../base/dialog.js';
import { TextField } from '../base/fields.js';
import { select, tool } from '../base/store.js';
import { marks, pieces } from '../map/overlay.js';
import { stageMap } from './drawing.js';
import { faultsUnder } from './form.js';
import { did } from './toast.js';

const least = 1; // metres of a part, as the server demands
const finger = 24; // px: how far beside the line a click still means it
const street = 50; // metres, the same where the map is near

/**
 * How far from a line a click on the map may be, in metres.
 * @param {import('maplibre-gl').Map} map
 * @param {number} latitude
 */
export function reach(map, latitude) {
  const pixel = (40075016.686 / 512) * Math.cos((latitude * Math.PI) / 180) / 2 ** map.getZoom();
  return Math.max(street, finger * pixel);
}

/**
 * Scrolls the sheet, and nothing around it, to where a form begins.
 * @param {HTMLElement | null} form
 */
function show(form) {
  const sheet = form?.closest('.panel-body');
  if (!form || !sheet) return;
  const { top, bottom } = form.getBoundingClientRect();
  const seen = sheet.getBoundingClientRect();
  if (bottom > seen.bottom) sheet.scrollTop += top - seen.top;
}

/**
 * The map is for this form while it is open: its clicks come here. What is given
 * back is put on the form, so that it is in sight.
 * @param {'split' | 'merge'} use
 * @param {(map: import('maplibre-gl').Map, at: [number, number]) => void} clicked
 * @param {() => void} close
 */
export function useClicks(use, clicked, close) {
  const map = stageMap.value;
  const form = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    tool.value = use;
    show(form.current);
    return () => { if (tool.peek() === use) tool.value = ''; pieces.value = []; marks.value = []; };
  }, []);
  useEffect(() => {
    if (!map) return undefined;
    const click = (/** @type {import('maplibre-gl').MapEvent} */ e) => clicked(map, [e.lngLat.lng, e.lngLat.lat]);
    const keys = (/** @type {KeyboardEvent} */ e) => { if (e.key === 'Escape' && !document.querySelector('dialog[open]')) { e.preventDefault(); close(); } };
    map.on('click', click);
    addEventListener('keydown', keys, { capture: true });
    return () => { map.off('click', click); removeEventListener('keydown', keys, { capture: true }); };
  });
  // Another tool was taken up: this form is over.
  useEffect(() => { if (tool.value !== use && tool.value !== '') close(); }, [tool.value]);
  return form;
}

/** @param {{feature: import('./registry.js').Feature, close: () => void}} props */
export function SplitForm({ feature, close }) {
  const { name, length_m: length, version } = feature.properties;
  const line = feature.geometry.coordinates;
  const [draft, setDraft] = useState({ at: '', names: ['', ''] });
  const [far, setFar] = useState(false);
  const [tried, setTried] = useState(false);
  const metres = draft.at.trim() === '' ? NaN : Number(draft.at);
  const fits = metres >= least && metres <= length - least;
  const form = useClicks('split', (map, at) => {
    const { chainage_m: here, offset_m: off } = along(line, at);
    setFar(off > reach(map, at[1]));
    if (off <= reach(map, at[1])) setDraft((d) => ({ ...d, at: String(Math.round(here * 10) / 10) }));
  }, close);
  useEffect(() => {
    const parts = fits ? parted(line, metres) : [line];
    pieces.value = parts;
    marks.value = fits ? [parts[1][0]] : [];
  }, [draft.at, feature.geometry]);
  const { act, busy, problem } = useDeed(async (op, /** @type {typeof draft} */ d) => {
    const done = await send('POST', `/api/v1/segments/${feature.id}/split`, { at: [{ chainage_m: Number(d.at) }], parts: d.names.map((n, i) => ({ name: n.trim() || named(i) })) }, { op, version });
    did(t('split.done', { n: number(done.created.length) }), op, [feature, ...done.created].map(({ id }) => ({ noun: 'segment', id })), () => select('segment', feature.id));
    close();
    select('segment', done.created[0].id);
  });
  const named = (/** @type {number} */ i) => t('split.default', { name, n: i + 1 });
  const wrong = (draft.at !== '' || tried) && !fits ? t('split.short') : faultsUnder(problem).at;
  const submit = (/** @type {Event} */ e) => { e.preventDefault(); setTried(true); if (fits) act(draft); else toFirstFault(); };
  const lengths = fits ? [metres, length - metres] : null;
  return html`<form class="restructure" id="split" ref=${form} novalidate aria-label=${t('split')} onSubmit=${submit}>
    <p class="field-hint" role="status">${t(far ? 'split.far' : 'split.how')}</p>
    <${TextField} name="at" label=${t('split.at')} inputmode="decimal" unit="m" required value=${draft.at} set=${(/** @type {string} */ at) => setDraft({ ...draft, at })}
      error=${wrong} hint=${fits ? chainage(metres) : t('split.hint', { length: number(length, 1) })} />
    ${draft.names.map((n, i) => html`<${TextField} key=${i} name=${`part-${i + 1}`} label=${t('split.part', { n: i + 1 })} value=${n} placeholder=${named(i)} maxlength="100" className=${`piece piece-${i}`}
      hint=${lengths ? `${number(lengths[i], 1)} m` : undefined} set=${(/** @type {string} */ v) => setDraft({ ...draft, names: draft.names.map((x, k) => (k === i ? v : x)) })} />`)}
    <p class="field-hint">${t('split.money')}</p>
    <${Refusal} problem=${problem} title=${problem?.status === 412 ? t('moved.on') : ''} />
    <p class="restructure-foot"><button type="button" class="button" onClick=${close}>${t('cancel')}</button>
      <button type="submit" class=${`button primary ${busy ? 'busy' : ''}`} id="split-do" aria-disabled=${busy}>${t('split')}</button></p>
  </form>`;
}
