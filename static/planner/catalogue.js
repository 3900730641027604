// The catalogue: every class by its major class.
import { useEffect, useState } from 'preact/hooks';
import { html, Badge, Icon, Pending } from '../base/view.js';
import { named, number, t } from '../base/i18n.js';
import { everywhere } from '../base/session.js';
import { jurisdiction, page } from '../base/store.js';
import { drafts, saved } from './class_draft.js';
import { Leaf } from './leaf.js';
import * as registry from './registry.js';

/** @typedef {import('./class_draft.js').Class} Class */

/** @param {Class} c */
const count = (c) => registry.totals.data.value?.by_class[c.code] ?? 0;

/**
 * The classes whose name or code holds a text, by major class.
 * @param {string} text
 * @param {boolean} used only those of which there are assets
 */
function found(text, used) {
  const wanted = text.trim().toLowerCase();
  const list = (registry.classes.data.value ?? []).filter((c) => (!used || count(c) > 0) && `${c.code} ${c.name} ${c.name_en}`.toLowerCase().includes(wanted));
  /** @type {Map<string, Class[]>} */
  const groups = new Map();
  for (const c of list.sort((a, b) => a.code.localeCompare(b.code))) groups.set(c.code.slice(0, 2), [...(groups.get(c.code.slice(0, 2)) ?? []), c]);
  return groups;
}

/** @param {{cls: Class}} props */
function Row({ cls }) {
  const n = count(cls);
  const fresh = saved.value?.code === cls.code;
  useEffect(() => { if (fresh) document.querySelector('.grid tr.fresh')?.scrollIntoView({ block: 'center' }); }, [fresh]);
  const second = named(cls.name_en, cls.name);
  const open = () => { saved.value = null; page.value = `catalogue:${cls.code}`; };
  return html`<tr class=${fresh ? 'fresh' : ''} data-code=${cls.code}>
    <th scope="row"><button class="class-open" onClick=${open}><${Badge} icon=${cls.icon || 'other'} color=${cls.color} className="middle" /><span><b>${named(cls.name, cls.name_en)}</b>${second !== named(cls.name, cls.name_en) && html`<small>${second}</small>`}</span></button></th>
    <td class="code">${cls.code}</td>
    <td>${t(`geometry.${cls.geometry}`)}</td>
    <td class="numeric" data-label=${t('class.fields')}>${number(cls.fields?.length ?? 0)}</td>
    <td class="numeric" data-label=${t('catalogue.count')}>${n ? number(n) : html`<span class="quiet">0</span>`}</td>
    <td><ul class="tag-list">${cls.jurisdiction !== everywhere && html`<li class="tag key">${t('catalogue.own')}</li>`}${cls.jurisdiction === everywhere && cls.local && html`<li class="tag">${t('catalogue.local')}</li>`}
      ${drafts.value.has(`${jurisdiction.value} ${cls.code}`) && html`<li class="tag warn">${t('catalogue.draft')}</li>`}</ul></td>
  </tr>`;
}

/** What was just saved. */
function Saved() {
  const done = saved.value;
  return html`<p class=${done ? 'toast' : ''} role="status">${done && html`<${Icon} name="ui-check" />${t(done.fresh ? 'class.added' : 'class.saved', { name: done.name, code: done.code })}
    <button type="button" class="ghost square" aria-label=${t('close')} onClick=${() => { saved.value = null; }}><${Icon} name="ui-close" /></button>`}</p>`;
}

export function Catalogue() {
  const [text, setText] = useState('');
  const [used, setUsed] = useState(false);
  const groups = found(text, used);
  const list = registry.classes.data.value;
  useEffect(() => () => { saved.value = null; }, []);
  const unfinished = drafts.value.has(`${jurisdiction.value} new`);
  return html`<${Leaf} title=${t('catalogue')} about=${list ? t('catalogue.about', { n: number(list.length), place: registry.placeName(jurisdiction.value) }) : ''}
      actions=${html`<button class="button primary" id="add-class" onClick=${() => { page.value = 'catalogue:new'; }}><${Icon} name="ui-plus" />${t(unfinished ? 'class.resume' : 'class.add')}</button>`}>
    <${Saved} />
    ${list && html`<div class="filters"><input class="input filter" type="search" value=${text} placeholder=${t('catalogue.filter')} aria-label=${t('catalogue.filter')} onInput=${(/** @type {any} */ e) => setText(e.currentTarget.value)} />
      <button class="chip" id="used-only" aria-pressed=${used} onClick=${() => setUsed(!used)}>${t('catalogue.used')}</button></div>`}
    ${!list ? html`<${Pending} problem=${registry.classes.problem.value} retry=${registry.classes.reload} waiting=${t('loading')} failed=${t('catalogue.failed')} again=${t('retry')} />`
      : [...groups].map(([major, classes]) => html`<section key=${major} class="major"><h3>${major} ${named(classes[0].major_name, classes[0].major_name_en)}<small>${t('segment.classes', { n: number(classes.length) })}</small></h3>
        <table class="grid"><thead><tr>${['class', 'catalogue.code', 'class.geometry', 'class.fields', 'catalogue.count'].map((k, i) => html`<th key=${k} scope="col" class=${i > 2 ? 'numeric' : ''}>${t(k)}</th>`)}<td></td></tr></thead>
          <tbody>${classes.map((c) => html`<${Row} key=${c.id ?? c.code} cls=${c} />`)}</tbody></table></section>`)}
    ${list && groups.size === 0 && html`<p class="pending">${t('search.none')}</p>`}
  <//>`;
}
