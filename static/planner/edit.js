// Changing the members and attributes of an asset, a segment or an area by a form.
import { useState } from 'preact/hooks';
import { send } from '../base/api.js';
import { html } from '../base/view.js';
import { t } from '../base/i18n.js';
import { toFirstFault, useDeed } from '../base/deed.js';
import { Dialog, Refusal } from '../base/dialog.js';
import { CheckField, ChoiceField, SelectField, TextField } from '../base/fields.js';
import { conditions } from '../base/store.js';
import { AttributeForm, attributeFaults, faultsUnder } from './form.js';
import { Conflict } from './conflict.js';
import { departments, people } from './people.js';
import { did } from './toast.js';
import * as registry from './registry.js';

/**
 * @typedef {import('./registry.js').Feature} Feature
 * @typedef {{properties: Record<string, any>, geometry?: any}} Patch
 */

const nouns = { assets: 'asset', segments: 'segment', areas: 'area' };
/** @typedef {keyof typeof nouns} Collection */

/** @typedef {(patch: Patch, stamp: {version: number, op: string}) => Promise<unknown>} Way how a change reaches the server */

/**
 * Saves a change of a feature. A stale one is put to the person with what is
 * there now; `conflict` is what to show then.
 * @param {Collection} collection
 * @param {Feature} feature as it was read
 * @param {() => void} after
 * @param {{way?: Way, said?: string}} [unlike] what differs from an edit by form
 */
export function useSave(collection, feature, after, unlike = {}) {
  // As the person saw it: the sheet behind goes on following others' changes.
  const [seen] = useState(feature);
  const [lost, setLost] = useState(/** @type {{patch: Patch, current: Feature | null} | null} */ (null));
  const path = `/ogc/collections/${collection}/items/${feature.id}`;
  const way = unlike.way ?? ((patch, stamp) => send('PATCH', path, patch, { ...stamp, type: 'application/merge-patch+json' }));
  const deed = useDeed(async (op, /** @type {Patch} */ patch, /** @type {number} */ version) => {
    // Whoever leaves everything to the others has nothing to save.
    if (!patch.geometry && Object.keys(patch.properties).length === 0) { setLost(null); after(); return; }
    try {
      await way(patch, { version, op });
    } catch (cause) {
      const problem = /** @type {import('../base/api.js').Problem} */ (cause);
      if (problem.status !== 412) throw cause;
      setLost({ patch, current: problem.body.current });
      return;
    }
    setLost(null);
    did(unlike.said ?? t('edit.saved'), op, [{ noun: nouns[collection], id: feature.id }]);
    after();
  });
  const conflict = lost && html`<${Conflict} mine=${lost.patch} base=${seen} theirs=${lost.current} cls=${seen.properties.class ?? ''} close=${() => setLost(null)} save=${deed.act} busy=${deed.busy} />`;
  return { ...deed, save: (/** @type {Patch} */ patch) => deed.act(patch, seen.properties.version), conflict };
}

/**
 * The members that differ from what they were, as a merge patch.
 * @param {Record<string, any>} before
 * @param {Record<string, any>} now
 */
function changes(before, now) {
  return Object.fromEntries(Object.entries(now).filter(([name, value]) => JSON.stringify(value ?? null) !== JSON.stringify(before[name] ?? null)).map(([name, value]) => [name, value ?? null]));
}

/** @param {{busy: boolean, close: () => void}} props */
function Foot({ busy, close }) {
  return html`<button type="button" class="button" onClick=${close}>${t('cancel')}</button>
    <button type="submit" class=${`button primary ${busy ? 'busy' : ''}`} aria-disabled=${busy}>${t('save')}</button>`;
}

/**
 * The members of an asset besides its attributes, for every form that has them.
 * @param {{draft: Record<string, any>, set: (change: Record<string, any>) => void, told: Record<string, string>, dated?: boolean}} props
 */
export function AssetMembers({ draft, set, told, dated = true }) {
  return html`<${TextField} name="name" label=${t('member.name')} value=${draft.name ?? ''} set=${(/** @type {string} */ name) => set({ name: name || null })} optional maxlength="200" error=${told.name} />
    <${ChoiceField} name="condition" label=${t('condition')} value=${draft.condition} set=${(/** @type {string} */ condition) => set({ condition })} options=${conditions.map((c) => ({ value: c, text: t(`condition.${c}`) }))} error=${told.condition} />
    ${dated && html`<${TextField} name="installed_on" type="date" label=${t('member.installed_on')} value=${draft.installed_on ?? ''} set=${(/** @type {string} */ day) => set({ installed_on: day || null })} optional error=${told.installed_on} />`}`;
}

/** @param {{feature: Feature, close: () => void}} props */
export function AssetDialog({ feature, close }) {
  const [{ attributes: had, ...members }] = useState(feature.properties);
  const begin = { name: members.name, condition: members.condition, installed_on: members.installed_on, class: members.class, accuracy_m: members.accuracy_m, source: members.source };
  const [draft, setDraft] = useState(/** @type {Record<string, any>} */ (begin));
  const [values, setValues] = useState(/** @type {Record<string, any>} */ ({ ...had }));
  const [faults, setFaults] = useState(/** @type {Record<string, string>} */ ({}));
  const { save, busy, problem, conflict } = useSave('assets', feature, close);
  const cls = registry.classByCode.value.get(draft.class);
  const set = (/** @type {Record<string, any>} */ change) => setDraft({ ...draft, ...change });
  const submit = () => {
    // What the record has long held is no reason to refuse: only what is written now.
    const touched = changes(had ?? {}, values);
    const wrong = Object.keys(touched).length > 0 || draft.class !== begin.class ? attributeFaults(cls ?? { fields: [] }, values) : {};
    setFaults(wrong);
    if (Object.keys(wrong).length > 0) { toFirstFault(); return; }
    const properties = { ...changes(begin, draft), ...(Object.keys(touched).length > 0 ? { attributes: touched } : {}) };
    if (Object.keys(properties).length === 0) close();
    else save({ properties });
  };
  const told = { ...faultsUnder(problem, 'properties.') };
  const classes = (registry.classes.data.value ?? []).map((c) => ({ value: c.code, text: `${c.code} ${registry.className(c.code)}` }));
  return html`<${Dialog} id="edit" className="wide" title=${t('edit.asset')} close=${close} submit=${submit} foot=${html`<${Foot} busy=${busy} close=${close} />`}>
    <${AssetMembers} draft=${draft} set=${set} told=${told} />
    <${SelectField} name="class" label=${t('asset.class')} value=${draft.class} set=${(/** @type {string} */ code) => set({ class: code })} options=${classes} error=${told.class}
      hint=${draft.class === begin.class ? undefined : t('edit.newcode')} />
    <${TextField} name="accuracy_m" label=${t('member.accuracy_m')} inputmode="decimal" unit="m" value=${draft.accuracy_m ?? ''} optional error=${told.accuracy_m}
      set=${(/** @type {string} */ v) => set({ accuracy_m: v.trim() === '' ? null : Number.isFinite(Number(v)) ? Number(v) : v })} />
    ${cls && html`<${AttributeForm} cls=${cls} values=${values} errors=${{ ...faultsUnder(problem, 'properties.attributes.'), ...faults }} people=${people.data.value ?? []} departments=${departments.data.value ?? []}
      onChange=${(/** @type {string} */ key, /** @type {unknown} */ value) => setValues({ ...values, [key]: value })} />`}
    <${Refusal} problem=${problem && Object.keys(told).length === 0 ? problem : null} />
    ${conflict}
  <//>`;
}

/** @param {{feature: Feature, close: () => void}} props */
export function SegmentDialog({ feature, close }) {
  const [{ name, code, road, from, to, key, status }] = useState(feature.properties);
  const begin = { name, code, road, from, to, key, status };
  const [draft, setDraft] = useState(/** @type {Record<string, any>} */ (begin));
  const { save, busy, problem, conflict } = useSave('segments', feature, close);
  const told = faultsUnder(problem, 'properties.');
  const line = (/** @type {string} */ member, /** @type {boolean} */ required = false) => html`<${TextField} key=${member} name=${member} label=${t(`member.${member}`)} value=${draft[member] ?? ''} required=${required} optional=${!required}
    set=${(/** @type {string} */ v) => setDraft({ ...draft, [member]: v || null })} maxlength="100" error=${told[member]} />`;
  const submit = () => { const properties = changes(begin, draft); if (Object.keys(properties).length > 0) save({ properties }); else close(); };
  return html`<${Dialog} id="edit" title=${t('edit.segment')} close=${close} submit=${submit} foot=${html`<${Foot} busy=${busy} close=${close} />`}>
    ${line('name', true)}${line('code')}${line('road')}${line('from')}${line('to')}
    <${CheckField} name="key" label=${t('segment.key')} value=${draft.key} set=${(/** @type {boolean} */ v) => setDraft({ ...draft, key: v })} />
    <${SelectField} name="status" label=${t('member.status')} value=${draft.status} set=${(/** @type {string} */ v) => setDraft({ ...draft, status: v })}
      options=${['planned', 'in_service', 'removed'].map((s) => ({ value: s, text: t(`status.${s}`) }))} error=${told.status} />
    <${Refusal} problem=${problem && Object.keys(told).length === 0 ? problem : null} />${conflict}
  <//>`;
}

/** @param {{feature: Feature, close: () => void}} props */
export function AreaDialog({ feature, close }) {
  const [{ name, code, level, residents }] = useState(feature.properties);
  const begin = { name, code, level, residents };
  const [draft, setDraft] = useState(/** @type {Record<string, any>} */ (begin));
  const { save, busy, problem, conflict } = useSave('areas', feature, close);
  const told = faultsUnder(problem, 'properties.');
  const submit = () => { const properties = changes(begin, draft); if (Object.keys(properties).length > 0) save({ properties }); else close(); };
  return html`<${Dialog} id="edit" title=${t('edit.area')} close=${close} submit=${submit} foot=${html`<${Foot} busy=${busy} close=${close} />`}>
    <${TextField} name="name" label=${t('member.name')} value=${draft.name ?? ''} required set=${(/** @type {string} */ v) => setDraft({ ...draft, name: v || null })} maxlength="100" error=${told.name} />
    <${TextField} name="code" label=${t('member.code')} value=${draft.code ?? ''} optional set=${(/** @type {string} */ v) => setDraft({ ...draft, code: v || null })} maxlength="30" error=${told.code} />
    <${TextField} name="residents" label=${t('area.residents')} inputmode="numeric" value=${draft.residents ?? ''} optional error=${told.residents}
      set=${(/** @type {string} */ v) => setDraft({ ...draft, residents: v.trim() === '' ? null : /^\d+$/.test(v.trim()) ? Number(v) : v })} />
    <${Refusal} problem=${problem && Object.keys(told).length === 0 ? problem : null} />${conflict}
  <//>`;
}
