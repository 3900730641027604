// One class of the catalogue: writing it, saving it, taking it out.
import { useEffect, useMemo, useState } from 'preact/hooks';
import { send } from '../base/api.js';
import { html, Icon, Pending } from '../base/view.js';
import { named, t } from '../base/i18n.js';
import { toFirstFault, useDeed } from '../base/deed.js';
import { Confirm, Refusal } from '../base/dialog.js';
import { ChoiceField, SelectField, TextField } from '../base/fields.js';
import { everywhere, may } from '../base/session.js';
import { jurisdiction, page } from '../base/store.js';
import { after, bodyOf, draftOf, drafts, emptyDraft, faultsOf, geometries, keep, measures, saved } from './class_draft.js';
import { ClassFields } from './class_fields.js';
import { ColourPicker, SymbolPicker } from './class_look.js';
import { ClassPreview } from './class_preview.js';
import { AttributeForm, faultsUnder } from './form.js';
import { Leaf } from './leaf.js';
import * as registry from './registry.js';

/**
 * @typedef {import('./class_draft.js').Draft} Draft
 * @typedef {import('./class_draft.js').Class} Class
 * @typedef {{draft: Draft, set: (change: Partial<Draft>) => void, errors: Record<string, string>, disabled: boolean, fresh: boolean}} Part
 */

const toList = () => { page.value = 'catalogue'; };

/** The major classes of the catalogue. */
function majors() {
  const found = new Map((registry.classes.data.value ?? []).map((c) => [c.code.slice(0, 2), named(c.major_name, c.major_name_en)]));
  return [...found].sort(([a], [b]) => a.localeCompare(b)).map(([value, name]) => ({ value, text: `${value} ${name}` }));
}

/** @param {Part} props */
function Model({ draft, set }) {
  const classes = registry.classes.data.value ?? [];
  const take = (/** @type {string} */ code) => { const model = classes.find((c) => c.code === code); if (model) set(after(draft, model)); };
  return html`<${SelectField} className="model" label=${t('class.model')} value="" set=${take} none=${t('class.model.none')} hint=${t('class.model.hint')}
    options=${classes.map((c) => ({ value: c.code, text: `${c.code} ${named(c.name, c.name_en)}` }))} />`;
}

/** @param {Part} props */
function Names(props) {
  const { draft, set, errors, disabled, fresh } = props;
  return html`<section class="card-block"><h3>${t('class.names')}</h3>
    <div class="fields pairs">
      <${TextField} name="name" label=${t('class.name')} value=${draft.name} set=${(/** @type {string} */ name) => set({ name })} required maxlength="60" disabled=${disabled} error=${errors.name} placeholder=${t('class.name.hint')} />
      <${TextField} name="name_en" label=${t('class.name_en')} value=${draft.name_en} set=${(/** @type {string} */ v) => set({ name_en: v })} optional maxlength="100" lang="en" disabled=${disabled} error=${errors.name_en} />
      <${SelectField} name="major" label=${t('class.major')} value=${draft.major} set=${(/** @type {string} */ major) => set({ major })} options=${majors()} disabled=${!fresh} hint=${fresh ? t('class.major.hint') : ''} error=${errors.major} />
      ${fresh && html`<${Model} ...${props} />`}
    </div>
    <${ChoiceField} name="geometry" label=${t('class.geometry')} value=${draft.geometry} set=${(/** @type {Draft['geometry']} */ geometry) => set({ geometry })} disabled=${disabled} error=${errors.geometry}
      options=${geometries.map((g) => ({ value: g, text: t(`geometry.${g}`), icon: { point: 'ui-point', line: 'ui-line', polygon: 'ui-area' }[g] }))} />
  </section>`;
}

/** @param {Part} props */
function Looks({ draft, set, errors, disabled }) {
  return html`<section class="card-block"><h3>${t('class.looks')}</h3>
    <${SymbolPicker} value=${draft.icon} color=${draft.color} set=${(/** @type {string} */ icon) => set({ icon })} disabled=${disabled} error=${errors.icon} />
    <${ColourPicker} value=${draft.color} set=${(/** @type {string} */ color) => set({ color })} disabled=${disabled} error=${errors.color} />
  </section>`;
}

/** @param {Part} props */
function Measures({ draft, set, errors }) {
  return html`<section class="card-block"><h3>${t('class.measures')}</h3><p class="field-hint">${t('class.measures.hint')}</p>
    <div class="two-form"><${AttributeForm} cls=${{ fields: measures() }} values=${draft} errors=${errors} onChange=${(/** @type {string} */ key, /** @type {unknown} */ v) => set({ [key]: v })} /></div>
  </section>`;
}

/** @param {{cls: Class, close: () => void, done: () => void}} props */
function Remove({ cls, close, done }) {
  const { act, busy, problem } = useDeed(async (op) => { await send('DELETE', `/api/v1/classes/${cls.id}`, undefined, { version: cls.version, op }); done(); });
  return html`<${Confirm} title=${t('class.delete')} verb=${t('class.delete')} act=${() => act()} close=${close} busy=${busy} problem=${problem}>
    <p>${t('class.delete.note', { name: named(cls.name, cls.name_en) })}</p><//>`;
}

/** Why this class cannot be written from here, or that writing it concerns others. @param {{cls: Class | undefined, closed: boolean}} props */
function Reach({ cls, closed }) {
  if (!cls || cls.jurisdiction !== everywhere) return null;
  return html`<div class=${`note ${closed ? '' : 'warn'}`}><${Icon} name=${closed ? 'ui-lock' : 'ui-alert'} /><div>${t(closed ? 'class.shared.closed' : 'class.shared')}</div></div>`;
}

/** What the server has against the draft, where no field can say it. @param {{problem: import('../base/api.js').Problem | null, placed: boolean, again: () => void}} props */
function Against({ problem, placed, again }) {
  if (!problem) return null;
  if (problem.status === 412) return html`<div class="note bad" role="alert"><${Icon} name="ui-alert" /><div>${t('class.moved.on')} <button type="button" class="link" onClick=${again}>${t('class.reload')}</button></div></div>`;
  return placed ? html`<${Refusal} problem=${new Error(t('form.look'))} />` : html`<${Refusal} problem=${problem} title=${t('class.refused')} />`;
}

/** @param {{cls: Class | undefined, item: string}} props */
function Editor({ cls, item }) {
  const key = `${jurisdiction.value} ${item}`;
  const stored = useMemo(() => (cls ? draftOf(cls) : emptyDraft(majors()[0]?.value ?? '01')), [cls]);
  const draft = drafts.value.get(key) ?? stored;
  const [faults, setFaults] = useState(/** @type {Record<string, string>} */ ({}));
  const [doomed, setDoomed] = useState(false);
  const closed = cls?.jurisdiction === everywhere && !may('admin', everywhere);
  const set = (/** @type {Partial<Draft>} */ change) => keep(key, { ...draft, ...change });
  const leave = () => { keep(key, null); registry.classes.reload(); toList(); };
  const { act, busy, problem, forget } = useDeed(async (op, /** @type {Draft} */ d) => {
    const made = cls ? await send('PUT', `/api/v1/classes/${cls.id}`, { ...cls, ...bodyOf(d) }, { version: d.version, op })
      : await send('POST', '/api/v1/classes', { jurisdiction: jurisdiction.peek(), ...bodyOf(d) }, { op });
    saved.value = { code: made.code, name: made.name, fresh: !cls };
    leave();
  });
  const submit = () => {
    const found = faultsOf(draft);
    setFaults(found);
    if (Object.keys(found).length === 0) act(draft);
    else toFirstFault();
  };
  useEffect(() => { forget(); setFaults((old) => (Object.keys(old).length ? faultsOf(draft) : old)); }, [draft]);
  const told = faultsUnder(problem);
  const part = { draft, set, errors: { ...told, ...faults }, disabled: closed, fresh: !cls };
  const placed = Object.keys(told).length > 0 && !told.class && !told.fields;
  return html`<form novalidate class="desk-form" onSubmit=${(/** @type {Event} */ e) => { e.preventDefault(); submit(); }}>
    <${Leaf} title=${cls ? named(cls.name, cls.name_en) : t('class.add')} about=${cls ? `${cls.code} · ${named(cls.major_name, cls.major_name_en)}` : t('class.add.about')} back=${toList} backTo=${t('catalogue')} className="class-page" foot=${!closed && html`
        <${Against} problem=${problem} placed=${placed} again=${() => { keep(key, null); registry.classes.reload(); forget(); }} />
        ${cls && html`<button type="button" class="button danger apart" id="delete-class" onClick=${() => setDoomed(true)}><${Icon} name="ui-trash" />${t('class.delete')}</button>`}
        <button type="button" class="button" onClick=${() => { keep(key, null); toList(); }}>${t(draft === stored ? 'cancel' : 'class.discard')}</button>
        <button type="submit" id="save-class" class=${`button primary ${busy ? 'busy' : ''}`} aria-disabled=${busy}>${t(cls ? 'save' : 'class.add')}</button>`}>
      <div class="columns"><div class="column">
        <${Reach} cls=${cls} closed=${closed} />
        <fieldset class="bare" disabled=${closed}><${Names} ...${part} /><${Looks} ...${part} /><${Measures} ...${part} />
          <section class="card-block"><h3>${t('class.fields')}</h3><p class="field-hint">${t('class.fields.hint')}</p>
            <${ClassFields} fields=${draft.fields} set=${(/** @type {Draft['fields']} */ fields) => set({ fields })} errors=${part.errors} /></section></fieldset>
      </div><${ClassPreview} draft=${draft} /></div>
    <//></form>
    ${doomed && cls && html`<${Remove} cls=${cls} close=${() => setDoomed(false)} done=${leave} />`}`;
}

/** @param {{item: string}} props the code of a class, or "new" */
export function ClassPage({ item }) {
  const list = registry.classes.data.value;
  const cls = list?.find((c) => c.code === item);
  if (!list || (!cls && item !== 'new')) {
    return html`<${Leaf} title=${t('class')} back=${toList} backTo=${t('catalogue')}>${list ? html`<div class="pending failed"><${Icon} name="ui-alert" /><p>${t('class.gone', { code: item })}</p></div>`
      : html`<${Pending} problem=${registry.classes.problem.value} retry=${registry.classes.reload} waiting=${t('loading')} failed=${t('catalogue.failed')} again=${t('retry')} />`}<//>`;
  }
  return html`<${Editor} cls=${cls} item=${item} />`;
}
