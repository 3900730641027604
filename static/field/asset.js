// An asset that is there: its condition, its attributes, its place, its end.
import { useState } from 'preact/hooks';
import { Badge, html, Icon } from '../base/view.js';
import { TextField } from '../base/fields.js';
import { chainage } from '../base/format.js';
import { t } from '../base/i18n.js';
import { AttributeFields } from './attributes.js';
import { PhotoButton, PhotoStrip } from './camera.js';
import { following } from './map.js';
import { assets, classOf, segmentOf } from './pack.js';
import { opened, say, screen, spot } from './screen.js';
import { ConditionChoice, nameOf, takeBack, useUnsaved } from './tag.js';
import { change, inspect, standing } from './tagging.js';

const back = () => { opened.value = ''; screen.value = 'tiles'; };

/** Waits for an action, says what became of it, and goes back to the tiles. @param {Promise<any>} work @param {boolean} [takable] whether it can be taken back */
async function finish(work, takable = false) {
  try {
    const made = await work;
    say(t('field.updated'), takable ? { undo: () => takeBack(made.op) } : {});
    back();
  } catch (cause) { say(t('field.failed', { why: /** @type {Error} */ (cause).message }), { bad: true }); }
}

export function AssetSheet() {
  const asset = assets.value.get(opened.value);
  const [files, setFiles] = useState(/** @type {File[]} */ ([]));
  const [form, setForm] = useState(false);
  const [entered, setEntered] = useState(false);
  useUnsaved(entered || files.length > 0);
  if (!asset) return html`<section class="field-sheet"><p>${t('field.unknown')}</p><button class="button big" onClick=${back}>${t('field.back')}</button></section>`;
  const c = classOf(asset.properties.class);
  const on = segmentOf(asset.properties.segment);
  return html`<section class="field-sheet" aria-label=${nameOf(c)}>
    <header><${Badge} icon=${c?.icon} color=${c?.color ?? '#5d6b76'} className="large" /><div><h2>${nameOf(c)} ${asset.properties.name ?? ''}</h2>
      <p class="where">${asset.code || t('field.nocode')} ${on ? `· ${on.properties.name || on.properties.road} · ${chainage(asset.properties.chainage_m ?? 0)}` : ''}</p></div>
      <button class="ghost square close" aria-label=${t('close')} onClick=${back}><${Icon} name="ui-close" /></button></header>
    <${ConditionChoice} value=${asset.properties.condition} set=${(/** @type {string} */ k) => finish(change(asset, { condition: k }, files, spot.value))} />
    <${PhotoStrip} files=${files} set=${setFiles} />
    <div class="three"><${PhotoButton} files=${files} set=${setFiles} />
      <button class="button big" id="move" onClick=${() => { following.value = false; screen.value = 'move'; }}><${Icon} name="ui-move" />${t('field.move')}</button>
      <button class="button big" id="form" aria-expanded=${form} onClick=${() => setForm(!form)}><${Icon} name="ui-edit" />${t('field.form')}</button></div>
    ${form && html`<${Details} key=${asset.id} asset=${asset} fields=${c?.fields ?? []} enter=${() => setEntered(true)} />`}
    <div class="pair"><button class="button big" id="missing" onClick=${() => finish(inspect(asset, 'not_found', spot.value, files), true)}>${t('field.missing')}</button>
      <button class="save" id="found" onClick=${() => finish(inspect(asset, 'found', spot.value, files), true)}><${Icon} name="ui-check" />${t('field.found')}</button></div>
  </section>`;
}

/** Name and attributes. Only what was changed is written. @param {{asset: any, fields: any[], enter: () => void}} props `enter`: something was changed */
function Details({ asset, fields, enter }) {
  const before = asset.properties.attributes ?? {};
  const [values, setValues] = useState(/** @type {Record<string, any>} */ (before));
  const [name, setName] = useState(asset.properties.name ?? '');
  const save = () => {
    const keys = new Set([...Object.keys(before), ...Object.keys(values)].filter((k) => before[k] !== values[k]));
    const attributes = Object.fromEntries([...keys].map((k) => [k, values[k] ?? null]));
    const value = { ...(keys.size > 0 && { attributes }), ...(name !== (asset.properties.name ?? '') && { name }) };
    if (Object.keys(value).length === 0) { back(); return; }
    void finish(change(asset, value));
  };
  return html`<div class="attributes"><${TextField} label=${t('member.name')} name="name" value=${name} set=${(/** @type {string} */ v) => { setName(v); enter(); }} /></div>
    <${AttributeFields} fields=${fields} values=${values} set=${(/** @type {Record<string, any>} */ v) => { setValues(v); enter(); }} />
    <button class="button big" id="save-form" onClick=${save}>${t('field.save')}</button>`;
}

export function MoveSheet() {
  const asset = assets.value.get(opened.value);
  const move = () => {
    if (!asset || !spot.value) return;
    void finish(change(asset, standing(spot.value)));
  };
  return html`<section class="field-sheet" aria-label=${t('field.move')}><header><h2>${t('field.move')}</h2></header><p class="where">${t('field.aim')}</p>
    <div class="pair"><button class="button big" onClick=${back}>${t('field.back')}</button><button class="save" id="save-move" disabled=${!spot.value} onClick=${move}>${t('field.save')}</button></div></section>`;
}
