// What the server refused, opened at its field, to be mended or given up.
import { useState } from 'preact/hooks';
import { html, Icon } from '../base/view.js';
import { t } from '../base/i18n.js';
import { TextField } from '../base/fields.js';
import { AttributeFields } from './attributes.js';
import { giveUp, repair } from './outbox.js';
import { assets, classes, classOf } from './pack.js';
import { mending, screen, spot } from './screen.js';
import { ConditionChoice, nameOf, useUnsaved } from './tag.js';
import { standing, whyOf } from './tagging.js';

export function RepairPage() {
  const item = mending.value;
  const [value, setValue] = useState(item?.body.value ?? {});
  const [sure, setSure] = useState(false);
  useUnsaved(item !== null && value !== (item.body.value ?? value));
  if (!item) return null;
  const field = String(item.problem?.field ?? '');
  const why = whyOf(item);
  const asset = assets.value.get(item.id) ?? assets.value.get(value.asset);
  const c = classOf(value.class ?? asset?.properties.class);
  const done = () => { mending.value = null; screen.value = 'sync'; };
  const put = async () => { await repair(item, item.body.value === undefined ? undefined : value); done(); };
  const drop = async () => { if (!sure) { setSure(true); return; } await giveUp(item); done(); };
  const ofAsset = item.noun === 'asset' && item.body.value;
  const here = () => {
    const at = standing(/** @type {import('./tagging.js').Spot} */ (spot.value));
    return ofAsset ? at : { geometry: at.geometry };
  };
  return html`<main class="field-page" aria-label=${t('field.state.refused')}>
    <header><button class="ghost square" aria-label=${t('field.back')} onClick=${done}><${Icon} name="ui-back" /></button><h1>${t('field.state.refused')}</h1></header>
    <div class="field-scroll" tabindex="0"><div class="notice" role="alert"><${Icon} name="ui-alert" /><p><b>${nameOf(c) || t(`field.noun.${item.noun}`)}</b><br />${why}</p></div>
      ${field === 'class' && html`<${ClassChoice} value=${value.class} set=${(/** @type {string} */ k) => setValue({ ...value, class: k })} />`}
      ${field.startsWith('geometry') && spot.value && html`<button class="button big" id="here" onClick=${() => setValue({ ...value, ...here() })}>${t('field.here')}</button>`}
      ${ofAsset && value.condition && html`<${ConditionChoice} value=${value.condition} set=${(/** @type {string} */ k) => setValue({ ...value, condition: k })} />`}
      ${ofAsset && (value.name !== undefined || field === 'name') && html`<div class="attributes"><${TextField} label=${t('member.name')} name="name" value=${value.name ?? ''} error=${field === 'name' ? why : ''} set=${(/** @type {string} */ v) => setValue({ ...value, name: v })} /></div>`}
      ${ofAsset && html`<${AttributeFields} fields=${c?.fields ?? []} values=${value.attributes ?? {}} wrong=${field.replace(/^attributes\./, '')} why=${why} set=${(/** @type {any} */ a) => setValue({ ...value, attributes: a })} />`}</div>
    <footer><button class="save" id="again" onClick=${put}>${t('field.again')}</button>
      <button class="button big" id="give-up" onClick=${drop}>${t(sure ? 'field.giveup.sure' : 'field.giveup')}</button></footer></main>`;
}

/** @param {{value: string, set: (code: string) => void}} props */
function ClassChoice({ value, set }) {
  return html`<div class="tiles" role="radiogroup" aria-label=${t('member.class')}>${classes.value.slice(0, 12).map((/** @type {any} */ c) => html`<button key=${c.code} class="tile" role="radio" aria-checked=${c.code === value} onClick=${() => set(c.code)}>${nameOf(c)}</button>`)}</div>`;
}
