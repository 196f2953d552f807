// The silos: what each is, and what it does for a job.

import * as api from './api.js';
import { fill, h, update } from './dom.js';
import { duration, figure } from './format.js';

const tones = { active: 'good', leaving: 'doubtful', silent: 'bad', lost: 'bad', idle: 'plain', absent: 'doubtful' };

/** How a silo stands, as a word and a colour. */
export const pill = (state, words = state) => h(`span.pill.${tones[state] ?? 'plain'}`, {}, words);

/** Silos with their part of a job. known: those that live; null: not known yet. ranks: what each is doing. */
export function partsOf(job, known, ranks) {
  const doing = new Map(ranks.map(r => [r.silo, r]));
  const living = new Map((known ?? []).map(s => [s.name, s]));
  const members = job.members.map(m => {
    const silo = living.get(m.silo);
    const state = known === null ? 'active' : silo && (silo.pid === m.pid || silo.pid === 0) ? silo.state : 'lost';
    return row(m.silo, state, strip(m, job.shards), h('div.numbers', {},
      `${m.endShard - m.firstShard === 1 ? 'shard' : 'shards'} ${m.firstShard}${m.endShard - m.firstShard > 1 ? `–${m.endShard - 1}` : ''}`,
      times(m)), activity(doing.get(m.silo)));
  });
  const others = [
    ...job.absent.map(a => row(a.silo, 'absent', null, h('div.numbers', {}, a.why))),
    ...job.idle.map(name => row(name, 'idle', null, h('div.numbers', {}, 'there are no more shards for it'))),
  ];
  return members.length + others.length ? [...members, ...others] : [h('li.none', {}, 'None yet')];
}

function row(name, state, ...rest) {
  return h('li.silo', {}, h('div.line', {}, h('strong', {}, name), pill(state)), rest);
}

// One cell for each shard, those of this silo filled; of many shards a bar.
function strip(member, shards) {
  const bar = h('div.strip', { role: 'img', 'aria-label': `${member.endShard - member.firstShard} of ${shards} shards` });
  const fillBar = h('i');
  fillBar.style.marginLeft = `${100 * member.firstShard / shards}%`;
  fillBar.style.width = `${100 * (member.endShard - member.firstShard) / shards}%`;
  bar.append(fillBar);
  return bar;
}

function times(member) {
  return member.computeSeconds > 0 ? h('span', {}, `${duration(member.computeSeconds)} gradients, ${duration(member.exchangeSeconds)} exchange`) : null;
}

// What lasts less than a second is over before it is read.
function activity(rank) {
  if (!rank || rank.seconds < 1) return null;
  const shards = rank.shards.length ? ` (shard ${rank.shards.slice(0, 4).join(', ')}${rank.shards.length > 4 ? ', ...' : ''})` : '';
  return h('div.numbers', {}, `${rank.activity}${shards} for ${duration(Math.floor(rank.seconds))}`, rank.waitsFor.length ? h('span', {}, `waits for ${rank.waitsFor.join(', ')}`) : null);
}

/** The view of all silos. */
export function silosView(main) {
  const list = h('ul.cards', {});
  fill(main, [h('h1', {}, 'Silos'), h('p.lead', {}, 'The processes of this cluster. Any of them may be lost: jobs go on without it.'), list]);
  document.title = 'Silos – Granary';
  const look = async () => {
    const silos = await api.silos();
    update(list, silos.map(s => h('li.card', {}, h('div.line', {}, h('strong', {}, s.name), pill(s.state)), h('dl.facts', {},
      fact('Process', s.pid || '–'), fact('Threads', s.threads || '–'), fact('Device', s.device || '–'),
      fact('Speed', s.gflops > 0 ? `${figure(Math.round(s.gflops))} GFLOP/s` : '–'), fact('Address', s.address), fact('Platform', s.platform || '–')))));
  };
  return every(2000, look);
}

const fact = (name, value) => h('div', {}, h('dt', {}, name), h('dd', {}, value));

/** Does something now and then, until it is ended. */
export function every(milliseconds, act) {
  let over = false;
  (async () => {
    while (!over) {
      await act().catch(() => {}); // said above the view; tried again
      await new Promise(done => setTimeout(done, milliseconds));
    }
  })();
  return () => { over = true; };
}
