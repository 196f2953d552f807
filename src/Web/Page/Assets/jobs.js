// The list of jobs.

import * as api from './api.js';
import { sparkline } from './chart.js';
import { fill, h, say, update } from './dom.js';
import { ago, count, duration, figure, isOver, percent, rate } from './format.js';
import { every } from './silos.js';

const sparkPoints = 60;
const most = 24; // curves of older jobs are not asked for

export const link = id => `#/jobs/${encodeURIComponent(id)}`;

/** A job's state. */
export const state = job => h(`span.state.${job.state}`, {}, job.state);

export function progress(job) {
  const part = job.steps > 0 ? Math.min(1, job.step / job.steps) : 0;
  const bar = h('i');
  bar.style.width = `${100 * part}%`;
  return h(`div.progress.${job.state}`, { role: 'progressbar', 'aria-label': 'Steps', 'aria-valuemin': 0, 'aria-valuemax': job.steps || 1, 'aria-valuenow': job.step }, bar);
}

export function jobsView(main) {
  const chosen = new Set();
  const curves = new Map(); // what is known of each job's curve, and of which step
  const compare = h('a.button.primary', { href: '#/', hidden: true }, '');
  const list = h('ul.jobs', {});
  const nothing = h('div.nothing', { hidden: true }, h('h2', {}, 'No jobs yet'), h('p', {}, 'Hand one in, and it appears here:'), h('pre', {}, 'granary submit examples/digits-mlp.yaml'));
  fill(main, [h('div.head', {}, h('h1', {}, 'Jobs'), compare), list, nothing]);
  document.title = 'Jobs – Granary';
  const rows = new Map();

  const choose = () => {
    compare.hidden = chosen.size < 2;
    compare.href = `#/compare/${[...chosen].map(encodeURIComponent).join(',')}`;
    say(compare, `Compare ${chosen.size} jobs`);
  };

  const look = async () => {
    const jobs = (await api.jobs()).reverse();
    nothing.hidden = jobs.length > 0;
    for (const job of jobs) {
      if (!rows.has(job.job)) rows.set(job.job, newRow(job, chosen, choose));
      rows.get(job.job).show(job, curves.get(job.job));
    }
    const wanted = jobs.map(j => rows.get(j.job).element);
    if (wanted.length !== list.children.length || wanted.some((e, i) => list.children[i] !== e)) list.replaceChildren(...wanted);
    for (const job of jobs.slice(0, most).filter(j => j.step > 0 && curves.get(j.job)?.at !== `${j.generation}/${j.step}`)) {
      curves.set(job.job, { at: `${job.generation}/${job.step}`, series: await api.metrics(job.job, sparkPoints) });
      rows.get(job.job).show(job, curves.get(job.job));
    }
  };
  return every(2000, look);
}

function newRow(job, chosen, choose) {
  const box = h('input', { type: 'checkbox', 'aria-label': `Compare ${job.job}`, on: {
    change: e => { e.target.checked ? chosen.add(job.job) : chosen.delete(job.job); choose(); },
  } });
  const [standing, curve, numbers] = [h('div.standing'), h('div.curve'), h('dl.numbers')];
  let drawn;
  const element = h('li.job', {}, h('label.choose', {}, box), h('div.title', {}, h('a', { href: link(job.job) }, job.name), h('small', {}, job.job)), standing, curve, numbers);
  return {
    element,
    show(job, known) {
      update(standing, [h('div.line', {}, state(job), h('small', {}, job.steps ? `${count(job.step)} of ${count(job.steps)} steps` : job.activity)), progress(job)]);
      const series = known?.series;
      if (series && drawn !== known.at) {
        drawn = known.at;
        fill(curve, sparkline(series.loss));
      }
      const last = key => series?.[key].findLast(v => v != null);
      const entry = (name, value) => h('div', {}, h('dt', {}, name), h('dd', {}, value));
      update(numbers, [
        entry('loss', figure(last('loss'))),
        entry('held out', last('validationRmse') != null ? `RMSE ${figure(last('validationRmse'))}` : last('validationAccuracy') != null ? percent(last('validationAccuracy')) : figure(last('validationLoss'))),
        entry(isOver(job) ? 'took' : 'examples/s', isOver(job) ? duration(job.seconds) : rate(job.examplesPerSecond)),
        entry('submitted', ago(job.submitted)),
      ]);
    },
  };
}
