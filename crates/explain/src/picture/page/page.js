'use strict';
(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const svg = document.querySelector('#graph svg');
  const steps = all('details.swept'); // in the order of the sweep
  const stepOf = new Map(all('details.step').map(step => [step.dataset.node, step]));
  const nodes = new Map(all('.cr-node', svg).map(node => [node.id, node]));
  const edges = all('.cr-edge', svg);
  const slider = document.getElementById('slider');
  const status = document.getElementById('status');
  const adjoint = node => node.querySelector('.adjoint');
  const complete = new Map(); // the text of each complete adjoint
  for (const [id, node] of nodes) if (adjoint(node)) complete.set(id, adjoint(node).textContent);
  let now = 0;

  // The sum at each node after n steps. The adjoint of a node is complete when the sweep reaches it.
  function arrived(n) {
    const sums = new Map();
    for (const step of steps.slice(0, n)) {
      for (const row of all('tr[data-to]', step)) sums.set(row.dataset.to, row.dataset.sum);
    }
    return sums;
  }

  function show(n) {
    now = Math.max(0, Math.min(steps.length, n));
    const sums = arrived(now);
    const done = new Set(steps.slice(0, now).map(step => step.dataset.node));
    const current = now > 0 ? steps[now - 1].dataset.node : null;
    const waiting = [];
    for (const [id, node] of nodes) {
      const here = done.has(id), some = !here && sums.has(id);
      node.classList.toggle('current', id === current);
      node.classList.toggle('waiting', some);
      if (some && stepOf.has(id)) waiting.push(stepOf.get(id).dataset.name);
      const text = adjoint(node);
      if (!text) continue;
      text.classList.toggle('unseen', !here && !some);
      text.classList.toggle('partial', some);
      text.textContent = some ? sums.get(id) : complete.get(id);
    }
    for (const edge of edges) {
      const lit = done.has(edge.dataset.to);
      edge.classList.toggle('lit', edge.dataset.to === current && !!edge.querySelector('.contribution'));
      for (const contribution of all('.contribution', edge)) contribution.classList.toggle('unseen', !lit);
    }
    steps.forEach((step, i) => {
      step.classList.toggle('current', i === now - 1);
      step.classList.toggle('ahead', i >= now);
    });
    slider.value = now;
    for (const [id, off] of [['first', now === 0], ['back', now === 0], ['forth', now === steps.length],
      ['last', now === steps.length]]) document.getElementById(id).disabled = off;
    say(current, waiting);
    open(current);
    nodes.get(current)?.scrollIntoView({ block: 'center', inline: 'center' });
    try { history.replaceState(null, '', '#step=' + now); } catch { /* some viewers forbid it */ }
  }

  function say(current, waiting) {
    if (!current) {
      status.textContent = 'All values are computed; no adjoint yet. Step forward to begin the sweep at the output: '
        + 'with the buttons or the arrow keys. Point at a node to open its step.';
      return;
    }
    const name = stepOf.get(current).dataset.name;
    const rest = waiting.length ? 'Pending, with a partial adjoint: ' + waiting.join(', ') + '.'
      : now === steps.length ? 'The sweep is done.' : 'No other node has a partial adjoint.';
    status.textContent = `Step ${now} of ${steps.length}: ${name}. ${complete.get(current) ?? ''}. ${rest}`;
  }

  // Opens the step of a node, and closes the others.
  function open(id, scroll = true) {
    for (const [other, step] of stepOf) step.open = other === id;
    const current = steps[now - 1]?.dataset.node;
    for (const [other, node] of nodes) node.classList.toggle('chosen', other === id && id !== current);
    if (id && scroll) stepOf.get(id)?.scrollIntoView({ block: 'nearest' });
  }
  const close = () => open(now > 0 ? steps[now - 1].dataset.node : null, false);

  svg.setAttribute('role', 'group');
  for (const [id, node] of nodes) {
    const text = all('text', node).map(line => line.textContent).join(', ');
    node.setAttribute('tabindex', '0');
    node.setAttribute('role', 'button');
    node.setAttribute('aria-label', text.replace(/∂/g, 'd '));
    if (stepOf.has(id)) node.setAttribute('aria-controls', 'step-' + id);
    const choose = () => { if (stepOf.has(id)) open(id); };
    const jump = () => {
      const at = steps.indexOf(stepOf.get(id));
      if (at >= 0) show(at + 1);
    };
    node.addEventListener('mouseenter', choose);
    node.addEventListener('mouseleave', close);
    node.addEventListener('focus', choose);
    node.addEventListener('click', jump);
    node.addEventListener('keydown', event => {
      if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); jump(); }
    });
  }
  document.addEventListener('click', event => {
    const link = event.target.closest('a[href^="#step-"]');
    if (!link) return;
    const step = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!step) return;
    event.preventDefault();
    step.open = true;
    step.scrollIntoView({ block: 'nearest' });
    step.querySelector('summary').focus();
  });
  const moves = { first: () => 0, back: () => now - 1, forth: () => now + 1, last: () => steps.length };
  for (const [id, to] of Object.entries(moves)) document.getElementById(id).addEventListener('click', () => show(to()));
  slider.addEventListener('input', () => show(Number(slider.value)));
  const keys = { ArrowLeft: 'back', ArrowRight: 'forth', Home: 'first', End: 'last' };
  document.addEventListener('keydown', event => {
    if (event.target === slider || event.altKey || event.ctrlKey || event.metaKey || !keys[event.key]) return;
    event.preventDefault();
    show(moves[keys[event.key]]());
  });
  document.getElementById('controls').hidden = false;
  show(Number(/^#step=(\d+)$/.exec(location.hash)?.[1] ?? 0));
})();
