// Choosing a project by typing what its code or name begins with or contains.
import { useId, useState } from 'preact/hooks';
import { html } from '../base/view.js';
import { t } from '../base/i18n.js';
import { Field } from '../base/fields.js';

/** @typedef {import('./project.js').Project} Project */

const atOnce = 8;

/** @param {{projects: Project[], value: string, choose: (project: Project) => void, error?: string}} props */
export function ProjectPick({ projects, value, choose, error }) {
  const [text, setText] = useState(/** @type {string | null} */ (null)); // null: nothing is being typed
  const [active, setActive] = useState(0);
  const list = useId();
  const chosen = projects.find((p) => p.id === value);
  const wanted = (text ?? '').trim().toLowerCase();
  const open = projects.filter((p) => p.status !== 'cancelled');
  const hits = text === null ? [] : open.filter((p) => `${p.code} ${p.name}`.toLowerCase().includes(wanted)).slice(0, atOnce);
  const take = (/** @type {Project | undefined} */ p) => { if (p) choose(p); setText(null); setActive(0); };
  const keys = (/** @type {KeyboardEvent} */ e) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (by && text === null) { e.preventDefault(); setText(''); return; }
    if (by && hits.length > 0) { e.preventDefault(); setActive((active + by + hits.length) % hits.length); }
    if (e.key === 'Enter' && text !== null) take(hits[active]);
    if (e.key === 'Escape' && text !== null) { e.preventDefault(); take(undefined); }
  };
  return html`<div class="pick-project"><${Field} name="project" label=${t('project')} required error=${error}>${(/** @type {import('../base/fields.js').Wiring} */ wiring) => html`
      <input class="input" type="text" autocomplete="off" role="combobox" aria-autocomplete="list" aria-expanded=${hits.length > 0} aria-controls=${list} aria-activedescendant=${hits.length > 0 ? `${list}-${active}` : undefined}
        placeholder=${t('project.find')} ...${wiring} value=${text ?? (chosen ? `${chosen.code} · ${chosen.name}` : '')} onFocus=${(/** @type {any} */ e) => e.currentTarget.select()} onBlur=${() => take(undefined)}
        onInput=${(/** @type {any} */ e) => { setText(e.currentTarget.value); setActive(0); }} onKeyDown=${keys} />`}<//>
    <ul class="picks-list card" id=${list} role="listbox" aria-label=${t('project')} hidden=${hits.length === 0}>${hits.map((p, i) => html`<li key=${p.id} id=${`${list}-${i}`} role="option" aria-selected=${i === active}
      onMouseDown=${(/** @type {Event} */ e) => { e.preventDefault(); take(p); }} onMouseMove=${() => setActive(i)}><span>${p.name}</span><small>${p.code}</small></li>`)}</ul></div>`;
}
