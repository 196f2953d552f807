// One job: how it stands, its curves, its silos, its events, its files.

import * as api from './api.js';
import { Board } from './board.js';
import { fill, h, say, update } from './dom.js';
import { Goodput } from './goodput.js';
import { ago, bytes, count, duration, eventTitle, eventTone, figure, isOver, percent, rate } from './format.js';
import { progress, state } from './jobs.js';
import { every, partsOf } from './silos.js';

const points = 800;

export function jobView(main, id) {
  const parts = {
    head: h('div.head'), bar: h('div'), failure: h('p.failure', { role: 'alert', hidden: true }), waiting: h('p.waiting', { role: 'status', hidden: true }), tiles: h('dl.tiles'), silos: h('ul.silos'), events: h('ol.events'),
    file: h('pre.file', { tabindex: 0 }), files: h('ul.files'), said: h('p.said', { role: 'status' }),
  };
  let [job, series, known, ranks, events, title] = [null, null, null, [], [], null];
  const board = new Board(() => draw());
  const goodput = new Goodput();
  fill(main, [
    h('p.crumbs', {}, h('a', { href: '#/' }, 'Jobs'), ' / ', h('span', {}, id)),
    parts.head, parts.bar, parts.said, parts.failure, parts.waiting, parts.tiles,
    h('div.columns', {},
      h('div.wide', {},
        board.element,
        goodput.element,
        h('details.panel.last', { open: true }, h('summary', {}, h('h2', {}, 'Job file'), h('small', {}, 'every default filled in')), parts.file)),
      h('div.narrow', {},
        h('section.panel', {}, h('h2', {}, 'Silos'), parts.silos),
        h('section.panel', {}, h('h2', {}, 'Downloads'), parts.files),
        h('section.panel', {}, h('h2', {}, 'Events'), parts.events))),
  ]);
  document.title = `${id} – Granary`;
  const buttons = makeButtons(id, parts.said, () => job);

  function show(next) {
    job = next;
    if (title === null) {
      title = h('div.heading', {}, h('h1', {}, job.name), h('span'));
      fill(parts.head, [title, buttons.element]);
    }
    update(title.lastChild, state(job));
    buttons.show(job);
    update(parts.bar, progress(job));
    parts.failure.hidden = !job.failure;
    say(parts.failure, job.failure ?? '');
    parts.waiting.hidden = !job.waitingFor;
    say(parts.waiting, job.waitingFor ? `No progress: ${job.waitingFor}.` : '');
    tiles();
    silos();
  }

  function silos() {
    update(parts.silos, partsOf(job, isOver(job) ? null : known, isOver(job) ? [] : ranks));
  }

  function tiles() {
    const last = key => series?.[key].findLast(v => v != null);
    const left = job.state === 'running' && job.examplesPerSecond > 0 && job.step > 0 ? (job.steps - job.step) * (job.examples / job.step) / job.examplesPerSecond : null;
    const tile = (name, value, more) => h('div.tile', {}, h('dt', {}, name), h('dd', {}, value), h('dd.more', {}, more ?? '\u00a0'));
    const accuracy = job.result?.validationAccuracy ?? last('validationAccuracy');
    const rmse = job.result?.validationRmse ?? last('validationRmse');
    const held = job.result?.validationLoss ?? last('validationLoss');
    update(parts.tiles, [
      tile('Steps', count(job.step), job.steps ? `of ${count(job.steps)}` : job.activity),
      job.epochs === 0 ? tile('Epochs', job.stepsPerEpoch ? (job.step / job.stepsPerEpoch).toFixed(1) : '–', 'passes over the data') : tile('Epoch', job.stepsPerEpoch ? count(Math.min(job.epochs, Math.floor(job.step / job.stepsPerEpoch))) : '–', `of ${count(job.epochs)}`),
      tile('Loss', figure(last('loss')), 'of the last batch'),
      tile('Held out', rmse != null ? figure(rmse) : accuracy == null ? figure(held) : percent(accuracy), rmse != null ? `RMSE, loss ${figure(held)}` : accuracy == null ? 'loss' : `loss ${figure(held)}`),
      tile('Examples a second', rate(job.examplesPerSecond), `${count(job.examples)} in all`),
      tile('Training time', duration(job.seconds), left === null ? job.activity || (isOver(job) ? `submitted ${ago(job.submitted)}` : '') : `${duration(left)} left`),
      tile('Recoveries', count(job.recoveries), `generation ${job.generation}`),
      tile('Durable', job.durableStep == null ? '–' : count(job.durableStep), job.durableStep == null ? 'no checkpoint' : 'step on disk'),
    ]);
  }

  // A loss of a silo is marked where it happened, on whichever axis.
  function marks() {
    return events.filter(e => e.kind === 'siloLost' || e.kind === 'rewound').map(e => {
      const i = series.step.findIndex(s => s >= e.step);
      return { x: board.axis === 'step' ? e.step : series.seconds[i < 0 ? series.seconds.length - 1 : i] ?? 0, tone: 'bad', text: `${eventTitle(e)}: ${e.message}` };
    });
  }

  function draw() {
    if (!series) return;
    const x = board.axis === 'step' ? series.step : series.seconds;
    const at = marks();
    board.charts.loss.set([{ name: 'training', color: '--s1', x, y: series.loss }, { name: 'held out', color: '--s2', x, y: series.validationLoss, dots: true }], at);
    board.charts.accuracy.set([{ name: 'held out', color: '--s2', x, y: series.validationAccuracy, dots: true }], at);
    board.charts.rmse.set([{ name: 'held out', color: '--s2', x, y: series.validationRmse, dots: true }], at);
    board.learns(series.validationRmse.some(v => v != null));
    board.charts.learningRate.set([{ name: 'rate', color: '--s4', x, y: series.learningRate }], at);
    board.charts.gradientNorm.set([{ name: 'before clipping', color: '--s1', x, y: series.gradientNorm }], at);
    board.charts.gradientNorm.element.hidden = series.gradientNorm.every(v => v == null); // only jobs that clip have one
    board.charts.examplesPerSecond.set([{ name: 'speed', color: '--s3', x, y: series.examplesPerSecond }], at);
    main.dataset.points = `${series.step.length}`; // for tests, and for whoever wonders
    main.dataset.step = `${series.step.at(-1) ?? 0}`;
    main.dataset.generation = `${series.generation}`;
  }

  const times = new Map();
  function tell(e) {
    const time = h('time', { datetime: e.at, title: new Date(e.at).toLocaleString() }, ago(e.at));
    times.set(time, e.at);
    parts.events.prepend(h(`li.event.${eventTone(e)}`, { 'data-kind': e.kind },
      h('div.line', {}, h('strong', {}, eventTitle(e), e.silo ? h('span.of', {}, ` ${e.silo}`) : null), time),
      h('p', {}, e.message), h('small', {}, `step ${count(e.step)}, generation ${e.generation}${e.rewind ? `; back from ${count(e.rewind.from)} to ${count(e.rewind.to)}` : ''}`)));
    events.push(e);
    draw();
  }

  async function details() {
    const found = await api.job(id);
    say(parts.file, found.jobFile);
    update(parts.files, found.artifacts.length
      ? found.artifacts.map(a => h('li', {}, h('a', { href: a.url, download: true }, a.name), h('small', {}, bytes(a.bytes))))
      : [h('li.none', {}, isOver(found.status) ? 'None are here' : 'When the job has ended')]);
    return found.status;
  }

  let [drawnStep, turn] = [-1, 0];
  async function refresh() {
    if (!job || (job.step === drawnStep && series?.generation === job.generation)) return;
    const [step, mine] = [job.step, ++turn];
    const next = await api.metrics(id, points);
    if (gone || mine !== turn) return; // a later one is on its way
    [series, drawnStep] = [next, step];
    draw();
    tiles();
  }

  const spent = async () => goodput.show(await api.goodput(id));

  let gone = false;
  const ends = [() => board.end()];

  // Until it is known that there is such a job, or none.
  async function first() {
    while (!gone) {
      try {
        return await details();
      } catch (e) {
        if (gone) break;
        if (e.status === 404) {
          fill(main, [h('h1', {}, 'There is nothing here'), h('p', {}, e.message), h('p', {}, h('a', { href: '#/' }, 'All jobs'))]);
          break;
        }
        say(parts.said, e.message);
        await new Promise(done => setTimeout(done, 1000));
      }
    }
    return null;
  }

  first().then(status => {
    if (gone || status === null) return;
    say(parts.said, '');
    show(status);
    const close = api.stream(id, {
      status: show,
      event: tell,
      end: status => { drawnStep = -1; show(status); refresh().catch(() => {}); details().catch(() => {}); spent().catch(() => {}); },
    });
    spent().catch(() => {});
    ends.push(close, every(1000, refresh), every(2000, async () => {
      if (!job || !isOver(job)) {
        await spent().catch(() => {}); // a job of an older version has none
        known = await api.silos();
        if (job) silos();
        ({ ranks } = await api.activity(id)); // later, where the coordinator is being taken over
        if (job) silos();
      }
    }), every(20000, async () => times.forEach((at, time) => say(time, ago(at)))));
  });
  return () => { gone = true; ends.forEach(end => end()); };
}

function makeButtons(id, said, present) {
  const act = async (what, word) => {
    say(said, '');
    try {
      await api.change(id, what);
      say(said, word);
    } catch (e) {
      say(said, e.message);
    }
  };
  const pause = h('button.button', { id: 'pause', on: { click: () => act('pause', 'It pauses at its next step boundary.') } }, 'Pause');
  const resume = h('button.button.primary', { id: 'resume', on: { click: () => act('resume', 'It waits for its turn.') } }, 'Resume');
  const cancel = h('button.button.danger', { id: 'cancel', on: { click: async () => {
    if (await confirmed(`Cancel ${present()?.name ?? id}?`, 'It ends at its next step boundary, and the last good weights are written. It can be trained on later with --continue.', 'Cancel the job')) {
      await act('cancel', 'It ends at its next step boundary.');
    }
  } } }, 'Cancel');
  return {
    element: h('div.buttons', {}, pause, resume, cancel),
    show(job) {
      pause.hidden = !['queued', 'running'].includes(job.state);
      resume.hidden = job.state !== 'paused';
      cancel.hidden = isOver(job);
    },
  };
}

function confirmed(title, text, yes) {
  const dialog = document.getElementById('confirm');
  const set = (name, value) => { document.getElementById(`confirm-${name}`).textContent = value; };
  set('title', title);
  set('text', text);
  set('yes', yes);
  dialog.returnValue = '';
  document.getElementById('confirm-yes').onclick = () => dialog.close('yes');
  document.getElementById('confirm-no').onclick = () => dialog.close();
  dialog.showModal();
  return new Promise(done => dialog.addEventListener('close', () => done(dialog.returnValue === 'yes'), { once: true }));
}
