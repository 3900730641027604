// Two people changed one object: both states side by side, and a choice for each field.
import { useState } from 'preact/hooks';
import { html } from '../base/view.js';
import { t } from '../base/i18n.js';
import { position } from '../base/format.js';
import { Dialog } from '../base/dialog.js';
import { memberName, memberValue } from './history.js';

/** @typedef {{properties: Record<string, any>, geometry?: any}} State */

/**
 * One level of members of a change or a feature: attributes as attributes.KEY.
 * @param {{properties?: Record<string, any>, geometry?: any}} change
 * @returns {Record<string, any>}
 */
export function flat({ properties = {}, geometry }) {
  const { attributes, ...members } = properties;
  /** @type {Record<string, any>} */
  const out = { ...members };
  for (const [key, value] of Object.entries(attributes ?? {})) out[`attributes.${key}`] = value;
  if (geometry !== undefined) out.geometry = geometry;
  return out;
}

/**
 * The merge patch of members on one level.
 * @param {Record<string, any>} members
 */
export function unflat(members) {
  /** @type {{properties: Record<string, any>, geometry?: any}} */
  const patch = { properties: {} };
  for (const [name, value] of Object.entries(members)) {
    if (name === 'geometry') patch.geometry = value;
    else if (name.startsWith('attributes.')) patch.properties.attributes = { ...patch.properties.attributes, [name.slice(11)]: value };
    else patch.properties[name] = value;
  }
  return patch;
}

/**
 * A place in figures: that it changed, both sides know.
 * @param {string} name
 * @param {any} value
 * @param {string} cls
 */
const stateOf = (name, value, cls) => (name === 'geometry' && value?.type === 'Point' ? position(value.coordinates) : memberValue(name, value, cls));

/** @param {any} a @param {any} b */
const equal = (a, b) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

/**
 * @param {{mine: State, base: State, theirs: State | null, cls: string, close: () => void, save: (patch: State, version: number) => void, busy: boolean}} props
 *   `mine`: what was to be changed; `base`: what it was changed from; `theirs`: what is there now, null when it was deleted
 */
export function Conflict({ mine, base, theirs, cls, close, save, busy }) {
  const wanted = flat(mine);
  const was = flat(base);
  const now = theirs ? flat(theirs) : {};
  const disputed = Object.keys(wanted).filter((name) => !equal(now[name], was[name]) && !equal(now[name], wanted[name]));
  const [kept, keep] = useState(/** @type {Record<string, 'mine' | 'theirs'>} */ ({}));
  if (!theirs) {
    return html`<${Dialog} id="conflict" title=${t('conflict')} close=${close} foot=${html`<button class="button primary" onClick=${close}>${t('done')}</button>`}><p>${t('conflict.deleted')}</p><//>`;
  }
  const submit = () => {
    const chosen = Object.fromEntries(Object.entries(wanted).filter(([name]) => !disputed.includes(name) || kept[name] === 'mine'));
    save(unflat(chosen), theirs.properties.version);
  };
  const undecided = disputed.some((name) => !kept[name]);
  return html`<${Dialog} id="conflict" className="wide" title=${t('conflict')} close=${close} submit=${() => { if (!undecided) submit(); }} foot=${html`
      <button type="button" class="button" onClick=${close}>${t('cancel')}</button>
      <button type="submit" class=${`button primary ${busy ? 'busy' : ''}`} disabled=${undecided}>${t('conflict.save')}</button>`}>
    <p>${t(disputed.length > 0 ? 'conflict.note' : 'conflict.none')}</p>
    ${disputed.map((name) => html`<fieldset class="dispute" key=${name}><legend>${memberName(name, cls)}</legend>
      ${/** @type {const} */ (['mine', 'theirs']).map((who) => html`<label key=${who}><input type="radio" name=${`keep-${name}`} checked=${kept[name] === who} onChange=${() => keep({ ...kept, [name]: who })} />
        <span><small>${t(`conflict.${who}`)}</small>${stateOf(name, who === 'mine' ? wanted[name] : now[name], cls)}</span></label>`)}</fieldset>`)}
  <//>`;
}
