// Several jobs' curves over each other.

import * as api from './api.js';
import { Board } from './board.js';
import { fill, h, update } from './dom.js';
import { count, duration, figure, isOver, percent, rate } from './format.js';
import { link, state } from './jobs.js';
import { every } from './silos.js';

const colors = 6;
const points = 500;

export function compareView(main, ids) {
  const known = new Map(); // id -> { job, series }; series: null until it has come
  let [unknown, gone] = [new Set(), false];
  const color = id => `--s${ids.indexOf(id) % colors + 1}`;
  const body = h('tbody');
  const board = new Board(() => draw());
  fill(main, [
    h('p.crumbs', {}, h('a', { href: '#/' }, 'Jobs'), ' / ', h('span', {}, 'Compare')),
    h('h1', {}, `${ids.length} jobs`),
    h('div.scroll', { tabindex: 0, role: 'region', 'aria-label': 'The jobs' }, h('table', {}, h('thead', {}, h('tr', {},
      ['Job', 'State', 'Steps', 'Loss', 'Held-out loss', 'Held-out accuracy or RMSE', 'Examples/s', 'Time'].map(t => h('th', { scope: 'col' }, t)))), body)),
    board.element,
  ]);
  document.title = 'Compare – Granary';

  function draw() {
    const all = ids.filter(id => known.has(id));
    const drawn = all.filter(id => known.get(id).series !== null);
    const lines = key => drawn.map(id => {
      const { job, series } = known.get(id);
      return { name: names(all).get(id), color: color(id), x: board.axis === 'step' ? series.step : series.seconds, y: series[key], dots: key.startsWith('validation'), job };
    });
    board.charts.loss.set(lines('loss'));
    board.charts.accuracy.set(lines('validationAccuracy'));
    board.charts.rmse.set(lines('validationRmse'));
    board.learns(drawn.length > 0 && drawn.every(id => known.get(id).series.validationRmse.some(v => v != null)));
    board.charts.learningRate.set(lines('learningRate'));
    board.charts.gradientNorm.set(lines('gradientNorm'));
    board.charts.gradientNorm.element.hidden = drawn.every(id => known.get(id).series.gradientNorm.every(v => v == null));
    board.charts.examplesPerSecond.set(lines('examplesPerSecond'));
    update(body, ids.filter(id => known.has(id) || unknown.has(id)).map(id => {
      if (!known.has(id)) return h('tr', {}, h('th', { scope: 'row' }, id), h('td', { colspan: 7 }, 'not known to the cluster'));
      const { job, series } = known.get(id);
      const last = key => series?.[key].findLast(v => v != null);
      const swatch = h('i.swatch');
      swatch.style.background = `var(${color(id)})`;
      return h('tr', {}, h('th', { scope: 'row' }, swatch, h('a', { href: link(id) }, id)), h('td', {}, state(job)),
        [count(job.step), figure(last('loss')), figure(last('validationLoss')), last('validationRmse') != null ? `RMSE ${figure(last('validationRmse'))}` : percent(last('validationAccuracy')), rate(job.examplesPerSecond), duration(job.seconds)].map(v => h('td.number', {}, v)));
    }));
    main.dataset.jobs = `${drawn.length}`; // for tests
  }

  // A job's name says enough where it is the only one of that name.
  function names(all) {
    const name = id => known.get(id).job.name;
    return new Map(all.map(id => [id, all.filter(other => name(other) === name(id)).length > 1 ? id : name(id)]));
  }

  const end = every(2000, async () => {
    const jobs = new Map((await api.jobs()).map(j => [j.job, j]));
    unknown = new Set(ids.filter(id => !jobs.has(id)));
    await Promise.all(ids.filter(id => jobs.has(id)).map(async id => {
      const [before, job] = [known.get(id), jobs.get(id)];
      if (before?.series && isOver(before.job) && before.job.step === job.step) return;
      try {
        known.set(id, { job, series: await api.metrics(id, points) });
      } catch {
        known.set(id, { job: before?.job ?? job, series: before?.series ?? null }); // the others are drawn; this one is tried again
      }
    }));
    if (!gone) draw();
  });
  return () => { gone = true; end(); board.end(); };
}
