// Adding an asset, a segment or an area: what it is, where it is, what is known of it.
import { useEffect, useRef, useState } from 'preact/hooks';
import { effect, signal } from '@preact/signals';
import { send } from '../base/api.js';
import { html, Badge, Icon } from '../base/view.js';
import { number, t } from '../base/i18n.js';
import { toFirstFault, useDeed } from '../base/deed.js';
import { Refusal } from '../base/dialog.js';
import { CheckField, SelectField, TextField } from '../base/fields.js';
import { may } from '../base/session.js';
import { jurisdiction, select, tool } from '../base/store.js';
import { snapped } from '../map/draw.js';
import { marks } from '../map/overlay.js';
import { centre } from '../map/place.js';
import { AssetMembers } from './edit.js';
import { draw, DrawTools, endDrawing, placeAtCentre, session, shape, trouble } from './drawing.js';
import { AttributeForm, attributeFaults, faultsUnder } from './form.js';
import { departments, people } from './people.js';
import { flight } from './search.js';
import { did } from './toast.js';
import * as registry from './registry.js';

/** @typedef {{id: string, code: string, name: string, class: string, distance_m: number, geometry: any}} Candidate */

const remembered = 5;
/** Classes used of late, the last first. */
const recent = signal(/** @type {string[]} */ ([]));

// Leaving the tool leaves the drawing.
effect(() => { if (tool.value !== 'add' && session.peek() && !session.peek()?.about && tool.peek() !== 'bulk') endDrawing(); });

const kinds = /** @type {const} */ ({ point: 'Point', line: 'LineString', polygon: 'Polygon' });

/** @param {{choose: (code: string) => void}} props */
function Classes({ choose }) {
  const [words, setWords] = useState('');
  const all = registry.classes.data.value ?? [];
  const wanted = words.trim().toLowerCase();
  const match = all.filter((c) => !wanted || `${c.code} ${c.name} ${c.name_en}`.toLowerCase().includes(wanted));
  const rank = (/** @type {string} */ code) => { const i = recent.value.indexOf(code); const n = registry.present.value.indexOf(code); return i >= 0 ? i - 1000 : n >= 0 ? n : 1000; };
  const sorted = [...match].sort((a, b) => rank(a.code) - rank(b.code) || a.code.localeCompare(b.code));
  return html`<${TextField} name="class" type="search" label=${t('add.class')} value=${words} set=${setWords} />
    <ul class="links class-list">${sorted.slice(0, 60).map((c) => html`<li key=${c.code}><button onClick=${() => choose(c.code)}>
      <span class="class-name"><${Badge} icon=${c.icon} color=${c.color} />${registry.className(c.code)}</span><small>${c.code}</small></button></li>`)}</ul>
    ${sorted.length === 0 && html`<p class="quiet">${t('search.none')}</p>`}`;
}

/** @param {{list: Candidate[], radius?: number, again: () => void}} props */
function Twins({ list, again }) {
  const note = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    marks.value = list.map((c) => centre(c.geometry));
    // Below a long form nobody would see why nothing was saved.
    note.current?.scrollIntoView({ block: 'center' });
    return () => { marks.value = []; };
  }, [list]);
  const open = (/** @type {Candidate} */ c) => { flight.value = { point: centre(c.geometry), zoom: 18 }; tool.value = ''; endDrawing(); select('asset', c.id); };
  return html`<div class="note warn twins" role="alert" ref=${note}><${Icon} name="ui-alert" /><div><b>${t('add.twins')}</b>
    <ul class="links">${list.map((c) => html`<li key=${c.id}><button type="button" onClick=${() => open(c)}><span>${c.name || registry.className(c.class)} · ${c.code}</span><small>${number(c.distance_m, 1)} m</small></button></li>`)}</ul>
    <button type="button" class="button" id="add-anyway" onClick=${again}>${t('add.anyway')}</button></div></div>`;
}

/** @param {{where: boolean}} props */
function Where({ where }) {
  return html`<div class="where"><p role="status">${trouble.value || t(snapped.value ? 'draw.snapped' : where ? (session.value?.kind === 'Point' ? 'add.there' : 'draw.shape') : session.value?.kind === 'Point' ? 'add.point' : 'add.shape')}</p>
    <${DrawTools} />${session.value?.kind === 'Point' && html`<button type="button" class="button" id="add-centre" onClick=${placeAtCentre}>${t('draw.centre')}</button>`}</div>`;
}

/** @param {{code: string, back: () => void}} props */
function AssetForm({ code, back }) {
  const [draft, setDraft] = useState(/** @type {Record<string, any>} */ ({ condition: 'good' }));
  const [values, setValues] = useState(/** @type {Record<string, any>} */ ({}));
  const [faults, setFaults] = useState(/** @type {Record<string, string>} */ ({}));
  const cls = registry.classByCode.value.get(code);
  const kind = kinds[/** @type {keyof typeof kinds} */ (cls?.geometry ?? 'point')];
  useEffect(() => { draw({ kind }); return endDrawing; }, [code]);
  const { act, busy, problem, forget } = useDeed(async (op, /** @type {object} */ feature, /** @type {boolean} */ twin) => {
    const made = await send('POST', `/ogc/collections/assets/items${twin ? '?duplicate=allow' : ''}`, feature, { op, type: 'application/geo+json' });
    recent.value = [code, ...recent.peek().filter((c) => c !== code)].slice(0, remembered);
    did(t('add.done', { name: registry.className(code) }), op, [{ noun: 'asset', id: made.id }]);
    tool.value = '';
    endDrawing();
    select('asset', made.id);
  });
  const told = faultsUnder(problem, 'properties.');
  const candidates = /** @type {Candidate[]} */ (problem?.body.candidates ?? []);
  useEffect(() => { if (candidates.length > 0) forget(); }, [shape.value]);
  const submit = (twin = false) => {
    const wrong = attributeFaults(cls ?? { fields: [] }, values);
    setFaults(wrong);
    if (Object.keys(wrong).length > 0) { toFirstFault(); return; }
    const attributes = Object.fromEntries(Object.entries(values).filter(([, v]) => v !== null && v !== undefined && v !== ''));
    act({ type: 'Feature', geometry: shape.value, properties: { jurisdiction: jurisdiction.peek(), class: code, ...draft, attributes } }, twin);
  };
  return html`<form class="add-form" novalidate onSubmit=${(/** @type {Event} */ e) => { e.preventDefault(); submit(); }}>
    <button type="button" class="back" onClick=${back}><${Icon} name="ui-back" />${t('add.otherclass')}</button>
    <p class="class-name chosen"><${Badge} icon=${cls?.icon ?? 'other'} color=${cls?.color ?? '#667580'} /><b>${registry.className(code)}</b></p>
    <${Where} where=${shape.value !== null} />
    <${AssetMembers} draft=${draft} set=${(/** @type {Record<string, any>} */ change) => setDraft({ ...draft, ...change })} told=${told} />
    ${cls && html`<${AttributeForm} cls=${cls} values=${values} errors=${{ ...faultsUnder(problem, 'properties.attributes.'), ...faults }} people=${people.data.value ?? []} departments=${departments.data.value ?? []}
      onChange=${(/** @type {string} */ key, /** @type {unknown} */ value) => setValues({ ...values, [key]: value })} />`}
    ${candidates.length > 0 ? html`<${Twins} list=${candidates} again=${() => submit(true)} />` : html`<${Refusal} problem=${problem && Object.keys(told).length === 0 ? problem : null} />`}
    <div class="form-foot"><button type="submit" id="add-save" class=${`button primary ${busy ? 'busy' : ''}`} disabled=${!shape.value}>${t('save')}</button></div>
  </form>`;
}

/** @param {{collection: 'segments' | 'areas'}} props */
function ShapeForm({ collection }) {
  const [draft, setDraft] = useState(/** @type {Record<string, any>} */ (collection === 'segments' ? { name: '', road: '', key: false } : { name: '', code: '', level: 'community' }));
  useEffect(() => { draw({ kind: collection === 'segments' ? 'LineString' : 'Polygon' }); return endDrawing; }, [collection]);
  const noun = collection === 'segments' ? 'segment' : 'area';
  const { act, busy, problem } = useDeed(async (op, /** @type {object} */ feature) => {
    const made = await send('POST', `/ogc/collections/${collection}/items`, feature, { op, type: 'application/geo+json' });
    did(t('add.done', { name: draft.name }), op, [{ noun, id: made.id }]);
    tool.value = '';
    endDrawing();
    select(noun, made.id);
  });
  const told = faultsUnder(problem, 'properties.');
  const set = (/** @type {Record<string, any>} */ change) => setDraft({ ...draft, ...change });
  const submit = () => {
    const said = Object.fromEntries(Object.entries(draft).filter(([, v]) => v !== ''));
    act({ type: 'Feature', geometry: shape.value, properties: { jurisdiction: jurisdiction.peek(), ...said } });
  };
  return html`<form class="add-form" novalidate onSubmit=${(/** @type {Event} */ e) => { e.preventDefault(); submit(); }}>
    <${Where} where=${shape.value !== null} />
    <${TextField} name="name" label=${t('member.name')} value=${draft.name} set=${(/** @type {string} */ name) => set({ name })} required error=${told.name} />
    ${collection === 'segments' ? html`<${TextField} name="road" label=${t('member.road')} value=${draft.road} set=${(/** @type {string} */ road) => set({ road })} optional error=${told.road} />
      <${CheckField} name="key" label=${t('segment.key')} value=${draft.key} set=${(/** @type {boolean} */ key) => set({ key })} />`
    : html`<${TextField} name="code" label=${t('member.code')} value=${draft.code} set=${(/** @type {string} */ code) => set({ code })} optional error=${told.code} />
      <${SelectField} name="level" label=${t('member.level')} value=${draft.level} set=${(/** @type {string} */ level) => set({ level })} options=${['community', 'resettlement', 'compound', 'grid'].map((l) => ({ value: l, text: t(`level.${l}`) }))} error=${told.level} />`}
    <${Refusal} problem=${problem && Object.keys(told).length === 0 ? problem : null} />
    <div class="form-foot"><button type="submit" id="add-save" class=${`button primary ${busy ? 'busy' : ''}`} disabled=${!shape.value}>${t('save')}</button></div>
  </form>`;
}

/** The right panel while something is added. */
export function AddPanel() {
  const [what, setWhat] = useState(/** @type {'assets' | 'segments' | 'areas'} */ ('assets'));
  const [code, setCode] = useState('');
  const shut = () => { endDrawing(); tool.value = ''; };
  return html`<div class="panel-head"><h2>${t('add')}</h2><button class="ghost square" aria-label=${t('close')} onClick=${shut}><${Icon} name="ui-close" /></button></div>
    ${may('planner') && html`<div class="choice" role="radiogroup" aria-label=${t('add')}>${/** @type {const} */ (['assets', 'segments', 'areas']).map((w) => html`<label key=${w}>
      <input type="radio" name="add-what" value=${w} checked=${what === w} onChange=${() => { setCode(''); setWhat(w); }} /><span>${t(`add.${w}`)}</span></label>`)}</div>`}
    ${what !== 'assets' ? html`<${ShapeForm} key=${what} collection=${what} />` : code ? html`<${AssetForm} key=${code} code=${code} back=${() => setCode('')} />` : html`<${Classes} choose=${setCode} />`}`;
}
