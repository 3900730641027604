// Who is here, and how the page looks and speaks.
import { html, Icon } from '../base/view.js';
import { CheckField } from '../base/fields.js';
import { language, t } from '../base/i18n.js';
import { me, signOut } from '../base/session.js';
import { setLanguage, setTheme, theme } from '../base/store.js';
import { halted } from './delivery.js';
import { originals, sendOriginals } from './photos.js';
import { lateLogin, say } from './screen.js';

/** What is unsent stays: the next who signs in sends it. */
async function leave() {
  await signOut().catch((cause) => say(cause.message, { bad: true }));
  if (!me.peek()) { lateLogin.value = false; halted.value = 'locked'; }
}

export function SettingsBlock() {
  return html`<section class="card block"><h2>${t('field.settings')}</h2>
    <${CheckField} label=${t('field.originals')} hint=${t('field.originals.hint')} name="originals" value=${originals.value} set=${sendOriginals} />
    <div class="pair"><button class="button big" id="language" onClick=${() => setLanguage(language.value === 'en' ? 'zh-CN' : 'en')}>${language.value === 'en' ? '中文' : 'English'}</button>
      <button class="button big" id="theme" onClick=${() => setTheme(theme.value === 'dark' ? 'light' : 'dark')}><${Icon} name=${theme.value === 'dark' ? 'ui-sun' : 'ui-moon'} />${t(theme.value === 'dark' ? 'field.light' : 'field.dark')}</button></div>
    ${me.value && html`<p>${t('field.who', { who: me.value.display_name || me.value.name })}</p><button class="button big" id="sign-out" onClick=${leave}><${Icon} name="ui-exit" />${t('field.leave')}</button>`}</section>`;
}
