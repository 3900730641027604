// What is seldom needed: the area on the phone, codes, walks, and settings.
import { html, Icon } from '../base/view.js';
import { t } from '../base/i18n.js';
import { AreaBlock } from './area.js';
import { CodeBlock } from './scan.js';
import { screen } from './screen.js';
import { SettingsBlock } from './settings.js';
import { WalkBlock } from './walk.js';

export function MorePage() {
  return html`<main class="field-page" aria-label=${t('field.more')}>
    <header><button class="ghost square" id="back" aria-label=${t('field.back')} onClick=${() => { screen.value = 'tiles'; }}><${Icon} name="ui-back" /></button><h1>${t('field.more')}</h1></header>
    <div class="field-scroll" tabindex="0"><${WalkBlock} /><${CodeBlock} /><${AreaBlock} /><${SettingsBlock} /></div></main>`;
}
