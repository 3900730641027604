// The bar on top: where we are, what we look for, how it looks.
import { html, Icon } from '../base/view.js';
import { language, t } from '../base/i18n.js';
import { jurisdiction, page, setLanguage, setTheme, tab, theme, turnTo } from '../base/store.js';
import { hasMoney, jurisdictions, move } from './registry.js';
import { Search } from './search.js';
import { PersonMenu } from './person.js';

export function Logo() {
  return html`<span class="logo" aria-hidden="true">
    <svg viewBox="0 0 32 32"><path d="M6 24L12 8l4 9 3-5 7 12" /></svg>
  </span>`;
}

/** @param {{id: string}} props */
export function Switcher({ id }) {
  const list = jurisdictions.data.value ?? [];
  const current = list.find((j) => j.code === jurisdiction.value);
  return html`<label class="switcher" for=${id}>
    <span class="hidden">${t('jurisdiction')}</span>
    <span class="switcher-code" aria-hidden="true">${current?.code ?? ''}</span>
    <select id=${id} value=${jurisdiction.value} onChange=${(/** @type {any} */ e) => move(e.currentTarget.value)}>
      ${list.map((j) => html`<option key=${j.code} value=${j.code} selected=${j.code === jurisdiction.value}>${j.name}</option>`)}
    </select>
    <${Icon} name="ui-down" />
  </label>`;
}

export function LanguageButton() {
  const other = language.value === 'en' ? 'zh-CN' : 'en';
  return html`<button class="ghost" lang=${other} id="language" onClick=${() => setLanguage(other)}
    aria-label=${t('language.switch')}>${other === 'en' ? 'EN' : '中文'}</button>`;
}

export function ThemeButton() {
  const other = theme.value === 'dark' ? 'light' : 'dark';
  return html`<button class="ghost square" id="theme" onClick=${() => setTheme(other)} aria-label=${t(other === 'dark' ? 'theme.dark' : 'theme.light')}
    title=${t(other === 'dark' ? 'theme.dark' : 'theme.light')}><${Icon} name=${other === 'dark' ? 'ui-moon' : 'ui-sun'} /></button>`;
}

/** Where one can go; a tab is there when there is something behind it. */
export function Tabs() {
  const shown = /** @type {const} */ (['map', 'investment']).filter((name) => name === 'map' || name === tab.value || hasMoney.value);
  return html`<nav aria-label=${t('nav')}>${shown.map((name) => html`<a key=${name} class="tab" id=${`to-${name}`} href=${name === 'map' ? '/' : `/#tab=${name}`}
    aria-current=${!page.value && tab.value === name ? 'page' : undefined} onClick=${(/** @type {Event} */ e) => { e.preventDefault(); turnTo(name); }}>${t(`nav.${name}`)}</a>`)}</nav>`;
}

export function Topbar() {
  return html`<header class="topbar">
    <h1 class="brand"><${Logo} /><span class="brand-name">${t('app.name')}</span></h1>
    <${Switcher} id="jurisdiction" />
    <${Tabs} />
    <span class="spring"></span>
    <${Search} />
    <span class="datum" title=${t('datum.note')}>CGCS2000 ≈ WGS 84<span class="hidden"> ${t('datum.note')}</span></span>
    <${LanguageButton} />
    <${ThemeButton} />
    <${PersonMenu} />
  </header>`;
}
