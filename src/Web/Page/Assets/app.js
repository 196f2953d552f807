// Which view is shown: what follows # in the address says it.

import * as api from './api.js';
import { say } from './dom.js';
import { compareView } from './compare.js';
import { jobView } from './job.js';
import { jobsView } from './jobs.js';
import { loginView } from './login.js';
import { every, silosView } from './silos.js';

const main = document.getElementById('main');
const logout = document.getElementById('logout');
let leave = () => {};
let isLocked = false;

// What somebody has typed may not be encoded as it should be.
const plain = text => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

const routes = [
  [/^#\/jobs\/([^/]+)$/, m => jobView(main, plain(m[1]))],
  [/^#\/compare\/(.+)$/, m => compareView(main, m[1].split(',').map(plain))],
  [/^#\/silos$/, () => silosView(main)],
  [/^/, () => jobsView(main)],
];

function show(isFirst) {
  if (isLocked) return;
  leave();
  const hash = location.hash === '#main' ? '#/' : location.hash;
  for (const key of Object.keys(main.dataset)) delete main.dataset[key];
  const [pattern, view] = routes.find(([p]) => p.test(hash));
  leave = view(pattern.exec(hash));
  document.getElementById('nav-jobs').toggleAttribute('aria-current', hash !== '#/silos');
  document.getElementById('nav-silos').toggleAttribute('aria-current', hash === '#/silos');
  if (!isFirst) {
    main.focus({ preventScroll: true });
    scrollTo(0, 0);
  }
}

addEventListener('hashchange', () => location.hash === '#main' ? main.focus() : show(false));
show(true);

const known = () => api.whoami().then(me => {
  logout.hidden = !me.hasToken;
  logout.title = me.hasToken ? `${me.name}, ${me.role}` : '';
}, () => {});
known();

api.onLocked(() => {
  if (isLocked) return;
  isLocked = true;
  logout.hidden = true;
  leave();
  leave = loginView(main, () => {
    isLocked = false;
    show(false);
    known();
  });
});

logout.addEventListener('click', async () => {
  await api.logout();
  location.reload();
});

const offline = document.getElementById('offline');
api.onSilence(silent => {
  offline.hidden = !silent;
  say(offline, silent ? 'No silo answers at this address. What you see is the last that was known; it is tried again.' : '');
});

every(3000, async () => {
  const [cluster, silos] = await Promise.all([api.cluster(), api.silos()]);
  const living = silos.filter(s => s.state === 'active').length;
  say(document.getElementById('cluster'), `${cluster.id} · ${living} ${living === 1 ? 'silo' : 'silos'} · answered by ${cluster.silo}`);
});
