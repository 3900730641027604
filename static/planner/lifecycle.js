// The verbs of an asset's life: install, remove, restore, replace, delete.
import { useState } from 'preact/hooks';
import { send } from '../base/api.js';
import { html } from '../base/view.js';
import { t } from '../base/i18n.js';
import { useDeed } from '../base/deed.js';
import { Confirm, Dialog, Refusal } from '../base/dialog.js';
import { TextField } from '../base/fields.js';
import { select, selected } from '../base/store.js';
import { AttributeForm, faultsUnder } from './form.js';
import { AssetMembers } from './edit.js';
import { departments, people } from './people.js';
import { did } from './toast.js';
import * as registry from './registry.js';

/** @typedef {import('./registry.js').Feature} Feature */

/** Today, where the person is. */
export function today() {
  const d = new Date();
  return `${d.getFullYear()}-${String(d.getMonth() + 1).padStart(2, '0')}-${String(d.getDate()).padStart(2, '0')}`;
}

/** @param {{feature: Feature, verb: 'install' | 'remove' | 'restore', close: () => void}} props */
export function StepDialog({ feature, verb, close }) {
  const [on, setOn] = useState(today());
  const { act, busy, problem } = useDeed(async (op, /** @type {string} */ day) => {
    await send('POST', `/api/v1/assets/${feature.id}/${verb}`, { on: day }, { version: feature.properties.version, op });
    did(t(`life.${verb}.done`), op, [{ noun: 'asset', id: feature.id }]);
    close();
  });
  const told = faultsUnder(problem);
  return html`<${Dialog} id="step" title=${t(`life.${verb}`)} close=${close} submit=${() => act(on)} foot=${html`
      <button type="button" class="button" onClick=${close}>${t('cancel')}</button>
      <button type="submit" class=${`button primary ${busy ? 'busy' : ''}`}>${t(`life.${verb}`)}</button>`}>
    <p>${t(`life.${verb}.note`)}</p>
    <${TextField} name="on" type="date" label=${t('life.on')} value=${on} set=${setOn} required error=${told.on} />
    <${Refusal} problem=${problem && !told.on ? problem : null} />
  <//>`;
}

/** @param {{feature: Feature, close: () => void}} props */
export function ReplaceDialog({ feature, close }) {
  const p = feature.properties;
  const [on, setOn] = useState(today());
  const [draft, setDraft] = useState(/** @type {Record<string, any>} */ ({ name: p.name, condition: 'good' }));
  const [values, setValues] = useState(/** @type {Record<string, any>} */ ({ ...p.attributes }));
  const cls = registry.classByCode.value.get(p.class);
  const { act, busy, problem } = useDeed(async (op, /** @type {Record<string, any>} */ body) => {
    const both = await send('POST', `/api/v1/assets/${feature.id}/replace`, body, { version: p.version, op });
    did(t('life.replace.done'), op, [{ noun: 'asset', id: feature.id }, { noun: 'asset', id: both.created.id }]);
    close();
    select('asset', both.created.id);
  });
  const told = faultsUnder(problem);
  const submit = () => act({ on, name: draft.name ?? undefined, condition: draft.condition, attributes: values });
  return html`<${Dialog} id="replace" className="wide" title=${t('life.replace')} close=${close} submit=${submit} foot=${html`
      <button type="button" class="button" onClick=${close}>${t('cancel')}</button>
      <button type="submit" class=${`button primary ${busy ? 'busy' : ''}`}>${t('life.replace')}</button>`}>
    <p>${t('life.replace.note')}</p>
    <${TextField} name="on" type="date" label=${t('life.on')} value=${on} set=${setOn} required error=${told.on} />
    <${AssetMembers} draft=${draft} set=${(/** @type {Record<string, any>} */ change) => setDraft({ ...draft, ...change })} told=${told} dated=${false} />
    ${cls && html`<${AttributeForm} cls=${cls} values=${values} errors=${faultsUnder(problem, 'attributes.')} people=${people.data.value ?? []} departments=${departments.data.value ?? []}
      onChange=${(/** @type {string} */ key, /** @type {unknown} */ value) => setValues({ ...values, [key]: value })} />`}
    <${Refusal} problem=${problem && Object.keys(told).length === 0 ? problem : null} />
  <//>`;
}

const nouns = { assets: 'asset', segments: 'segment', areas: 'area' };

/** @param {{collection: keyof typeof nouns, feature: Feature, close: () => void}} props */
export function DeleteDialog({ collection, feature, close }) {
  const { act, busy, problem } = useDeed(async (op) => {
    await send('DELETE', `/ogc/collections/${collection}/items/${feature.id}`, undefined, { version: feature.properties.version, op });
    selected.value = null;
    did(t('life.deleted'), op, [{ noun: nouns[collection], id: feature.id }]);
    close();
  });
  return html`<${Confirm} title=${t('life.delete')} verb=${t('life.delete')} danger act=${() => act()} close=${close} busy=${busy} problem=${problem}><p>${t('life.delete.note')}</p><//>`;
}
