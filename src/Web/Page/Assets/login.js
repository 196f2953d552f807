// The form that a cluster which asks for tokens begins with.

import * as api from './api.js';
import { fill, h, say } from './dom.js';

/** Shows it. @param done called once the cluster has taken a token */
export function loginView(main, done) {
  const field = h('input', { id: 'token', type: 'password', autocomplete: 'current-password', spellcheck: 'false', required: true });
  const said = h('p.failure', { role: 'alert', hidden: true });
  const submit = async event => {
    event.preventDefault(); // no form is ever sent: a script of this page asks
    try {
      await api.login(field.value.trim());
      done();
    } catch (e) {
      field.value = '';
      field.focus();
      said.hidden = false;
      say(said, e.message);
    }
  };
  fill(main, [h('form.login.panel', { on: { submit } },
    h('h1', {}, 'This cluster asks for a token'),
    h('p', {}, 'An operator makes one with ', h('code', {}, 'granary token create NAME --role viewer'), '. This browser keeps it until it is closed.'),
    h('label', { for: 'token' }, 'Token'), field, said,
    h('div.buttons', {}, h('button.button.primary', { type: 'submit' }, 'Log in')))]);
  document.title = 'Log in – Granary';
  field.focus();
  return () => {};
}
