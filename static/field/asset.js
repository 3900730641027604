// An asset that is there: its condition, its place, its end.
import { useState } from 'preact/hooks';
import { Badge, html, Icon } from '../base/view.js';
import { chainage } from '../base/format.js';
import { t } from '../base/i18n.js';
import { AttributeFields } from './attributes.js';
import { following } from './map.js';
import { repair } from './outbox.js';
import { assets, classOf, segmentOf } from './pack.js';
import { mending, opened, say, screen, spot } from './screen.js';
import { ConditionChoice, nameOf, PhotoButton } from './tag.js';
import { change, inspect } from './tagging.js';

const back = () => { opened.value = ''; screen.value = 'tiles'; };

export function AssetSheet() {
  const asset = assets.value.get(opened.value);
  const [files, setFiles] = useState(/** @type {File[]} */ ([]));
  if (!asset) return html`<section class="field-sheet"><p>${t('field.unknown')}</p><button class="button big" onClick=${back}>${t('field.back')}</button></section>`;
  const c = classOf(asset.properties.class);
  const on = segmentOf(asset.properties.segment);
  const say1 = (/** @type {Promise<any>} */ work) => work.then(() => { say(t('field.updated')); back(); }, (cause) => say(t('field.failed', { why: cause.message }), { bad: true }));
  const here = () => spot.value?.position ?? null;
  const found = async () => inspect(asset, 'found', here(), files);
  return html`<section class="field-sheet" aria-label=${nameOf(c)}>
    <header><${Badge} icon=${c?.icon} color=${c?.color ?? '#5d6b76'} className="large" /><div><h2>${nameOf(c)} ${asset.properties.name ?? ''}</h2>
      <p class="where">${asset.code} ${on ? `· ${on.properties.name || on.properties.road} · ${chainage(asset.properties.chainage_m ?? 0)}` : ''}</p></div>
      <button class="ghost square close" aria-label=${t('close')} onClick=${back}><${Icon} name="ui-close" /></button></header>
    <${ConditionChoice} value=${asset.properties.condition} set=${(/** @type {string} */ k) => say1(change(asset, { condition: k }, files))} />
    <div class="pair"><${PhotoButton} files=${files} set=${setFiles} /><button class="button big" id="move" onClick=${() => { following.value = false; screen.value = 'move'; }}><${Icon} name="ui-move" />${t('field.move')}</button></div>
    <div class="pair"><button class="button big" id="missing" onClick=${() => say1(inspect(asset, 'not_found', here()))}>${t('field.missing')}</button>
      <button class="save" id="found" onClick=${() => say1(found())}><${Icon} name="ui-check" />${t('field.found')}</button></div>
  </section>`;
}

export function MoveSheet() {
  const asset = assets.value.get(opened.value);
  const move = async () => {
    if (!asset || !spot.value) return;
    await change(asset, { geometry: { type: 'Point', coordinates: spot.value.position.map((v) => Math.round(v * 1e7) / 1e7) }, accuracy_m: spot.value.accuracy, source: 'phone' });
    say(t('field.updated'));
    back();
  };
  return html`<section class="field-sheet" aria-label=${t('field.move')}><header><h2>${t('field.move')}</h2></header><p class="where">${t('field.aim')}</p>
    <div class="pair"><button class="button big" onClick=${back}>${t('field.back')}</button><button class="save" onClick=${move}>${t('field.save')}</button></div></section>`;
}

/** What the server refused, opened at its field. */
export function RepairPage() {
  const item = mending.value;
  const [value, setValue] = useState(item?.body.value ?? {});
  if (!item) return null;
  const field = String(item.problem?.field ?? '');
  const why = String(item.problem?.detail ?? item.problem?.title ?? '');
  const c = classOf(value.class ?? assets.value.get(item.id)?.properties.class);
  const done = () => { mending.value = null; screen.value = 'sync'; };
  const put = async () => { await repair(item, value); done(); };
  return html`<main class="field-page" aria-label=${t('field.state.refused')}>
    <header><button class="ghost square" aria-label=${t('field.back')} onClick=${done}><${Icon} name="ui-back" /></button><h1>${t('field.state.refused')}</h1></header>
    <div class="field-scroll" tabindex="0"><div class="notice"><${Icon} name="ui-alert" /><p><b>${nameOf(c)}</b><br />${why}</p></div>
      ${value.condition && html`<${ConditionChoice} value=${value.condition} set=${(/** @type {string} */ k) => setValue({ ...value, condition: k })} />`}
      <${AttributeFields} fields=${c?.fields ?? []} values=${value.attributes ?? {}} wrong=${field.replace(/^attributes\./, '')} why=${why} set=${(/** @type {any} */ a) => setValue({ ...value, attributes: a })} /></div>
    <footer><button class="save" onClick=${put}>${t('field.again')}</button></footer></main>`;
}
